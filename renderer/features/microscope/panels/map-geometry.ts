import type { PointUm } from '#shared/motion/position.ts';
import type { MicroscopeFacts } from '../session/microscope-facts.ts';
import type { PixelPoint } from '../view/camera-axes.ts';
import type { Size } from '../view/stage-view.ts';

/** A rectangle of the slide. */
export interface MapExtent {
  readonly originUm: PointUm;
  readonly micrometresPerPixel: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** The reach of the stage, for a map before there is one. */
export function extentOfStage({ x, y }: MicroscopeFacts['stageLimitsUm']): MapExtent {
  const micrometresPerPixel = 20;
  return {
    originUm: { x: x.minimum, y: y.minimum },
    micrometresPerPixel,
    widthPixels: (x.maximum - x.minimum) / micrometresPerPixel,
    heightPixels: (y.maximum - y.minimum) / micrometresPerPixel,
  };
}

/** The map as large as its box allows, in the middle; and both ways between box and slide. */
export function mapGeometry(extent: MapExtent, canvas: Size) {
  const { originUm, micrometresPerPixel, widthPixels, heightPixels } = extent;
  const scale = Math.min(canvas.width / widthPixels, canvas.height / heightPixels);
  const width = widthPixels * scale;
  const height = heightPixels * scale;
  const left = (canvas.width - width) / 2;
  const top = (canvas.height - height) / 2;
  const umPerCanvasPixel = micrometresPerPixel / scale;
  return {
    box: { left, top, width, height },
    toCanvas: (um: PointUm): PixelPoint => ({
      x: left + (um.x - originUm.x) / umPerCanvasPixel,
      y: top + (um.y - originUm.y) / umPerCanvasPixel,
    }),
    toSlide: (at: PixelPoint): PointUm => ({
      x: originUm.x + (at.x - left) * umPerCanvasPixel,
      y: originUm.y + (at.y - top) * umPerCanvasPixel,
    }),
  };
}
