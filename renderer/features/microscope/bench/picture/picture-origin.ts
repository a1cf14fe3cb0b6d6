import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';
import type { CameraSettings } from '#shared/domain/camera-settings.ts';
import type { Size } from '../../view/stage-view.ts';
import type { CameraAbilities } from './camera-controls.ts';

export type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Where pictures come from: a camera on the microscope, or what a simulated one would show. */
export interface PictureOrigin {
  readonly label: string;
  /** The whole sensor, whatever size the moving picture has. */
  readonly sensor: Size;
  readonly isSimulated: boolean;
  /** Absent where nothing can be set. */
  readonly abilities?: CameraAbilities;
  /** When the last new frame came, by `performance.now()`; absent where frames are made on demand. */
  readonly newestFrameAtMs?: number;
  /** Draws the whole sensor into that many pixels; undefined while there is nothing to draw. */
  draw(context: Drawing, size: Size): FrameStamp | undefined;
  /** Resolves when a picture of that size can be drawn in full detail at the place of now. */
  complete?(size: Size): Promise<void>;
  /** The picture `complete` was for has been drawn. */
  release?(): Promise<void>;
  /** @throws where the camera takes none of it; it stays as it was */
  apply?(settings: CameraSettings): Promise<void>;
  close(): void;
}
