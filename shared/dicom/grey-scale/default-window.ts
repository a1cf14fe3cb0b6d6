import type { ImageDescription } from '../image-description.ts';
import type { GreyWindow } from '../image/windows.ts';
import type { DecodedFrame } from '../pixel-description.ts';
import { windowOfTable } from './voi.ts';
import type { Voi } from './voi.ts';

/** The ways a file offers to show its images. */
export interface FileVoi {
  readonly voi: Voi;
  readonly explanation: string;
}

/** Radiographs bring the maker's own curve; where they also give windows, those only approximate it. */
const TABLE_FIRST = new Set(['CR', 'DX', 'MG', 'XA', 'RF', 'IO', 'PX']);

/** All of the file's windows and tables, the one to start with first. */
export function fileVois({ voi, modality, suv }: ImageDescription): FileVoi[] {
  // A window in becquerel says nothing once values are shown as SUV.
  if (suv?.kind === 'factor' && suv.factor !== 1) return [];
  const windows = voi.windows.map(({ width, centre, explanation }) => ({
    voi: { kind: 'window', window: { width, centre }, function: voi.function } as const,
    explanation,
  }));
  const tables = voi.luts.map((table) => ({
    voi: { kind: 'table', table } as const,
    explanation: table.explanation,
  }));
  return TABLE_FIRST.has(modality) && voi.function === 'LINEAR'
    ? [...tables, ...windows]
    : [...windows, ...tables];
}

/** g/ml; where a file gives no window and SUV can be computed. */
const SUV_WINDOW: GreyWindow = { width: 5, centre: 2.5 };
const CT_WINDOW: GreyWindow = { width: 400, centre: 40 };

/** All of 8 bits, as it came from the equipment's own screen. */
const PICTURE_WINDOW: GreyWindow = { width: 256, centre: 128 };
const MEASURING = new Set(['CT', 'MR', 'PT', 'NM', 'SEG', 'RTDOSE']);

/**
 * Ultrasound, fluoroscopy and captured screens in 8 bits are pictures: brightness was chosen when they were
 * made, and stretching it would show other contrasts than were seen.
 */
function isPicture({ bitsStored, modality }: ImageDescription, frame: DecodedFrame): boolean {
  return bitsStored === 8 && frame.pixels instanceof Uint8Array && !MEASURING.has(modality);
}

/** What to show a frame with when neither the file nor the doctor says. */
export function computedWindow(description: ImageDescription, frame: DecodedFrame): GreyWindow {
  if (frame.kind === 'colour') return { width: 256, centre: 128 };
  if (description.suv?.kind === 'factor') return SUV_WINDOW;
  if (description.modality === 'CT' && description.unit === 'HU') return CT_WINDOW;
  if (isPicture(description, frame)) return PICTURE_WINDOW;
  const isCounting = description.modality === 'PT' || description.modality === 'NM';
  const [lowest, highest] = percentiles(frame, isCounting ? [0, 0.995] : [0.01, 0.99]);
  const narrowest = frame.pixels instanceof Float32Array ? Number.MIN_VALUE : 1;
  return { width: Math.max(narrowest, highest - lowest), centre: (lowest + highest) / 2 };
}

/** The window the doctor starts from when turning what is shown into numbers. */
export function asWindow(voi: Voi): GreyWindow {
  return voi.kind === 'window' ? voi.window : windowOfTable(voi.table);
}

const BINS = 4096;
/** More than this part of all pixels at the very bottom is background. */
const BACKGROUND_PART = 0.05;

/** Values below which the given parts of the image lie; a heap of pixels at the lowest value is background and left out. */
function percentiles(
  frame: Extract<DecodedFrame, { kind: 'grey' }>,
  parts: readonly [number, number],
): [number, number] {
  const { pixels, minimum, maximum } = frame;
  if (!(maximum > minimum)) return [minimum, minimum + 1];
  const counts = new Uint32Array(BINS);
  const perValue = (BINS - 1) / (maximum - minimum);
  let total = 0;
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index] ?? 0;
    if (value < minimum || value > maximum) continue;
    const bin = Math.floor((value - minimum) * perValue);
    counts[bin] = (counts[bin] ?? 0) + 1;
    total++;
  }
  const threshold = backgroundBin(counts, total);
  const inside = counts.subarray(threshold).reduce((sum, count) => sum + count, 0);
  const valueAt = (part: number) => {
    let below = 0;
    for (let bin = threshold; bin < BINS; bin++) {
      below += counts[bin] ?? 0;
      if (below >= inside * part) return minimum + (bin + 0.5) / perValue;
    }
    return maximum;
  };
  return [valueAt(parts[0]), valueAt(parts[1])];
}

/**
 * First bin above the background: air around the patient is a tall narrow peak at the bottom, which
 * would otherwise decide the lower percentile alone.
 */
function backgroundBin(counts: Uint32Array, total: number): number {
  const searched = BINS / 8;
  let peak = 0;
  for (let bin = 1; bin < searched; bin++) if ((counts[bin] ?? 0) > (counts[peak] ?? 0)) peak = bin;
  const upTo = counts.subarray(0, peak * 2 + 2).reduce((sum, count) => sum + count, 0);
  return upTo > total * BACKGROUND_PART ? Math.min(peak * 2 + 2, searched) : 0;
}
