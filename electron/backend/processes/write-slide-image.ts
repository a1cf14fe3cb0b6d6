import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { StillFacts } from '#shared/link/talk.ts';
import type { SlidePatient } from './slide-image.ts';

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
  const thread = new Worker(new URL('./slide-image-thread.ts', import.meta.url), { workerData: order });
  try {
    await once(thread, 'message');
  } finally {
    await thread.terminate();
  }
}
