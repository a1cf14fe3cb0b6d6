import { firstNumber, firstText, numbers } from '#shared/dicom/attributes.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { SeriesUid, StudyUid } from '#shared/domain/identifiers.ts';

/** One frame that Cornerstone3D can be asked for, and what its header says. */
export interface SeriesImage {
  readonly imageId: string;
  readonly url: string;
  readonly metadata: DicomJson;
  readonly positionMm: number;
}

const byImageId = new Map<string, SeriesImage>();

export function seriesImage(imageId: string): SeriesImage | undefined {
  return byImageId.get(imageId);
}

/** Fetches the metadata of a whole series at once and sorts its images along the slice normal. */
export async function loadSeriesImages(studyUid: StudyUid, seriesUid: SeriesUid): Promise<SeriesImage[]> {
  const seriesUrl = `/dicomweb/studies/${studyUid}/series/${seriesUid}`;
  const response = await fetch(`${seriesUrl}/metadata`);
  if (!response.ok) throw new Error(`metadata: ${response.status}`);
  const instances = (await response.json()) as DicomJson[];
  const images = instances.map((metadata): SeriesImage => {
    const sopUid = firstText(metadata, '00080018') ?? '';
    return {
      imageId: `frame:${sopUid}/1`,
      url: `${seriesUrl}/instances/${sopUid}/frames/1`,
      metadata,
      positionMm: positionAlongNormal(metadata),
    };
  });
  images.sort((a, b) => a.positionMm - b.positionMm);
  for (const image of images) byImageId.set(image.imageId, image);
  return images;
}

function positionAlongNormal(metadata: DicomJson): number {
  const [rx = 1, ry = 0, rz = 0, cx = 0, cy = 1, cz = 0] = numbers(metadata, '00200037') ?? [];
  const [x = 0, y = 0, z = 0] = numbers(metadata, '00200032') ?? [];
  const position = x * (ry * cz - rz * cy) + y * (rz * cx - rx * cz) + z * (rx * cy - ry * cx);
  return position === 0 ? (firstNumber(metadata, '00200013') ?? 0) : position;
}
