import { firstNumber } from '#shared/dicom/attributes.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';

/** Fetches one frame and turns it into modality units. */
export async function fetchFrame(
  url: string,
  metadata: DicomJson,
  signal: AbortSignal,
): Promise<DecodedFrame> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`frame: ${response.status}`);
  const stored = new Int16Array(await response.arrayBuffer());
  const slope = firstNumber(metadata, '00281053') ?? 1;
  const intercept = firstNumber(metadata, '00281052') ?? 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  const pixels = stored.map((value) => {
    const modalityValue = value * slope + intercept;
    if (modalityValue < minimum) minimum = modalityValue;
    if (modalityValue > maximum) maximum = modalityValue;
    return modalityValue;
  });
  return { kind: 'grey', pixels, minimum, maximum };
}
