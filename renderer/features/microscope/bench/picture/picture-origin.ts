import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';
import type { Size } from '../../view/stage-view.ts';

export type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Where pictures come from: a camera on the microscope, or what a simulated one would show. */
export interface PictureOrigin {
  readonly label: string;
  readonly sensor: Size;
  readonly isSimulated: boolean;
  /** Draws the whole sensor into that many pixels; undefined while there is nothing to draw. */
  draw(context: Drawing, size: Size): FrameStamp | undefined;
  /** Resolves when a picture of that size can be drawn in full detail at the place of now. */
  complete?(size: Size): Promise<void>;
  close(): void;
}
