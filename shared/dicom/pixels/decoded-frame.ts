import type { DecodedFrame, GreyFrame, GreyPixels, PixelDescription } from '../pixel-description.ts';
import { toScreenColours } from './colour.ts';
import { FrameFailure } from './frame-failure.ts';
import type { LookupTable } from './lookup-table.ts';
import type { Palette } from './palette.ts';
import type { Samples, StoredFrame } from './stored-frame.ts';

/** Largest integer up to which 32-bit floats hold every one exactly. */
const FLOAT32_EXACT = 2 ** 24;

/** Stored values to what is shown and measured: modality units, or screen colours. */
export function finishFrame(frame: StoredFrame, description: PixelDescription): DecodedFrame {
  const { samplesPerPixel, palette } = description;
  if (samplesPerPixel === 1 && palette && !palette.isSupplemental) {
    return { kind: 'colour', pixels: applyPalette(frame.samples, palette) };
  }
  if (frame.photometricInterpretation === 'PALETTE COLOR') {
    throw new FrameFailure('unsupported', 'PALETTE COLOR without a palette');
  }
  if (samplesPerPixel === 1) return finishGrey(frame, description);
  if (samplesPerPixel !== 3) throw new FrameFailure('unsupported', `${samplesPerPixel} samples per pixel`);
  const bits = Math.max(description.bitsStored, 8);
  const pixels = toScreenColours(frame.samples, frame.photometricInterpretation, bits);
  return { kind: 'colour', pixels };
}

function finishGrey(frame: StoredFrame, description: PixelDescription): GreyFrame {
  const { samples } = frame;
  const { modality, padding, palette } = description;
  // Before scaling, which may happen in place.
  const colours = palette && supplementalColours(samples, palette);
  const overlays = readEmbedded(frame, description);
  const scaled =
    modality.kind === 'table'
      ? applyTable(samples, padding, modality.table)
      : applyLinear(samples, findExtremes(samples, padding), modality, storedRange(description));
  return {
    kind: 'grey',
    ...scaled,
    ...(colours && { colours }),
    ...(overlays.length > 0 && { overlays }),
  };
}

interface Extremes {
  /** Over every pixel. */
  readonly lowest: number;
  readonly highest: number;
  /** Over those that are no padding; the same as above if all are. */
  readonly minimum: number;
  readonly maximum: number;
}

function findExtremes(samples: Samples, padding: PixelDescription['padding']): Extremes {
  const [lowest, highest] = rangeOf(samples, Infinity, -Infinity);
  if (lowest > highest) return { lowest: 0, highest: 0, minimum: 0, maximum: 0 };
  const hasPadding = padding && padding.to >= lowest && padding.from <= highest;
  if (!hasPadding) return { lowest, highest, minimum: lowest, maximum: highest };
  const [minimum, maximum] = rangeOf(samples, padding.from, padding.to);
  return minimum > maximum
    ? { lowest, highest, minimum: lowest, maximum: highest }
    : { lowest, highest, minimum, maximum };
}

/** Of the values outside `exceptFrom` to `exceptTo`. Not-a-number never counts. */
function rangeOf(samples: Samples, exceptFrom: number, exceptTo: number): [minimum: number, maximum: number] {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < samples.length; index++) {
    const value = samples[index] ?? 0;
    if (value >= exceptFrom && value <= exceptTo) continue;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return [minimum, maximum];
}

/** What the header allows a stored value to be. Undefined where it says nothing (floats). */
function storedRange({ element, bitsStored, isSigned }: PixelDescription): [number, number] | undefined {
  if (element !== 'integer') return undefined;
  return isSigned ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1] : [0, 2 ** bitsStored - 1];
}

type ScaledPixels = Pick<GreyFrame, 'pixels' | 'minimum' | 'maximum'>;

function applyLinear(
  samples: Samples,
  extremes: Extremes,
  { slope, intercept }: { slope: number; intercept: number },
  range: [number, number] | undefined,
): ScaledPixels {
  const scale = (value: number) => value * slope + intercept;
  const ordered = (one: number, other: number): [number, number] => {
    const ends = [scale(one), scale(other)] as const;
    return [Math.min(...ends), Math.max(...ends)];
  };
  const actual = ordered(extremes.lowest, extremes.highest);
  const [minimum, maximum] = ordered(extremes.minimum, extremes.maximum);
  const isInteger = range !== undefined && Number.isInteger(slope) && Number.isInteger(intercept);
  const pixels = isInteger ? integerPixels(samples, ordered(...range), actual) : float32Pixels(samples);
  if (slope === 1 && intercept === 0) {
    if (pixels !== samples) pixels.set(samples);
  } else {
    for (let index = 0; index < pixels.length; index++) {
      pixels[index] = (samples[index] ?? 0) * slope + intercept;
    }
  }
  return pixels instanceof Float32Array
    ? { pixels, minimum: Math.fround(minimum), maximum: Math.fround(maximum) }
    : { pixels, minimum, maximum };
}

