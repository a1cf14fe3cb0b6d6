import type { DicomJson, DicomJsonValue } from '#shared/dicom/dicom-json.ts';
import { describeImages } from '#shared/dicom/image-description.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';

/** Attributes by tag ('00280010'): a value, several, or a whole attribute. */
export type Attributes = Readonly<Record<string, DicomJsonValue | readonly DicomJsonValue[] | undefined>>;

/** A header as DICOM JSON; value representations do not matter for what is tested with it. */
export function aHeader(attributes: Attributes): DicomJson {
  const json: DicomJson = {};
  for (const [tag, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    json[tag] = { vr: 'UN', Value: Array.isArray(value) ? value : [value as DicomJsonValue] };
  }
  return json;
}

/** A sequence attribute for `aHeader`. */
export function items(...parts: readonly Attributes[]): DicomJsonValue[] {
  return parts.map((part) => {
    const header = aHeader(part);
    for (const attribute of Object.values(header)) {
      if (typeof attribute.Value?.[0] === 'object') Object.assign(attribute, { vr: 'SQ' });
    }
    return header;
  });
}

const axialCt: Attributes = {
  '00080008': ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  '00080016': '1.2.840.10008.5.1.4.1.1.2',
  '00080060': 'CT',
  '0020000D': '1.2.1',
  '0020000E': '1.2.1.1',
  '00200052': '1.2.1.9',
  '00280002': 1,
  '00280004': 'MONOCHROME2',
  '00280010': 512,
  '00280011': 512,
  '00280030': [0.5, 0.5],
  '00281052': -1024,
  '00281053': 1,
  '00200037': [1, 0, 0, 0, 1, 0],
};

/** One CT slice unless the attributes say otherwise. */
export function anImage(attributes: Attributes = {}): ImageDescription {
  const [image] = describeImages(aHeader({ '00080018': '1.2.1.1.1', ...axialCt, ...attributes }));
  if (!image) throw new Error('these attributes make no image');
  return image;
}

/** Slices at the given positions (mm), numbered in that order. */
export function aSeries(
  positionsMm: readonly (number | readonly [number, number, number])[],
  attributesOf: (index: number) => Attributes = () => ({}),
): ImageDescription[] {
  return positionsMm.map((position, index) =>
    anImage({
      '00080018': `1.2.1.1.${index + 1}`,
      '00200013': index + 1,
      '00200032': typeof position === 'number' ? [0, 0, position] : [...position],
      ...attributesOf(index),
    }),
  );
}
