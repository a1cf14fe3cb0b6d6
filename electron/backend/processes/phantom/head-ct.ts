import { createHead } from './head-anatomy.ts';
import type { Anatomy } from './head-anatomy.ts';
import type { Lesion } from './brain-anatomy.ts';
import { createNoiseTile, createRandom } from './random.ts';
import type { Random } from './random.ts';
import { TISSUES, tissue } from './tissue.ts';

export interface HeadCtOptions {
  readonly seed: number;
  readonly lesion?: Lesion;
  /** Rows and columns. */
  readonly size?: number;
  readonly thinSlices?: number;
  readonly thinMm?: number;
  /** So many thin slices make a thick one. */
  readonly slicesInThick?: number;
}

export type CtKernel = 'standard' | 'bone';

/** One reconstructed image, before it becomes a DICOM instance. */
export interface CtSlice {
  readonly kernel: CtKernel;
  readonly isThick: boolean;
  /** From 1, from the feet upwards, within its series. */
  readonly number: number;
  /** Centre of the slice, patient coordinates. */
  readonly zMm: number;
  readonly thicknessMm: number;
  /** Stored values: HU + 1024, row by row. */
  readonly pixels: Uint16Array;
}

export const FIELD_OF_VIEW_MM = 230;
export const RESCALE_INTERCEPT = -1024;
/** Of the lowest thin slice. */
const LOWEST_MM = -70;
const LARGEST_STORED = 4095;

const hounsfield = ctNumbers({
  [tissue.air]: -1000,
  [tissue.skin]: 20,
  [tissue.fat]: -95,
  [tissue.muscle]: 55,
  [tissue.corticalBone]: 1500,
  [tissue.spongyBone]: 620,
  [tissue.cerebrospinalFluid]: 7,
  [tissue.greyMatter]: 38,
  [tissue.whiteMatter]: 28,
  [tissue.deepGreyMatter]: 37,
  [tissue.dura]: 52,
  [tissue.calcification]: 135,
  [tissue.eyeball]: 14,
  [tissue.lens]: 85,
  [tissue.mucosa]: 40,
  [tissue.blood]: 45,
  [tissue.haematoma]: 66,
  [tissue.oedema]: 18,
  [tissue.infarct]: 22,
  [tissue.tableShell]: -180,
  [tissue.tableFoam]: -860,
});

/** Standard deviation in HU of the thin series; thick ones have less by the square root of their slices. */
const noiseHu: Readonly<Record<CtKernel, number>> = { standard: 5, bone: 38 };

/**
 * Every image of one head CT: both kernels, thin and thick, slice by slice so that nobody holds the
 * whole examination.
 */
export function* reconstructHead(options: HeadCtOptions): Generator<CtSlice> {
  const { seed, lesion, size = 512, thinSlices = 150, thinMm = 1, slicesInThick = 5 } = options;
  const anatomy = createHead({ seed, lesion });
  const random = createRandom(seed ^ 0x5eed);
  const tiles = {
    standard: createNoiseTile(random, size, 1),
    bone: createNoiseTile(random, size, 0),
  };
  const sums = { standard: new Float32Array(size * size), bone: new Float32Array(size * size) };
  for (let index = 0; index < thinSlices; index++) {
    const zMm = LOWEST_MM + index * thinMm;
    const sharp = sample(anatomy, size, zMm);
    const soft = blurred(sharp, size);
    for (const kernel of ['standard', 'bone'] as const) {
      const image = kernel === 'standard' ? soft : sharpened(sharp, soft);
      addTo(sums[kernel], image);
      const pixels = stored(image, 1, tiles[kernel], noiseHu[kernel], size, random);
      yield { kernel, isThick: false, number: index + 1, zMm, thicknessMm: thinMm, pixels };
      if ((index + 1) % slicesInThick !== 0) continue;
      yield {
        kernel,
        isThick: true,
        number: (index + 1) / slicesInThick,
        zMm: zMm - ((slicesInThick - 1) / 2) * thinMm,
        thicknessMm: slicesInThick * thinMm,
        pixels: stored(
          sums[kernel],
          slicesInThick,
          tiles[kernel],
          noiseHu[kernel] / Math.sqrt(slicesInThick),
          size,
          random,
        ),
      };
      sums[kernel].fill(0);
    }
  }
}

/** Position of the first pixel's centre; the table's axis is the middle of the picture. */
export function imagePosition(zMm: number, size: number): [number, number, number] {
  const cornerMm = -FIELD_OF_VIEW_MM / 2 + FIELD_OF_VIEW_MM / size / 2;
  return [cornerMm, cornerMm, zMm];
}

function sample(anatomy: Anatomy, size: number, zMm: number): Float32Array {
  const pixels = new Float32Array(size * size);
  const spacingMm = FIELD_OF_VIEW_MM / size;
  const [cornerMm] = imagePosition(zMm, size);
  for (let row = 0; row < size; row++) {
    const y = cornerMm + row * spacingMm;
    for (let column = 0; column < size; column++) {
      pixels[row * size + column] = hounsfield[anatomy(cornerMm + column * spacingMm, y, zMm)] ?? 0;
    }
  }
  return pixels;
}

/** The blur of a soft kernel: 1 2 1 in both directions. */
function blurred(pixels: Float32Array, size: number): Float32Array {
  return blurredAlong(blurredAlong(pixels, 1), size);
}

function blurredAlong(pixels: Float32Array, step: number): Float32Array {
  const result = Float32Array.from(pixels);
  for (let index = step; index < pixels.length - step; index++) {
    const before = pixels[index - step] ?? 0;
    const after = pixels[index + step] ?? 0;
    result[index] = (before + 2 * (pixels[index] ?? 0) + after) / 4;
  }
  return result;
}

/** A bone kernel overshoots at edges. */
function sharpened(sharp: Float32Array, soft: Float32Array): Float32Array {
  return sharp.map((value, index) => value + 0.5 * (value - (soft[index] ?? 0)));
}

function addTo(sum: Float32Array, image: Float32Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (image[index] ?? 0);
}

function stored(
  sum: Float32Array,
  slices: number,
  tile: Float32Array,
  sigmaHu: number,
  size: number,
  random: Random,
): Uint16Array {
  const pixels = new Uint16Array(size * size);
  const shift = Math.floor(random.next() * tile.length);
  const centre = (size - 1) / 2;
  for (let index = 0; index < pixels.length; index++) {
    // Rays through the middle of the head lose most photons.
    const row = Math.floor(index / size);
    const off = ((row - centre) ** 2 + (index - row * size - centre) ** 2) / (centre * centre);
    const noise = sigmaHu * (1.15 - 0.5 * off) * (tile[(index + shift) % tile.length] ?? 0);
    const value = (sum[index] ?? 0) / slices + noise - RESCALE_INTERCEPT;
    pixels[index] = Math.max(0, Math.min(LARGEST_STORED, Math.round(value)));
  }
  return pixels;
}

function ctNumbers(values: Readonly<Record<number, number>>): Float32Array {
  return Float32Array.from({ length: TISSUES }, (_, index) => values[index] ?? -1000);
}
