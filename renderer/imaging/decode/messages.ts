import type { DecodedFrame, PixelDescription } from '#shared/dicom/pixel-description.ts';
import type { FrameFailureCode } from '#shared/dicom/pixels/frame-failure.ts';

/** Where the bytes of one frame come from. */
export type FrameSource =
  | { readonly url: string }
  /** The frame's bytes as they lie in the file; `bitOffset` for 1-bit frames that do not start on a byte. */
  | { readonly bytes: Uint8Array; readonly bitOffset?: number };

export type ToWorker =
  | {
      readonly type: 'decode';
      readonly id: number;
      readonly source: FrameSource;
      readonly description: PixelDescription;
    }
  | { readonly type: 'cancel'; readonly id: number };

export type FromWorker =
  /** The bytes are there; from now on the worker's time limit counts. */
  | { readonly type: 'decoding'; readonly id: number }
  | { readonly type: 'decoded'; readonly id: number; readonly frame: DecodedFrame }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly code: FrameFailureCode;
      readonly detail: string;
    };
