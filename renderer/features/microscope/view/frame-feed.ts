import type { ShownStamp } from '../session/shown-picture.ts';

/** A frame as it came. The image is only good during the call. */
export interface FedFrame {
  readonly image: CanvasImageSource;
  /** Holds the frame until the next one: it can be shown itself, and needs no copy. */
  readonly surface?: HTMLCanvasElement;
  /** Of the whole frame, whose middle is the optical axis. */
  readonly width: number;
  readonly height: number;
  /** Rows from the top that are picture; below them lies the stamp. */
  readonly pictureHeight: number;
  readonly stamp: ShownStamp | undefined;
}

/** Where live frames come from: the link, or the camera of this workstation. */
export interface FrameFeed {
  subscribe(listener: (frame: FedFrame) => void): () => void;
}
