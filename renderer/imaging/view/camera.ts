import type { Types } from '@cornerstonejs/core';
import { centreOf } from '#shared/dicom/geometry/plane.ts';
import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';

/** How an image lies in its part of the screen; holds for a part of any size. */
export interface Camera {
  /** 1: the whole image just fits. */
  readonly zoom: number;
  /** Of the image's centre from that of the screen, right and down, in heights of the fitted image. */
  readonly pan: readonly [number, number];
  /** Clockwise. */
  readonly rotationDeg: number;
  /** Mirrored left to right before it is rotated. */
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
}

export const fittingCamera: Camera = {
  zoom: 1,
  pan: [0, 0],
  rotationDeg: 0,
  flipHorizontal: false,
  flipVertical: false,
};

export interface ScreenSize {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** CSS pixels per mm (per pixel width where there are no mm) at which the rotated image just fits. */
export function fitScale(grid: ImageGrid, screen: ScreenSize, rotationDeg: number): number {
  const widthMm = grid.columns * grid.columnSpacingMm;
  const heightMm = grid.rows * grid.rowSpacingMm;
  const angle = (rotationDeg * Math.PI) / 180;
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  return Math.min(
    screen.width / (widthMm * cos + heightMm * sin),
    screen.height / (widthMm * sin + heightMm * cos),
  );
}

/**
 * Puts the camera into Cornerstone3D's CPU viewport. Its `scale` is canvas pixels per image pixel along
 * the axis with the smaller spacing; its own `parallelScale` forgets the device pixel ratio and is not used.
 */
export function applyCamera(
  viewport: Types.IStackViewport,
  grid: ImageGrid,
  screen: ScreenSize,
  camera: Camera,
): void {
  const perMm = fitScale(grid, screen, camera.rotationDeg) * camera.zoom;
  const scale = perMm * Math.min(grid.rowSpacingMm, grid.columnSpacingMm) * devicePixelRatio;
  (viewport as Types.IStackViewport & { setRotation(degrees: number): void }).setRotation(camera.rotationDeg);
  viewport.setCamera({ scale, flipHorizontal: camera.flipHorizontal, flipVertical: camera.flipVertical });
  const height = grid.rows * grid.rowSpacingMm * fitScale(grid, screen, 0);
  const centre = viewport.worldToCanvas([...centreOf(grid)]);
  const focus: Types.Point2 = [
    screen.width / 2 + (centre[0] - (screen.width / 2 + camera.pan[0] * height)),
    screen.height / 2 + (centre[1] - (screen.height / 2 + camera.pan[1] * height)),
  ];
  viewport.setCamera({ focalPoint: viewport.canvasToWorld(focus) });
}

/** What `applyCamera` would have to be given to arrive at what is on the screen. */
export function readCamera(viewport: Types.IStackViewport, grid: ImageGrid, screen: ScreenSize): Camera {
  const { scale = 1, flipHorizontal = false, flipVertical = false } = viewport.getCamera();
  const rotationDeg = (viewport as Types.IStackViewport & { getRotation(): number }).getRotation();
  const perMm = scale / Math.min(grid.rowSpacingMm, grid.columnSpacingMm) / devicePixelRatio;
  const height = grid.rows * grid.rowSpacingMm * fitScale(grid, screen, 0);
  const centre = viewport.worldToCanvas([...centreOf(grid)]);
  return {
    zoom: perMm / fitScale(grid, screen, rotationDeg),
    pan: [(centre[0] - screen.width / 2) / height, (centre[1] - screen.height / 2) / height],
    rotationDeg,
    flipHorizontal,
    flipVertical,
  };
}
