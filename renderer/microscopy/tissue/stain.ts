/** A piece of the slide to be drawn: where it begins, in stage coordinates, and how fine. */
export interface TileArea {
  readonly xUm: number;
  readonly yUm: number;
  readonly micrometresPerPixel: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** How much haematoxylin and eosin lies on every pixel of a tile, and what else takes light away. */
export class StainedTile {
  readonly area: TileArea;
  readonly haematoxylin: Float32Array;
  readonly eosin: Float32Array;
  /** Paper and ink of the label: takes all colours alike. */
  readonly grey: Float32Array;

  constructor(area: TileArea) {
    this.area = area;
    const count = area.widthPixels * area.heightPixels;
    this.haematoxylin = new Float32Array(count);
    this.eosin = new Float32Array(count);
    this.grey = new Float32Array(count);
  }

  /** Beer and Lambert: stains take light away by their optical density. */
  toPixels(): Uint8ClampedArray<ArrayBuffer> {
    const pixels = new Uint8ClampedArray(this.haematoxylin.length * 4);
    for (let at = 0; at < this.haematoxylin.length; at++) {
      const h = this.haematoxylin[at] ?? 0;
      const e = this.eosin[at] ?? 0;
      const g = this.grey[at] ?? 0;
      // Absorption of red, green and blue after Ruifrok and Johnston 2001.
      pixels[at * 4] = light(h * 0.65 + e * 0.07 + g);
      pixels[at * 4 + 1] = light(h * 0.7 + e * 0.82 + g);
      pixels[at * 4 + 2] = light(h * 0.29 + e * 0.3 + g);
      pixels[at * 4 + 3] = 255;
    }
    return pixels;
  }
}

/** What the camera shows of clear glass with the lamp set well. */
export const CLEAR_LEVEL = 242;
const STEPS = 512;
const DENSEST = 4;
const table = Uint8Array.from({ length: STEPS * DENSEST + 1 }, (_, step) =>
  Math.round(CLEAR_LEVEL * Math.exp(-step / STEPS)),
);

function light(density: number): number {
  const step = Math.round(density * STEPS);
  return table[step < 0 ? 0 : step >= table.length ? table.length - 1 : step] ?? 0;
}
