import type { FedFrame } from './frame-feed.ts';

const SIDE = 192;
const INTERVAL_MS = 250;

/**
 * How much neighbouring pixels differ, by the square of how bright they are (Brenner's gradient): larger is sharper,
 * and turning the lamp changes nothing.
 * @param grey brightness row by row
 */
export function sharpness(grey: ArrayLike<number>, width: number, height: number): number {
  let gradient = 0;
  let brightness = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const here = grey[y * width + x] ?? 0;
      brightness += here;
      if (x + 2 < width) gradient += ((grey[y * width + x + 2] ?? 0) - here) ** 2;
      if (y + 2 < height) gradient += ((grey[(y + 2) * width + x] ?? 0) - here) ** 2;
    }
  }
  const count = width * height;
  return brightness === 0 ? 0 : (1000 * gradient * count) / brightness ** 2;
}

/** Looks four times a second at the middle of the picture that passes by. */
export class SharpnessWatch {
  readonly #canvas = new OffscreenCanvas(SIDE, SIDE);
  readonly #tell: (score: number) => void;
  #lookedAtMs = 0;

  constructor(tell: (score: number) => void) {
    this.#tell = tell;
  }

  readonly frame = ({ image, width, height }: FedFrame): void => {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    const context = this.#canvas.getContext('2d', { willReadFrequently: true });
    if (!context) return;
    context.drawImage(image, (width - SIDE) / 2, (height - SIDE) / 2, SIDE, SIDE, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    // Green carries most of what is sharp in a stained slide.
    const grey = new Uint8Array(SIDE * SIDE);
    for (let index = 0; index < grey.length; index += 1) grey[index] = data[index * 4 + 1] ?? 0;
    this.#tell(sharpness(grey, SIDE, SIDE));
  };
}