/**
 * The smallest type for every value the header allows, so that the frames of a series get the same one;
 * where only unused headroom asks for more (16 bits stored and an intercept of -1024), for the values there are.
 * Returns `samples` itself if it is of that type already: one copy less for most CT and MR frames.
 */
function integerPixels(samples: Samples, possible: [number, number], actual: [number, number]): GreyPixels {
  const { length } = samples;
  const fits = (lowest: number, highest: number) => (range: [number, number]) =>
    range[0] >= lowest && range[1] <= highest;
  const fitsInt16 = fits(-32_768, 32_767);
  const fitsUint16 = fits(0, 65_535);
  if (fits(0, 255)(possible)) return samples instanceof Uint8Array ? samples : new Uint8Array(length);
  for (const range of [possible, actual]) {
    if (fitsInt16(range)) return samples instanceof Int16Array ? samples : new Int16Array(length);
    if (fitsUint16(range)) return samples instanceof Uint16Array ? samples : new Uint16Array(length);
  }
  if (fits(-FLOAT32_EXACT, FLOAT32_EXACT)(actual)) return new Float32Array(length);
  return fits(-(2 ** 31), 2 ** 31 - 1)(actual) ? new Int32Array(length) : new Float32Array(length);
}

function float32Pixels(samples: Samples): Float32Array {
  return samples instanceof Float32Array ? samples : new Float32Array(samples.length);
}

function applyTable(
  samples: Samples,
  padding: PixelDescription['padding'],
  table: LookupTable,
): ScaledPixels {
  const pixels = table.bitsPerEntry <= 8 ? new Uint8Array(samples.length) : new Uint16Array(samples.length);
  const { entries, firstValue } = table;
  const last = entries.length - 1;
  for (let index = 0; index < pixels.length; index++) {
    const position = (samples[index] ?? 0) - firstValue;
    pixels[index] = entries[position < 0 ? 0 : position > last ? last : position] ?? 0;
  }
  // Of the input's padding, because its output may be a value of the image too.
  const ends = padding ? rangeOfOthers(samples, pixels, padding) : rangeOf(pixels, Infinity, -Infinity);
  const [minimum, maximum] = ends[0] > ends[1] ? rangeOf(pixels, Infinity, -Infinity) : ends;
  return { pixels, minimum, maximum };
}

function rangeOfOthers(
  stored: Samples,
  pixels: Samples,
  padding: { readonly from: number; readonly to: number },
): [minimum: number, maximum: number] {
  const others = pixels.filter((_, index) => {
    const value = stored[index] ?? 0;
    return value < padding.from || value > padding.to;
  });
  return rangeOf(others, Infinity, -Infinity);
}

function applyPalette(samples: Samples, { colours, firstValue }: Palette): Uint8Array {
  const pixels = new Uint8Array(samples.length * 3);
  const last = colours.length / 3 - 1;
  for (let index = 0; index < samples.length; index++) {
    const position = (samples[index] ?? 0) - firstValue;
    const colour = (position < 0 ? 0 : position > last ? last : position) * 3;
    pixels[index * 3] = colours[colour] ?? 0;
    pixels[index * 3 + 1] = colours[colour + 1] ?? 0;
    pixels[index * 3 + 2] = colours[colour + 2] ?? 0;
  }
  return pixels;
}

function supplementalColours(samples: Samples, { colours, firstValue }: Palette): Uint8Array {
  const pixels = new Uint8Array(samples.length * 4);
  const last = colours.length / 3 - 1;
  for (let index = 0; index < samples.length; index++) {
    const position = (samples[index] ?? 0) - firstValue;
    if (position < 0) continue;
    const colour = Math.min(position, last) * 3;
    pixels.set(colours.subarray(colour, colour + 3), index * 4);
    pixels[index * 4 + 3] = 255;
  }
  return pixels;
}

function readEmbedded({ words }: StoredFrame, { embeddedOverlays = [] }: PixelDescription) {
  if (!words) return [];
  return embeddedOverlays.map(({ group, bitPosition }) => ({
    group,
    mask: Uint8Array.from(words, (word) => (word >>> bitPosition) & 1),
  }));
}
