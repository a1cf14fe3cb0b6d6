import type { BrainMrSeries } from './phantom-texts.ts';
import { createHead } from './head-anatomy.ts';
import type { Lesion } from './brain-anatomy.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { TISSUES, tissue } from './tissue.ts';

export interface BrainMrOptions {
  readonly seed: number;
  readonly lesion?: Lesion;
  /** Rows and columns of the plain series; diffusion has half. */
  readonly size?: number;
  readonly slices?: number;
}

export interface MrSequence {
  readonly series: BrainMrSeries;
  readonly repetitionMs: number;
  readonly echoMs: number;
  readonly echoNumber?: number;
  readonly inversionMs?: number;
  /** s/mm² */
  readonly bValue?: number;
  readonly isGradientEcho?: boolean;
}

export interface MrSlice {
  readonly sequence: MrSequence;
  /** From 1, from the feet upwards. */
  readonly number: number;
  readonly zMm: number;
  readonly size: number;
  readonly pixels: Uint16Array;
}

export const FIELD_OF_VIEW_MM = 230;
export const THICKNESS_MM = 5;
export const INTERVAL_MM = 6;
const LOWEST_MM = -62;

const ADC_SEQUENCE: MrSequence = { series: 'ADC', repetitionMs: 5200, echoMs: 82 };

export const sequences: readonly MrSequence[] = [
  { series: 'T1', repetitionMs: 520, echoMs: 12 },
  { series: 'T2', repetitionMs: 4400, echoMs: 98 },
  { series: 'FLAIR', repetitionMs: 9000, echoMs: 112, inversionMs: 2500 },
  { series: 'T2*', repetitionMs: 780, echoMs: 5, echoNumber: 1, isGradientEcho: true },
  { series: 'T2*', repetitionMs: 780, echoMs: 25, echoNumber: 2, isGradientEcho: true },
  { series: 'DWI', repetitionMs: 5200, echoMs: 82, bValue: 0 },
  { series: 'DWI', repetitionMs: 5200, echoMs: 82, bValue: 1000 },
  ADC_SEQUENCE,
];

interface Relaxation {
  readonly density: number;
  readonly t1Ms: number;
  readonly t2Ms: number;
  /** Of gradient echoes. */
  readonly t2StarMs: number;
  /** Apparent diffusion coefficient, 10⁻³ mm²/s. */
  readonly adc: number;
}

const relax = (density: number, t1Ms: number, t2Ms: number, t2StarMs: number, adc: number): Relaxation => ({
  density,
  t1Ms,
  t2Ms,
  t2StarMs,
  adc,
});

const NOTHING = relax(0, 1000, 10, 5, 0);

/** At 1.5 T, rounded. */
const relaxation: Readonly<Record<number, Relaxation>> = {
  [tissue.skin]: relax(0.55, 400, 50, 30, 0.6),
  [tissue.fat]: relax(0.9, 270, 85, 50, 0.05),
  [tissue.muscle]: relax(0.72, 900, 45, 30, 1.3),
  [tissue.corticalBone]: relax(0.04, 400, 12, 3, 0),
  [tissue.spongyBone]: relax(0.42, 330, 60, 15, 0.2),
  [tissue.cerebrospinalFluid]: relax(1, 4200, 1900, 1200, 3.1),
  [tissue.greyMatter]: relax(0.82, 960, 100, 70, 0.82),
  [tissue.whiteMatter]: relax(0.7, 620, 80, 62, 0.72),
  [tissue.deepGreyMatter]: relax(0.79, 860, 84, 45, 0.76),
  [tissue.dura]: relax(0.4, 800, 40, 20, 0.6),
  [tissue.calcification]: relax(0.15, 700, 25, 6, 0.4),
  [tissue.eyeball]: relax(0.98, 3600, 1500, 700, 2.7),
  [tissue.lens]: relax(0.55, 1000, 30, 15, 0.9),
  [tissue.mucosa]: relax(0.86, 1100, 130, 60, 1.6),
  [tissue.blood]: relax(0.85, 1300, 60, 25, 0.9),
  [tissue.haematoma]: relax(0.8, 1000, 60, 12, 0.5),
  [tissue.oedema]: relax(0.86, 1250, 150, 90, 1.5),
  [tissue.infarct]: relax(0.85, 1150, 128, 85, 0.42),
};

const STORED_PER_SIGNAL = 1600;
const NOISE = 14;

