import type { ChannelMeans } from '#shared/domain/white-balance.ts';

export type FieldRefusal = 'clipped' | 'dark' | 'not-blank' | 'coloured';

export type JudgedField =
  | { readonly kind: 'blank'; readonly means: ChannelMeans }
  | { readonly kind: 'refused'; readonly reason: FieldRefusal };

const BLOCKS = 8;
/** As good as the end of the scale: what is beyond it is not known. */
const CLIPPED_LEVEL = 253;
const CLIPPED_PART = 0.005;
/** Darker than this, noise and the camera's black level count too much. */
const DARKEST_LEVEL = 80;
/** A field is darker to its corners; tissue is darker than that. */
const DARKEST_BLOCK_PART = 0.7;
/** Stains take one colour away more than another; glass does not. */
const TINT_TOLERANCE = 0.04;
/** A filter in the light, or another stain all over the field, is no white to balance by. */
const LEAST_GAIN = 0.5;

/** Judges whether a picture is of an empty field in good light, and means its channels; RGBA, 8 bit. */
export function judgeField({ data, width, height }: ImageData): JudgedField {
  const blocks = blocksOf(data, width, height);
  const means = meanOf(blocks);
  const [darkest, brightest] = [
    Math.min(means.red, means.green, means.blue),
    Math.max(means.red, means.green, means.blue),
  ];
  if (clippedPart(data) > CLIPPED_PART) return { kind: 'refused', reason: 'clipped' };
  if (brightest < DARKEST_LEVEL) return { kind: 'refused', reason: 'dark' };
  if (darkest < brightest * LEAST_GAIN) return { kind: 'refused', reason: 'coloured' };
  const lights = blocks.map(({ red, green, blue }) => red + green + blue);
  const isEven = Math.min(...lights) >= Math.max(...lights) * DARKEST_BLOCK_PART;
  const isUntinted = blocks.every(
    ({ red, green, blue }) =>
      Math.abs((red * means.green) / (green * means.red) - 1) <= TINT_TOLERANCE &&
      Math.abs((blue * means.green) / (green * means.blue) - 1) <= TINT_TOLERANCE,
  );
  return isEven && isUntinted ? { kind: 'blank', means } : { kind: 'refused', reason: 'not-blank' };
}

function blocksOf(data: Uint8ClampedArray, width: number, height: number): ChannelMeans[] {
  const sums = Array.from({ length: BLOCKS * BLOCKS }, () => ({ red: 0, green: 0, blue: 0, count: 0 }));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const sum = sums[Math.floor((y * BLOCKS) / height) * BLOCKS + Math.floor((x * BLOCKS) / width)];
      if (!sum) continue;
      const at = (y * width + x) * 4;
      sum.red += data[at] ?? 0;
      sum.green += data[at + 1] ?? 0;
      sum.blue += data[at + 2] ?? 0;
      sum.count += 1;
    }
  }
  // A channel without any light at all would divide by nothing.
  const mean = (sum: number, count: number) => Math.max(1, sum / Math.max(1, count));
  return sums.map(({ red, green, blue, count }) => ({
    red: mean(red, count),
    green: mean(green, count),
    blue: mean(blue, count),
  }));
}

function meanOf(blocks: readonly ChannelMeans[]): ChannelMeans {
  const mean = (of: (block: ChannelMeans) => number) =>
    blocks.reduce((sum, block) => sum + of(block), 0) / blocks.length;
  return { red: mean(({ red }) => red), green: mean(({ green }) => green), blue: mean(({ blue }) => blue) };
}

function clippedPart(data: Uint8ClampedArray): number {
  let clipped = 0;
  for (let at = 0; at < data.length; at += 4) {
    const brightest = Math.max(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    if (brightest >= CLIPPED_LEVEL) clipped += 1;
  }
  return clipped / (data.length / 4);
}
