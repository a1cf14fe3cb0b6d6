import type { Specimen } from '#shared/contract/specimen.ts';
import type { MicroscopeFacts } from '../session/microscope-facts.ts';
import type { Size } from '../view/stage-view.ts';

/** µm. */
export function sizeOfSpecimenUm(finest: Specimen['levels'][number]): Size {
  const { widthPixels, heightPixels, micrometresPerPixel } = finest;
  return { width: widthPixels * micrometresPerPixel, height: heightPixels * micrometresPerPixel };
}

/** What the stage brings to the middle of the picture of a slide around the middle of its reach, µm; undefined: all. */
export function partInReach(slideUm: Size, { x, y }: MicroscopeFacts['stageLimitsUm']): Size | undefined {
  const reach = { width: x.maximum - x.minimum, height: y.maximum - y.minimum };
  if (slideUm.width <= reach.width && slideUm.height <= reach.height) return undefined;
  return {
    width: Math.min(slideUm.width, reach.width),
    height: Math.min(slideUm.height, reach.height),
  };
}
