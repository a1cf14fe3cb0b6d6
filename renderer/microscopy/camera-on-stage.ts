import type { Shift } from './phase-correlation.ts';

export interface CameraOnStage {
  readonly micrometresPerPixel: number;
  /** From camera axes to stage axes, anticlockwise. */
  readonly rotationDeg: number;
  readonly isMirrored: boolean;
  /** By how much the two moves disagree about the scale, over the longer one. */
  readonly residualPixels: number;
}

/**
 * How the camera sits on the stage, from what the picture did when the stage moved by so many µm along x and then
 * along y. What lies under the objective moves against the stage's way through the picture.
 */
export function cameraOnStage(
  alongX: Shift,
  movedXUm: number,
  alongY: Shift,
  movedYUm: number,
): CameraOnStage {
  const [xPixels, yPixels] = [Math.hypot(alongX.x, alongX.y), Math.hypot(alongY.x, alongY.y)];
  const scales = [Math.abs(movedXUm) / xPixels, Math.abs(movedYUm) / yPixels] as const;
  const micrometresPerPixel = (scales[0] + scales[1]) / 2;
  // Picture vectors of one µm of stage x and y.
  const [ux, uy] = [-alongX.x / movedXUm, -alongX.y / movedXUm];
  const [vx, vy] = [-alongY.x / movedYUm, -alongY.y / movedYUm];
  const isMirrored = ux * vy - uy * vx < 0;
  return {
    micrometresPerPixel,
    rotationDeg: (Math.atan2(-uy, isMirrored ? -ux : ux) * 180) / Math.PI,
    isMirrored,
    residualPixels:
      Math.abs(xPixels - Math.abs(movedXUm) / micrometresPerPixel) +
      Math.abs(yPixels - Math.abs(movedYUm) / micrometresPerPixel),
  };
}
