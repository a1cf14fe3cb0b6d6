import type { DicomJson, DicomJsonValue } from '../dicom-json.ts';

const SHARED_FUNCTIONAL_GROUPS = '52009229';
const PER_FRAME_FUNCTIONAL_GROUPS = '52009230';

/**
 * First item of one functional group (such as '00289145', Pixel Value Transformation) for a frame (from 1):
 * the frame's own, else the shared one, PS3.3 section C.7.6.16. Undefined for classic images.
 */
export function groupItem(json: DicomJson, frameNumber: number, groupTag: string): DicomJson | undefined {
  const own = itemAt(json[PER_FRAME_FUNCTIONAL_GROUPS]?.Value, frameNumber - 1);
  const shared = itemAt(json[SHARED_FUNCTIONAL_GROUPS]?.Value, 0);
  return itemAt(own?.[groupTag]?.Value, 0) ?? itemAt(shared?.[groupTag]?.Value, 0);
}

function itemAt(values: readonly DicomJsonValue[] | undefined, index: number): DicomJson | undefined {
  const value = values?.[index];
  return typeof value === 'object' && value !== null ? (value as DicomJson) : undefined;
}
