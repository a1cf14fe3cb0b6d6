import type { PointUm } from '#shared/motion/position.ts';

/** A place in the picture, in pixels of the shown frame; x to the right, y down, from its upper left corner. */
export interface PixelPoint {
  readonly x: number;
  readonly y: number;
}

/** How the camera sits on the stage, measured by calibration. */
export interface CameraAxes {
  /** Of the shown frame, not of the sensor. */
  readonly micrometresPerPixel: number;
  /** From camera axes to stage axes, anticlockwise. */
  readonly rotationDeg: number;
  readonly isMirrored: boolean;
}

/** A distance in the picture as a distance of the stage, µm. */
export function toStageVector(axes: CameraAxes, pixels: PixelPoint): PointUm {
  const angle = (axes.rotationDeg * Math.PI) / 180;
  const cosine = Math.cos(angle) * axes.micrometresPerPixel;
  const sine = Math.sin(angle) * axes.micrometresPerPixel;
  const x = axes.isMirrored ? -pixels.x : pixels.x;
  return { x: cosine * x - sine * pixels.y, y: sine * x + cosine * pixels.y };
}

/** A distance of the stage as a distance in the picture, pixels of the shown frame. */
export function toPictureVector(axes: CameraAxes, um: PointUm): PixelPoint {
  const angle = (axes.rotationDeg * Math.PI) / 180;
  const cosine = Math.cos(angle) / axes.micrometresPerPixel;
  const sine = Math.sin(angle) / axes.micrometresPerPixel;
  const x = cosine * um.x + sine * um.y;
  return { x: axes.isMirrored ? -x : x, y: -sine * um.x + cosine * um.y };
}
