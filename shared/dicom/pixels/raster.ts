/** An 8-bit picture: 1 sample per pixel for grey, 3 for red, green, blue. */
export interface Raster {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bytes: Uint8Array;
}

/** A part of the picture, in pixels from its upper left corner. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * The same picture in another size: every new pixel is the mean of what it covers, or, where it is smaller than
 * an old one, lies between its neighbours. Both directions are scaled on their own (non-square pixels).
 */
export function resample(raster: Raster, columns: number, rows: number): Raster {
  if (columns === raster.columns && rows === raster.rows) return raster;
  const { samplesPerPixel } = raster;
  const across = weightsOf(raster.columns, columns);
  const down = weightsOf(raster.rows, rows);
  const narrowed = new Float32Array(columns * raster.rows * samplesPerPixel);
  for (let row = 0; row < raster.rows; row++) {
    for (let column = 0; column < columns; column++) {
      const { first, weights } = across[column] ?? NONE;
      for (let sample = 0; sample < samplesPerPixel; sample++) {
        let sum = 0;
        for (let index = 0; index < weights.length; index++) {
          const at = (row * raster.columns + first + index) * samplesPerPixel + sample;
          sum += (raster.bytes[at] ?? 0) * (weights[index] ?? 0);
        }
        narrowed[(row * columns + column) * samplesPerPixel + sample] = sum;
      }
    }
  }
  const bytes = new Uint8ClampedArray(columns * rows * samplesPerPixel);
  const lineLength = columns * samplesPerPixel;
  for (let row = 0; row < rows; row++) {
    const { first, weights } = down[row] ?? NONE;
    for (let at = 0; at < lineLength; at++) {
      let sum = 0;
      for (let index = 0; index < weights.length; index++) {
        sum += (narrowed[(first + index) * lineLength + at] ?? 0) * (weights[index] ?? 0);
      }
      bytes[row * lineLength + at] = sum;
    }
  }
  return { columns, rows, samplesPerPixel, bytes: new Uint8Array(bytes.buffer) };
}

interface Weights {
  readonly first: number;
  readonly weights: Float64Array;
}

const NONE: Weights = { first: 0, weights: new Float64Array() };

/** For each new pixel of a line, the old ones it is made of and their shares, which sum to 1. */
function weightsOf(from: number, to: number): Weights[] {
  const scale = from / to;
  const support = Math.max(1, scale);
  return Array.from({ length: to }, (_, index) => {
    const center = (index + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(center - support));
    const last = Math.min(from - 1, Math.floor(center + support));
    const weights = new Float64Array(Math.max(1, last - first + 1));
    let sum = 0;
    for (let at = 0; at < weights.length; at++) {
      const weight = Math.max(0, 1 - Math.abs(first + at - center) / support);
      weights[at] = weight;
      sum += weight;
    }
    if (sum === 0)
      return { first: Math.min(from - 1, Math.max(0, Math.round(center))), weights: Float64Array.of(1) };
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Part of a picture; what lies outside of it is cut off. */
export function crop(raster: Raster, { left, top, columns, rows }: Region): Raster {
  const { samplesPerPixel } = raster;
  const right = Math.min(raster.columns, left + columns);
  const bottom = Math.min(raster.rows, top + rows);
  const bytes = new Uint8Array((right - left) * (bottom - top) * samplesPerPixel);
  for (let row = top; row < bottom; row++) {
    const start = (row * raster.columns + left) * samplesPerPixel;
    const length = (right - left) * samplesPerPixel;
    bytes.set(raster.bytes.subarray(start, start + length), (row - top) * length);
  }
  return { columns: right - left, rows: bottom - top, samplesPerPixel, bytes };
}

/** Size of a picture with square pixels, for pixels that are `heightToWidth` times as high as wide. */
export function squarePixelSize(
  columns: number,
  rows: number,
  heightToWidth: number,
): { columns: number; rows: number } {
  return heightToWidth >= 1
    ? { columns, rows: Math.max(1, Math.round(rows * heightToWidth)) }
    : { columns: Math.max(1, Math.round(columns / heightToWidth)), rows };
}

/** The largest size of the same shape inside a box. */
export function fitInto(
  size: { columns: number; rows: number },
  box: { columns: number; rows: number },
): { columns: number; rows: number } {
  const scale = Math.min(box.columns / size.columns, box.rows / size.rows);
  return {
    columns: Math.max(1, Math.round(size.columns * scale)),
    rows: Math.max(1, Math.round(size.rows * scale)),
  };
}
