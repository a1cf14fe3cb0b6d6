import type { PointUm } from '#shared/motion/position.ts';
import { toPictureVector, toStageVector } from './camera-axes.ts';
import type { CameraAxes, PixelPoint } from './camera-axes.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The window onto the slide: where its middle looks and how many screen pixels one pixel of the frame takes.
 * Everything drawn (frames, map, marks) is placed by it, so that all of it agrees on where the tissue is. Its places
 * are those of the slide, not of the stage: what was drawn with one objective lies on the same tissue with the next.
 */
export interface StageView {
  readonly axes: CameraAxes;
  /** CSS pixels. */
  readonly screen: Size;
  /** CSS pixels per pixel of the frame. */
  readonly scale: number;
  /** What place of the slide stands in the middle of the screen. */
  readonly centreUm: PointUm;
}

/** The whole frame is seen, as large as the window allows. */
export function fitScale(frame: Size, screen: Size): number {
  if (frame.width <= 0 || frame.height <= 0) return 1;
  return Math.min(screen.width / frame.width, screen.height / frame.height);
}

export function slideOfScreen(view: StageView, point: PixelPoint): PointUm {
  const vector = toStageVector(view.axes, {
    x: (point.x - view.screen.width / 2) / view.scale,
    y: (point.y - view.screen.height / 2) / view.scale,
  });
  return { x: view.centreUm.x + vector.x, y: view.centreUm.y + vector.y };
}

export function screenOfSlide(view: StageView, um: PointUm): PixelPoint {
  const vector = toPictureVector(view.axes, { x: um.x - view.centreUm.x, y: um.y - view.centreUm.y });
  return {
    x: view.screen.width / 2 + vector.x * view.scale,
    y: view.screen.height / 2 + vector.y * view.scale,
  };
}

/** CSS pixels by which a frame exposed at `frameCentreUm` is drawn off the middle of the screen. */
export function frameOffset(view: StageView, frameCentreUm: PointUm): PixelPoint {
  const place = screenOfSlide(view, frameCentreUm);
  return { x: place.x - view.screen.width / 2, y: place.y - view.screen.height / 2 };
}

/** Width and height of what a frame shows, µm. */
export function fieldOfViewUm(axes: CameraAxes, frame: Size): Size {
  return {
    width: frame.width * axes.micrometresPerPixel,
    height: frame.height * axes.micrometresPerPixel,
  };
}

/** The corners of a frame on the slide, in drawing order. */
export function fieldCorners(axes: CameraAxes, frame: Size, centreUm: PointUm): readonly PointUm[] {
  const halfWidth = frame.width / 2;
  const halfHeight = frame.height / 2;
  return [
    { x: -halfWidth, y: -halfHeight },
    { x: halfWidth, y: -halfHeight },
    { x: halfWidth, y: halfHeight },
    { x: -halfWidth, y: halfHeight },
  ].map((corner) => {
    const vector = toStageVector(axes, corner);
    return { x: centreUm.x + vector.x, y: centreUm.y + vector.y };
  });
}

/**
 * The strongest objective whose field still holds the box, among those the remote may use.
 * `undefined`: none shows more than the one in use.
 */
export function objectiveForBox<
  Choice extends { readonly micrometresPerPixel: number; readonly magnification: number },
>(choices: readonly Choice[], sensor: Size, boxUm: Size): Choice | undefined {
  return [...choices]
    .filter(
      ({ micrometresPerPixel }) =>
        sensor.width * micrometresPerPixel >= boxUm.width &&
        sensor.height * micrometresPerPixel >= boxUm.height,
    )
    .sort((one, other) => other.magnification - one.magnification)[0];
}
