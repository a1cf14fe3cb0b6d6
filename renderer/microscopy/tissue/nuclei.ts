import { createPlaneNoise, hash } from './noise.ts';
import type { StainedTile } from './stain.ts';

export interface Nucleus {
  readonly xUm: number;
  readonly yUm: number;
  /** Semi-axes in µm. */
  readonly longUm: number;
  readonly shortUm: number;
  readonly angleRad: number;
  /** Optical density of haematoxylin. */
  readonly density: number;
  /** Contrast of the chromatin from 0 to 1. */
  readonly coarseness: number;
  readonly nucleoli: number;
  readonly salt: number;
}

const chromatin = createPlaneNoise(4711);

/** Lays one nucleus over what is there. Smaller than a pixel, it darkens the pixel by its share. */
export function stampNucleus(tile: StainedTile, nucleus: Nucleus): void {
  const { area } = tile;
  const pixel = area.micrometresPerPixel;
  const x = (nucleus.xUm - area.xUm) / pixel;
  const y = (nucleus.yUm - area.yUm) / pixel;
  if (nucleus.shortUm < pixel * 0.9) {
    stampSpeck(tile, nucleus, x, y);
    return;
  }
  const reach = nucleus.longUm / pixel + 1;
  const left = Math.max(0, Math.floor(x - reach));
  const right = Math.min(area.widthPixels - 1, Math.ceil(x + reach));
  const top = Math.max(0, Math.floor(y - reach));
  const bottom = Math.min(area.heightPixels - 1, Math.ceil(y + reach));
  const cos = Math.cos(nucleus.angleRad);
  const sin = Math.sin(nucleus.angleRad);
  const softness = Math.max(pixel, 0.3) / nucleus.shortUm;
  const spots = nucleolusSpots(nucleus);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const dx = (column + 0.5 - x) * pixel;
      const dy = (row + 0.5 - y) * pixel;
      const along = dx * cos + dy * sin;
      const across = dy * cos - dx * sin;
      const outline = chromatin(along / 2.2 + nucleus.salt, across / 2.2) * 0.09;
      const radius = Math.hypot(along / nucleus.longUm, across / nucleus.shortUm) + outline;
      const cover = Math.min(1, Math.max(0, (1 - radius) / softness + 0.5));
      if (cover === 0) continue;
      const clumps =
        chromatin(along / 0.62 + nucleus.salt * 3, across / 0.62) * 0.62 +
        chromatin(along / 1.5 + 50, across / 1.5 + nucleus.salt) * 0.5;
      const membrane = radius > 0.78 ? 0.3 : 0;
      let h = nucleus.density * (0.82 + (clumps + membrane) * nucleus.coarseness);
      let e = 0.16;
      for (const spot of spots) {
        if (Math.hypot(along - spot.along, across - spot.across) < spot.radius) {
          h = nucleus.density * 1.15;
          e = 0.55;
        }
      }
      const at = row * area.widthPixels + column;
      tile.haematoxylin[at] = mix(tile.haematoxylin[at], h, cover);
      tile.eosin[at] = mix(tile.eosin[at], e, cover);
    }
  }
}

function stampSpeck(tile: StainedTile, nucleus: Nucleus, x: number, y: number): void {
  const { area } = tile;
  const share = (Math.PI * nucleus.longUm * nucleus.shortUm) / area.micrometresPerPixel ** 2;
  // Spread over the four nearest pixels, so that no grid shows.
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const across = x - 0.5 - left;
  const down = y - 0.5 - top;
  for (let corner = 0; corner < 4; corner++) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= area.widthPixels || row >= area.heightPixels) continue;
    const weight = (corner & 1 ? across : 1 - across) * (corner >> 1 ? down : 1 - down) * share;
    const cover = Math.min(0.9, weight);
    const at = row * area.widthPixels + column;
    tile.haematoxylin[at] = mix(tile.haematoxylin[at], nucleus.density * 0.85, cover);
    tile.eosin[at] = mix(tile.eosin[at], 0.16, cover);
  }
}

function nucleolusSpots({ nucleoli, salt, longUm, shortUm }: Nucleus) {
  return Array.from({ length: nucleoli }, (_, spot) => ({
    along: (hash(salt, spot, 81) - 0.5) * longUm,
    across: (hash(salt, spot, 82) - 0.5) * shortUm,
    radius: 0.55 + hash(salt, spot, 83) * 0.5,
  }));
}

function mix(from = 0, to: number, part: number): number {
  return from + (to - from) * part;
}
