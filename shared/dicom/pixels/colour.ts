import type { Samples } from './stored-frame.ts';

/**
 * YBR_FULL_422 stores Y0 Y1 Cb Cr for every two pixels (PS3.3 section C.7.6.3.1.2); this gives every pixel
 * its own Y Cb Cr. Columns are even in this form.
 */
export function upsampleHorizontally(samples: Samples, rows: number, columns: number): Uint8Array {
  const target = new Uint8Array(rows * columns * 3);
  const pixels = rows * columns;
  for (let pixel = 0, source = 0; pixel + 1 < pixels; pixel += 2, source += 4) {
    const blue = samples[source + 2] ?? 0;
    const red = samples[source + 3] ?? 0;
    target[pixel * 3] = samples[source] ?? 0;
    target[pixel * 3 + 1] = blue;
    target[pixel * 3 + 2] = red;
    target[pixel * 3 + 3] = samples[source + 1] ?? 0;
    target[pixel * 3 + 4] = blue;
    target[pixel * 3 + 5] = red;
  }
  return target;
}

/** Red, green and blue as the screen takes them, 8 bit each. `bits` are those of one sample. */
export function toScreenColours(
  samples: Samples,
  photometricInterpretation: string,
  bits: number,
): Uint8Array {
  const eightBit = toEightBits(samples, bits);
  switch (photometricInterpretation) {
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      return fromFullRange(eightBit);
    case 'YBR_PARTIAL':
    case 'YBR_PARTIAL_422':
    case 'YBR_PARTIAL_420':
      return fromPartialRange(eightBit);
    default:
      return eightBit;
  }
}

/** Colours have no calibrated meaning, so the upper 8 bits are what the screen can show of them. */
function toEightBits(samples: Samples, bits: number): Uint8Array {
  if (samples instanceof Uint8Array && bits >= 8) return samples;
  const target = new Uint8Array(samples.length);
  const divisor = 2 ** Math.max(0, bits - 8);
  const factor = bits < 8 ? 255 / (2 ** bits - 1) : 1;
  for (let index = 0; index < target.length; index++) {
    target[index] = Math.floor(((samples[index] ?? 0) / divisor) * factor);
  }
  return target;
}

/** PS3.3 section C.7.6.3.1.2 (ITU-R BT.601, full range), with the constants of JPEG decoders in 16-bit fixed point. */
function fromFullRange(source: Uint8Array): Uint8Array {
  const target = new Uint8ClampedArray(source.length);
  for (let index = 0; index + 2 < source.length; index += 3) {
    const luminance = source[index] ?? 0;
    const blue = (source[index + 1] ?? 0) - 128;
    const red = (source[index + 2] ?? 0) - 128;
    target[index] = luminance + ((91_881 * red + 32_768) >> 16);
    target[index + 1] = luminance + ((-22_554 * blue - 46_802 * red + 32_768) >> 16);
    target[index + 2] = luminance + ((116_130 * blue + 32_768) >> 16);
  }
  return new Uint8Array(target.buffer);
}

/** The same in studio range (black 16, white 235); retired, but old ultrasound stores it. */
function fromPartialRange(source: Uint8Array): Uint8Array {
  const target = new Uint8ClampedArray(source.length);
  for (let index = 0; index + 2 < source.length; index += 3) {
    const luminance = ((source[index] ?? 0) - 16) * 1.1644;
    const blue = (source[index + 1] ?? 0) - 128;
    const red = (source[index + 2] ?? 0) - 128;
    target[index] = luminance + 1.596 * red;
    target[index + 1] = luminance - 0.3917 * blue - 0.8129 * red;
    target[index + 2] = luminance + 2.0173 * blue;
  }
  return new Uint8Array(target.buffer);
}
