import type { DicomJson, DicomJsonAttribute } from '../dicom-json.ts';
import { withoutPadding } from '../padding.ts';
import { decodeInlineBinary } from './inline-binary.ts';

/**
 * An element of a vendor's private block; PS3.5 section 7.8. `element` is the low byte, the block is
 * found by its creator, which may sit at any of (gggg,0010-00FF).
 */
export function privateAttribute(
  json: DicomJson,
  group: string,
  creator: string,
  element: string,
): DicomJsonAttribute | undefined {
  for (let block = 0x10; block <= 0xff; block++) {
    const number = block.toString(16).toUpperCase();
    const owner = json[`${group}00${number}`];
    if (!owner) continue;
    if (textsOf(owner)[0]?.trim() === creator) return json[`${group}${number}${element}`];
  }
  return undefined;
}

/** The values as text, also where an implicit VR file left them as bytes of unknown VR. */
export function textsOf(attribute: DicomJsonAttribute | undefined): string[] {
  if (attribute?.Value)
    return attribute.Value.map((value) => (typeof value === 'object' ? '' : String(value)));
  if (attribute?.InlineBinary === undefined) return [];
  let text = '';
  for (const byte of decodeInlineBinary(attribute.InlineBinary)) text += String.fromCharCode(byte);
  return withoutPadding(text)
    .split('\\')
    .map((value) => value.trim());
}

/** Numbers of an element whose VR the vendor documents, but the file may not name. */
export function privateNumbers(
  attribute: DicomJsonAttribute | undefined,
  vr: 'IS' | 'DS' | 'FL' | 'FD' | 'SS',
): number[] {
  if (!attribute) return [];
  if (attribute.Value || vr === 'IS' || vr === 'DS') {
    return textsOf(attribute).map((text) => (text === '' ? Number.NaN : Number(text)));
  }
  const bytes = decodeInlineBinary(attribute.InlineBinary ?? '');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = { FL: 4, FD: 8, SS: 2 }[vr];
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => {
    if (vr === 'FL') return view.getFloat32(index * size, true);
    return vr === 'FD' ? view.getFloat64(index * size, true) : view.getInt16(index * size, true);
  });
}
