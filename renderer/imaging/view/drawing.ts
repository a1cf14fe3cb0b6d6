import type { Types } from '@cornerstonejs/core';

type EnabledElement = Parameters<NonNullable<Types.IImage['render']>>[0];

/** What draws on one canvas. */
export type Painter = (canvas: HTMLCanvasElement) => void;

const painters = new WeakMap<HTMLCanvasElement, Painter>();

export function setPainter(canvas: HTMLCanvasElement, painter: Painter): void {
  painters.set(canvas, painter);
}

/** Cornerstone3D's CPU viewport calls this instead of its own drawing (`IImage.render`). */
export function drawCornerstoneImage({ canvas }: EnabledElement): void {
  if (canvas) painters.get(canvas)?.(canvas);
}
