/** Numbers that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** Mean 0, standard deviation 1. */
  gaussian(): number;
}

/** mulberry32 by Tommy Ettinger: 32 bits of state, enough for pictures. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    gaussian: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** Smooth noise in space, from -1 to 1, whose features are about one unit large. */
export type SpatialNoise = (x: number, y: number, z: number) => number;

const LATTICE = 32;
const MASK = LATTICE - 1;

export function createSpatialNoise(random: Random): SpatialNoise {
  const lattice = Float32Array.from({ length: LATTICE ** 3 }, () => random.next() * 2 - 1);
  // Written out, because every point of a phantom asks for it several times.
  return (x, y, z) => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const z0 = Math.floor(z);
    const fx = smooth(x - x0);
    const fy = smooth(y - y0);
    const fz = smooth(z - z0);
    const left = x0 & MASK;
    const right = (x0 + 1) & MASK;
    const near = (y0 & MASK) * LATTICE;
    const far = ((y0 + 1) & MASK) * LATTICE;
    const low = (z0 & MASK) * LATTICE * LATTICE;
    const high = ((z0 + 1) & MASK) * LATTICE * LATTICE;
    const lowNear = mix(lattice[low + near + left], lattice[low + near + right], fx);
    const lowFar = mix(lattice[low + far + left], lattice[low + far + right], fx);
    const highNear = mix(lattice[high + near + left], lattice[high + near + right], fx);
    const highFar = mix(lattice[high + far + left], lattice[high + far + right], fx);
    const lower = lowNear + (lowFar - lowNear) * fy;
    return lower + (highNear + (highFar - highNear) * fy - lower) * fz;
  };
}

function mix(from = 0, to = 0, fraction: number): number {
  return from + (to - from) * fraction;
}

function smooth(fraction: number): number {
  return fraction * fraction * (3 - 2 * fraction);
}

/**
 * A tile of noise with standard deviation 1 for one image; images take it from different places, because
 * a fresh gaussian for every pixel of a study would take longer than the anatomy.
 *
 * @param grain 0: every pixel for itself, as a sharp kernel shows it. 1: mottled, as a soft one does.
 */
export function createNoiseTile(random: Random, size: number, grain: number): Float32Array {
  const white = Float32Array.from({ length: size * size }, () => random.gaussian());
  if (grain === 0) return white;
  const mottled = new Float32Array(white.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const weight = (dx === 0 ? 2 : 1) * (dy === 0 ? 2 : 1);
          sum += weight * (white[((y + dy + size) % size) * size + ((x + dx + size) % size)] ?? 0);
        }
      }
      mottled[y * size + x] = sum / 6;
    }
  }
  return mottled;
}
