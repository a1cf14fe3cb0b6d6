/** From 0 up to 1, the same for the same numbers on every machine. */
export function hash(x: number, y: number, salt: number): number {
  let mixed = Math.imul(x | 0, 0x9e3779b1) ^ Math.imul(y | 0, 0x85ebca6b) ^ Math.imul(salt | 0, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

const SIZE = 256;
const MASK = SIZE - 1;

/** Smooth noise in the plane, from -1 to 1, whose features are about one unit large; repeats after 256 units. */
export type PlaneNoise = (x: number, y: number) => number;

export function createPlaneNoise(salt: number): PlaneNoise {
  const lattice = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) lattice[y * SIZE + x] = hash(x, y, salt) * 2 - 1;
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    let across = x - left;
    let down = y - top;
    across = across * across * (3 - 2 * across);
    down = down * down * (3 - 2 * down);
    const row = (top & MASK) * SIZE;
    const nextRow = ((top + 1) & MASK) * SIZE;
    const column = left & MASK;
    const nextColumn = (left + 1) & MASK;
    const a = lattice[row + column] ?? 0;
    const c = lattice[nextRow + column] ?? 0;
    const upper = a + ((lattice[row + nextColumn] ?? 0) - a) * across;
    const lower = c + ((lattice[nextRow + nextColumn] ?? 0) - c) * across;
    return upper + (lower - upper) * down;
  };
}

export function smoothStep(from: number, to: number, value: number): number {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return part * part * (3 - 2 * part);
}
