/** Brightness of a square picture, row by row; the side is a power of two. */
export interface GreyPicture {
  readonly side: number;
  readonly levels: Float64Array;
}

export interface Shift {
  /** Where the content of the first picture lies in the second, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Height of the peak over the noise around it; below about 8 nothing was recognised. */
  readonly certainty: number;
}

/** Finds by how much one picture is shifted against another (Kuglin and Hines 1975), to a part of a pixel. */
export function measureShift(before: GreyPicture, after: GreyPicture): Shift {
  const { side } = before;
  const [one, other] = [spectrumOf(before), spectrumOf(after)];
  const real = new Float64Array(side * side);
  const imaginary = new Float64Array(side * side);
  for (let at = 0; at < real.length; at++) {
    const [a, b, c, d] = [
      one.real[at] ?? 0,
      one.imaginary[at] ?? 0,
      other.real[at] ?? 0,
      other.imaginary[at] ?? 0,
    ];
    const re = a * c + b * d;
    const im = a * d - b * c;
    const length = Math.hypot(re, im) || 1;
    real[at] = re / length;
    imaginary[at] = im / length;
  }
  transform2d(real, imaginary, side, true);
  return peakOf(real, side);
}

function spectrumOf({ side, levels }: GreyPicture) {
  const real = new Float64Array(side * side);
  const imaginary = new Float64Array(side * side);
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  // Faded to the edges: the picture does not go on where it began.
  const fade = Float64Array.from(
    { length: side },
    (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / side),
  );
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      real[y * side + x] = ((levels[y * side + x] ?? 0) - mean) * (fade[x] ?? 0) * (fade[y] ?? 0);
    }
  }
  transform2d(real, imaginary, side, false);
  return { real, imaginary };
}

function peakOf(surface: Float64Array, side: number): Shift {
  let best = 0;
  let squares = 0;
  for (let at = 0; at < surface.length; at++) {
    if ((surface[at] ?? 0) > (surface[best] ?? 0)) best = at;
    squares += (surface[at] ?? 0) ** 2;
  }
  const [x, y] = [best % side, Math.floor(best / side)];
  const level = (column: number, row: number) =>
    surface[((row + side) % side) * side + ((column + side) % side)] ?? 0;
  const top = level(x, y);
  const part = (left: number, right: number) => {
    const bend = left - 2 * top + right;
    return bend < 0 ? Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend))) : 0;
  };
  const signed = (place: number) => (place > side / 2 ? place - side : place);
  return {
    x: signed(x) + part(level(x - 1, y), level(x + 1, y)),
    y: signed(y) + part(level(x, y - 1), level(x, y + 1)),
    certainty: top / (Math.sqrt(squares / surface.length) || 1),
  };
}

function transform2d(real: Float64Array, imaginary: Float64Array, side: number, isInverse: boolean): void {
  const line = { real: new Float64Array(side), imaginary: new Float64Array(side) };
  const along = (start: number, stride: number) => {
    for (let at = 0; at < side; at++) {
      line.real[at] = real[start + at * stride] ?? 0;
      line.imaginary[at] = imaginary[start + at * stride] ?? 0;
    }
    transform(line.real, line.imaginary, isInverse);
    for (let at = 0; at < side; at++) {
      real[start + at * stride] = line.real[at] ?? 0;
      imaginary[start + at * stride] = line.imaginary[at] ?? 0;
    }
  };
  for (let row = 0; row < side; row++) along(row * side, 1);
  for (let column = 0; column < side; column++) along(column, side);
}

/** Cooley and Tukey, in place; unscaled. */
function transform(real: Float64Array, imaginary: Float64Array, isInverse: boolean): void {
  const count = real.length;
  for (let at = 1, reversed = 0; at < count; at++) {
    let bit = count >> 1;
    for (; reversed & bit; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (at < reversed) {
      swap(real, at, reversed);
      swap(imaginary, at, reversed);
    }
  }
  for (let length = 2; length <= count; length <<= 1) {
    const angle = ((isInverse ? 2 : -2) * Math.PI) / length;
    for (let start = 0; start < count; start += length) {
      for (let step = 0; step < length / 2; step++) {
        const [cos, sin] = [Math.cos(angle * step), Math.sin(angle * step)];
        const [near, far] = [start + step, start + step + length / 2];
        const re = (real[far] ?? 0) * cos - (imaginary[far] ?? 0) * sin;
        const im = (real[far] ?? 0) * sin + (imaginary[far] ?? 0) * cos;
        real[far] = (real[near] ?? 0) - re;
        imaginary[far] = (imaginary[near] ?? 0) - im;
        real[near] = (real[near] ?? 0) + re;
        imaginary[near] = (imaginary[near] ?? 0) + im;
      }
    }
  }
}

function swap(values: Float64Array, one: number, other: number): void {
  const kept = values[one] ?? 0;
  values[one] = values[other] ?? 0;
  values[other] = kept;
}
