import { createPlaneNoise, hash, smoothStep } from './noise.ts';

/** Layers of a bowel wall cut across, from the lumen outwards, by depth in µm. */
export const layers = {
  mucosa: 1450,
  muscularisMucosae: 1640,
  submucosa: 4200,
  innerMuscle: 7000,
  outerMuscle: 9800,
} as const;

/** Half the extent of the piece of tissue in µm. */
export const tissueExtentUm = { x: 10_400, y: 7_700 } as const;
/** Beyond this the slide carries its label. */
export const LABEL_FROM_UM = 11_600;
/** Where the small tumour is to be found. */
export const tumourFocus = { xUm: 3650, yUm: -5150, radiusUm: 1150 } as const;

/** What the specimen is at a point; smooth, so that it may be interpolated. */
export interface Ground {
  /** Below the surface, µm; negative above it. */
  depth: number;
  /** Distance to the nearest edge of the tissue, µm, roughly; negative outside. */
  inside: number;
  /** Above 0 within the tumour. */
  tumour: number;
  /** Above 0 within fat. */
  fat: number;
  /** Above 0 within a lymphoid follicle. */
  follicle: number;
}

export interface Anatomy {
  readonly seed: number;
  /** Height of the surface at x, stage coordinates in µm. */
  surfaceUm(xUm: number): number;
  groundAt(xUm: number, yUm: number): Ground;
}

/** Deterministic from a seed, in the coordinates of the stage. */
export function createAnatomy(seed: number): Anatomy {
  const coarse = createPlaneNoise(seed * 31 + 1);
  const middle = createPlaneNoise(seed * 31 + 2);
  const shift = hash(seed, 7, 3) * 200;

  const surfaceUm = (x: number) =>
    -tissueExtentUm.y +
    620 +
    coarse(x / 3900 + shift, 3.5) * 520 +
    middle(x / 620, 9.5 + shift) * 150 +
    middle(x / 130, 40.5) * 34;

  return {
    seed,
    surfaceUm,
    groundAt: (x, y) => {
      const depth = y - surfaceUm(x);
      const side =
        tissueExtentUm.x - Math.abs(x) - 500 + coarse(7.5 + shift, y / 1500) * 420 + middle(33, y / 240) * 70;
      const bottom = tissueExtentUm.y - y - 200 + coarse(x / 2100, 77.5) * 380 + middle(x / 300, 51.5) * 90;
      const waves = coarse(x / 900, y / 900) * 0.36 + middle(x / 210, y / 210) * 0.24;
      const toFocus = Math.hypot(x - tumourFocus.xUm, (y - tumourFocus.yUm) * 1.25);
      const inFatLayer = Math.max(
        smoothStep(layers.muscularisMucosae + 300, 2500, depth) *
          (1 - smoothStep(3500, layers.submucosa, depth)) *
          0.9,
        smoothStep(layers.outerMuscle, layers.outerMuscle + 500, depth) * 1.6,
      );
      return {
        depth,
        inside: Math.min(depth, side, bottom),
        tumour: 1 - toFocus / tumourFocus.radiusUm + waves,
        fat: inFatLayer * (0.75 + coarse(x / 1100 + 90, y / 800) * 1.5) - 0.72,
        follicle:
          middle(x / 560 + 11, 71.5) * 1.5 -
          0.62 -
          Math.abs(depth - layers.mucosa + 130) / 420 +
          middle(x / 160, y / 160) * 0.16,
      };
    },
  };
}

/** The ground of a whole tile on a coarse lattice, interpolated in between. */
export class GroundLattice {
  readonly #columns: number;
  readonly #values: Float32Array;
  readonly #stepUm: number;
  readonly #originXUm: number;
  readonly #originYUm: number;
  readonly #ground: Ground = { depth: 0, inside: 0, tumour: 0, fat: 0, follicle: 0 };

  constructor(anatomy: Anatomy, xUm: number, yUm: number, widthUm: number, heightUm: number) {
    // Fine enough for the smallest wave of the surface, coarse enough to cost nothing.
    this.#stepUm = Math.max(12, widthUm / 96);
    this.#originXUm = xUm - this.#stepUm;
    this.#originYUm = yUm - this.#stepUm;
    this.#columns = Math.ceil(widthUm / this.#stepUm) + 4;
    const rows = Math.ceil(heightUm / this.#stepUm) + 4;
    this.#values = new Float32Array(this.#columns * rows * 5);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < this.#columns; column++) {
        const { depth, inside, tumour, fat, follicle } = anatomy.groundAt(
          this.#originXUm + column * this.#stepUm,
          this.#originYUm + row * this.#stepUm,
        );
        this.#values.set([depth, inside, tumour, fat, follicle], at);
        at += 5;
      }
    }
  }

  /** The returned object is overwritten by the next call: this is asked for every pixel. */
  at(xUm: number, yUm: number): Ground {
    const x = (xUm - this.#originXUm) / this.#stepUm;
    const y = (yUm - this.#originYUm) / this.#stepUm;
    const column = Math.floor(x);
    const row = Math.floor(y);
    const across = x - column;
    const down = y - row;
    const at = (row * this.#columns + column) * 5;
    const below = at + this.#columns * 5;
    const weights = [(1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down];
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = weights;
    const values = this.#values;
    const mixed = (field: number) =>
      (values[at + field] ?? 0) * w0 +
      (values[at + 5 + field] ?? 0) * w1 +
      (values[below + field] ?? 0) * w2 +
      (values[below + 5 + field] ?? 0) * w3;
    const ground = this.#ground;
    ground.depth = mixed(0);
    ground.inside = mixed(1);
    ground.tumour = mixed(2);
    ground.fat = mixed(3);
    ground.follicle = mixed(4);
    return ground;
  }
}
