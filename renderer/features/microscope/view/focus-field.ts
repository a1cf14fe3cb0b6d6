import { sharpness } from './sharpness.ts';

/**
 * Sharpness depends on how large a pixel is and on what is looked at. Whatever picture it is taken of, live, a still,
 * one that the link made smaller, it is of the same part of the field at the same scale: as if the whole were so wide.
 */
const SCORED_WIDTH = 1280;
/** Side of the square that is scored, in pixels of that picture. */
const FIELD_SIDE = 384;
/** A hot pixel, a grain of dust: this part of the darkest and of the brightest pixels says nothing. */
const DISREGARDED_PART = 0.005;
/** Brightness hardly differs: glass without tissue. */
const BLANK_RANGE = 24;

export interface FieldScore {
  readonly score: number;
  readonly isBlank: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Scores pictures; the canvas it looks through is kept for the next. */
export class FocusField {
  readonly #context: OffscreenCanvasRenderingContext2D;

  constructor() {
    const canvas = new OffscreenCanvas(FIELD_SIDE, FIELD_SIDE);
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no 2d context');
    this.#context = context;
  }

  /** Around a part of the picture, which is 0 to 1 from its upper left corner. */
  score(image: CanvasImageSource, width: number, height: number, atPart: Point = MIDDLE): FieldScore {
    const { left, top, side } = fieldOf(width, height, atPart);
    this.#context.drawImage(image, left, top, side, side, 0, 0, FIELD_SIDE, FIELD_SIDE);
    const { data } = this.#context.getImageData(0, 0, FIELD_SIDE, FIELD_SIDE);
    // Green carries most of what is sharp in a stained slide.
    const grey = new Uint8Array(FIELD_SIDE * FIELD_SIDE);
    for (let index = 0; index < grey.length; index += 1) grey[index] = data[index * 4 + 1] ?? 0;
    return { score: sharpness(grey, FIELD_SIDE, FIELD_SIDE), isBlank: isBlank(grey) };
  }
}

const MIDDLE: Point = { x: 0.5, y: 0.5 };

/** The square that is scored in a picture of that size, in its pixels. */
export function fieldOf(width: number, height: number, atPart: Point = MIDDLE) {
  const side = Math.min((FIELD_SIDE * width) / SCORED_WIDTH, width, height);
  const left = Math.max(0, Math.min(width - side, atPart.x * width - side / 2));
  const top = Math.max(0, Math.min(height - side, atPart.y * height - side / 2));
  return { left, top, side };
}

/** Whether nothing lies in the field that could be in focus. */
export function isBlank(grey: Uint8Array): boolean {
  const counts = new Uint32Array(256);
  for (const value of grey) counts[value] = (counts[value] ?? 0) + 1;
  const disregarded = grey.length * DISREGARDED_PART;
  return level(counts.toReversed(), disregarded, 255, -1) - level(counts, disregarded, 0, 1) < BLANK_RANGE;
}

/** The brightness at which more pixels than that have been passed. */
function level(counts: Uint32Array, passed: number, first: number, step: number): number {
  let sum = 0;
  const at = counts.findIndex((count) => (sum += count) > passed);
  return first + step * Math.max(0, at);
}
