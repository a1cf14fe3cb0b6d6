import type { Voi } from '#shared/dicom/grey-scale/voi.ts';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import type { FrameFailureCode } from '#shared/dicom/pixels/frame-failure.ts';
import type { NativeFrame } from '#shared/dicom/pixels/native-frame.ts';
import type { Region } from '#shared/dicom/pixels/raster.ts';

/** Bytes of one frame as the file holds it (native ones in little endian) and what they mean. */
export interface EncodedFrame {
  readonly bytes: Uint8Array;
  readonly description: PixelDescription;
  readonly bitOffset: number;
}

export interface Rendering {
  /** Darkest to brightest value of the frame if left out. */
  readonly voi?: Voi;
  /** Lowest values brightest (MONOCHROME1). */
  readonly isInverted: boolean;
  /** Part of the stored image to show; all of it if left out. */
  readonly region?: Region;
  /** Size of the picture. */
  readonly columns: number;
  readonly rows: number;
  readonly format: 'jpeg' | 'png';
  /** Of a JPEG, 1 to 100. */
  readonly quality: number;
}

/** What the backend may ask of the codec process. */
export type CodecTask =
  /** Uncompressed, as Explicit VR Little Endian wants it. */
  | { readonly kind: 'decode'; readonly frame: EncodedFrame }
  /** As a picture for people. */
  | { readonly kind: 'render'; readonly frame: EncodedFrame; readonly rendering: Rendering };

export type CodecRequest = CodecTask & { readonly id: number };

/** A decoded frame, or an encoded picture as `bytes` alone. */
export type CodecResult = NativeFrame;

export type CodecReply = {
  readonly id: number;
  /** The process holds more memory than it should and wants to be replaced. */
  readonly isExhausted: boolean;
} & (
  | { readonly ok: true; readonly result: CodecResult }
  | { readonly ok: false; readonly code: FrameFailureCode; readonly detail: string }
);