/** Every image of one brain MR, slice by slice. */
export function* scanBrain(options: BrainMrOptions): Generator<MrSlice> {
  const { seed, lesion, size = 256, slices = 22 } = options;
  const anatomy = createHead({ seed, lesion, hasTable: false });
  const random = createRandom(seed ^ 0x3e50);
  for (let index = 0; index < slices; index++) {
    const zMm = LOWEST_MM + index * INTERVAL_MM;
    const labels = sampleLabels(anatomy, size * 2, zMm);
    for (const sequence of sequences) {
      const isDiffusion = sequence.bValue !== undefined || sequence === ADC_SEQUENCE;
      const imageSize = isDiffusion ? size / 2 : size;
      const pixels = image(labels, size * 2, imageSize, sequence, random);
      yield { sequence, number: index + 1, zMm, size: imageSize, pixels };
    }
  }
}

/** Tissues at the top and bottom of the slice, so that thin structures show in part. */
function sampleLabels(anatomy: ReturnType<typeof createHead>, size: number, zMm: number): Uint8Array {
  const labels = new Uint8Array(2 * size * size);
  const spacingMm = FIELD_OF_VIEW_MM / size;
  const cornerMm = -FIELD_OF_VIEW_MM / 2 + spacingMm / 2;
  for (let layer = 0; layer < 2; layer++) {
    const z = zMm + (layer - 0.5) * (THICKNESS_MM / 2);
    for (let row = 0; row < size; row++) {
      const start = (layer * size + row) * size;
      for (let column = 0; column < size; column++) {
        labels[start + column] = anatomy(cornerMm + column * spacingMm, cornerMm + row * spacingMm, z);
      }
    }
  }
  return labels;
}

function image(
  labels: Uint8Array,
  labelSize: number,
  size: number,
  sequence: MrSequence,
  random: Random,
): Uint16Array {
  const isMap = sequence === ADC_SEQUENCE;
  const values = Float32Array.from({ length: TISSUES }, (_, index) => {
    const properties = relaxation[index] ?? NOTHING;
    if (isMap) return properties.adc * 1000;
    // Echo planar images are taken with the fat suppressed.
    const isSuppressed = sequence.bValue !== undefined && index === tissue.fat;
    return signal(properties, sequence) * STORED_PER_SIGNAL * (isSuppressed ? 0.08 : 1);
  });
  const pixels = new Uint16Array(size * size);
  const step = labelSize / size;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const mean = meanValue(labels, labelSize, row * step, column * step, step, values);
      const value = isMap ? mapped(mean, random) : received(mean, row / size, column / size, random);
      pixels[row * size + column] = Math.max(0, Math.min(4095, Math.round(value)));
    }
  }
  return pixels;
}

function meanValue(
  labels: Uint8Array,
  labelSize: number,
  firstRow: number,
  firstColumn: number,
  step: number,
  values: Float32Array,
): number {
  let sum = 0;
  for (let layer = 0; layer < 2; layer++) {
    for (let row = firstRow; row < firstRow + step; row++) {
      const start = (layer * labelSize + row) * labelSize;
      for (let column = firstColumn; column < firstColumn + step; column++) {
        sum += values[labels[start + column] ?? 0] ?? 0;
      }
    }
  }
  return sum / (2 * step * step);
}

/** Spin echo, inversion recovery, gradient echo or diffusion weighting. */
function signal({ density, t1Ms, t2Ms, t2StarMs, adc }: Relaxation, sequence: MrSequence): number {
  const { repetitionMs, echoMs, inversionMs, bValue = 0, isGradientEcho = false } = sequence;
  const recovery =
    inversionMs === undefined
      ? 1 - Math.exp(-repetitionMs / t1Ms)
      : Math.abs(1 - 2 * Math.exp(-inversionMs / t1Ms) + Math.exp(-repetitionMs / t1Ms));
  const decay = Math.exp(-echoMs / (isGradientEcho ? t2StarMs : t2Ms));
  const gain = bValue > 0 ? 2.2 : echoMs > 60 ? 1.7 : 1.3;
  return gain * density * recovery * decay * Math.exp((-bValue * adc) / 1000);
}

/** Coils hear the near side better; magnitudes of noise are never negative (Rician). */
function received(mean: number, row: number, column: number, random: Random): number {
  const field = 1.08 - 0.22 * (row - 0.5) + 0.06 * Math.cos(7 * column);
  return Math.hypot(mean * field + NOISE * random.gaussian(), NOISE * random.gaussian());
}

/** Diffusion maps are nonsense where there was no signal. */
function mapped(mean: number, random: Random): number {
  return mean < 60 ? 0 : mean + 28 * random.gaussian();
}
