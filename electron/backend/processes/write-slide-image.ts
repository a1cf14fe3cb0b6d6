import type { StillFacts } from '#shared/link/talk.ts';
import type { SlidePatient } from './slide-image.ts';
import { runThread } from './threads.ts';

export interface SlideImageOrder {
  readonly facts: StillFacts;
  readonly patient: SlidePatient;
  /** A PNG with 8 bits and 3 or 4 channels. */
  readonly losslessPath: string;
  /** Must not exist. */
  readonly targetPath: string;
}

/** Writes the DICOM file of a still. Rejects if the PNG cannot be read or the file cannot be written. */
export async function writeSlideImage(order: SlideImageOrder): Promise<void> {
  await runThread('slide-image-thread', order);
}
