import { distance } from './geometry.ts';
import { createRandom, createSpatialNoise } from './random.ts';
import type { SpatialNoise } from './random.ts';

export interface ChestRadiographOptions {
  readonly seed: number;
  /** Pixels are square; the picture is 350 mm wide and 420 mm high. */
  readonly columns?: number;
  /** Diameter of a nodule in the right upper field; 0 for none. */
  readonly noduleMm?: number;
}

export const WIDTH_MM = 350;
export const HEIGHT_MM = 420;
export const BITS_STORED = 12;
const LARGEST_STORED = 2 ** BITS_STORED - 1;

/** How much of the way through a lung counts as nothing; the rest is blood and tissue. */
const AIR_SHARE = 0.62;

/** A letter of lead at the patient's right, as radiographers put it. */
const MARKER = ['11110', '10001', '10001', '11110', '10100', '10010', '10001'];

/**
 * A chest seen from behind: the plate counts what comes through, so bone has small values (MONOCHROME1).
 *
 * @returns stored values, row by row; the patient's right is at the left
 */
export function exposeChest(options: ChestRadiographOptions): {
  rows: number;
  columns: number;
  pixels: Uint16Array;
} {
  const { seed, columns = 1024, noduleMm = 18 } = options;
  const spacingMm = WIDTH_MM / columns;
  const rows = Math.round(HEIGHT_MM / spacingMm);
  const random = createRandom(seed);
  const noise = createSpatialNoise(random);
  const pixels = new Uint16Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const v = (row + 0.5) * spacingMm;
    for (let column = 0; column < columns; column++) {
      const u = (column + 0.5) * spacingMm - WIDTH_MM / 2;
      const water = waterEquivalentMm(u, v, noise, noduleMm);
      const value = 3700 - 13.5 * water + (6 + 0.05 * water) * random.gaussian();
      pixels[row * columns + column] = Math.max(0, Math.min(LARGEST_STORED, Math.round(value)));
    }
  }
  return { rows, columns, pixels };
}

/** Length of the ray through an ellipsoid with a half depth. */
const chord = (du: number, dv: number, ru: number, rv: number, halfDepthMm: number) => {
  const left = 1 - (du / ru) ** 2 - (dv / rv) ** 2;
  return left > 0 ? 2 * halfDepthMm * Math.sqrt(left) : 0;
};

/** What the ray at u (to the patient's left) and v (down from the upper edge) passes, as mm of water. */
function waterEquivalentMm(u: number, v: number, noise: SpatialNoise, noduleMm: number): number {
  if (isMarker(u, v)) return 270;
  const side = Math.abs(u);
  const trunkHalfMm = v < 60 ? 62 + 1.9 * Math.max(0, v - 8) : 164;
  const trunk = side < trunkHalfMm ? 172 * Math.sqrt(1 - (side / trunkHalfMm) ** 2) ** 0.7 : 0;
  if (trunk === 0) return 0;
  const air = lungAir(u, side, v, noise);
  const heart = chord(u - 22, v - 248, 62, 52, 40) + chord(u + 12, v - 240, 48, 50, 30);
  const mediastinum = side < 34 ? 46 * (1 - (side / 34) ** 4) : 0;
  const inLung = air > 12;
  const soft = inLung ? Math.min(AIR_SHARE * air, heart * 0.62 + mediastinum * 0.8) : 0;
  const trachea = side < 8.5 && v > 20 && v < 130 ? chord(u, 0, 8.5, 1, 8.5) : 0;
  const nodule = noduleMm > 0 ? chord(u + 82, v - 138, noduleMm / 2, noduleMm / 2, noduleMm / 2) : 0;
  return (
    trunk -
    AIR_SHARE * air +
    soft -
    AIR_SHARE * trachea +
    bones(side, v) +
    vessels(u, side, v, air, noise) +
    nodule
  );
}

/** Both lungs, cut by the diaphragm, whose right half stands higher. */
function lungAir(u: number, side: number, v: number, noise: SpatialNoise): number {
  const domeTop = u < 0 ? 278 : 292;
  const dome = domeTop + 0.012 * (side - 72) ** 2 + 1.5 * noise(u / 30, v / 30, 1);
  if (v > dome) return 0;
  const lung = chord(side - 74, v - 192, 63, 140, 84);
  return lung * Math.min(1, (dome - v) / 5);
}

function bones(side: number, v: number): number {
  let bone = 0;
  if (side < 15) {
    const inVertebra = (v % 25) / 25;
    bone += inVertebra < 0.82 ? 17 * Math.sqrt(1 - (side / 15) ** 2) : 8;
  }
  for (let rib = 0; rib < 10; rib++) bone += ribShadow(side, v, rib);
  const clavicleV = 92 - 0.22 * (side - 20) + 7 * Math.sin(side / 38);
  if (side > 14 && side < 148) bone += tube(v - clavicleV, 5.5) * 1.1;
  // Shoulder blade: a triangle with its point down, without sharp edges.
  const blade = Math.min(side - 112 - 0.14 * (v - 75), 152 - side - 0.1 * (v - 75), v - 78, 205 - v);
  bone += 4 * Math.max(0, Math.min(1, blade / 9));
  const humerus = distance(side - 158, (v - 92) * 0.9);
  return bone + (humerus < 24 && side < 175 ? 14 * Math.sqrt(1 - (humerus / 24) ** 2) : 0);
}

/** Each rib twice: the steep part behind, the flat and paler part in front. */
function ribShadow(side: number, v: number, rib: number): number {
  const reach = 92 + 5.2 * rib - 0.38 * rib * rib * (rib > 6 ? 1.6 : 1);
  if (side < 16 || side > reach + 6) return 0;
  const along = side / reach;
  const behind = 46 + 24.5 * rib - 16 * along + 44 * along ** 5;
  const front = behind + 58 + 3 * rib - 46 * (1 - along) - 22 * along ** 4;
  const fade = Math.max(0, 1 - (1 - along) * 1.9);
  return tube(v - behind, 5.2) * 1.15 + (rib < 8 ? tube(v - front, 5.6) * 0.75 * fade : 0);
}

/** A hollow bone across the ray: its rim shows more than its middle. */
function tube(offsetMm: number, radiusMm: number): number {
  const off = Math.abs(offsetMm) / radiusMm;
  if (off >= 1) return 0;
  const outer = Math.sqrt(1 - off * off);
  const inner = off < 0.72 ? Math.sqrt(1 - (off / 0.72) ** 2) * 0.72 : 0;
  return radiusMm * (1.9 * outer - 1.1 * inner);
}

/** Vessels radiate from the hila and thin out. */
function vessels(u: number, side: number, v: number, air: number, noise: SpatialNoise): number {
  if (air < 8) return 0;
  const fromHilum = distance(side - 30, (v - 185) * 0.85);
  const angle = Math.atan2(v - 185, side - 30);
  const ridge = 1 - Math.abs(noise(angle * 3.4 + (u < 0 ? 40 : 0), fromHilum / 34, 5)) * 7;
  const fine = 1 - Math.abs(noise(u / 9, v / 9, 9)) * 8;
  const fading = Math.exp(-fromHilum / 42);
  const hilum = 16 * Math.exp(-((fromHilum / 17) ** 2));
  return hilum + 17 * fading * Math.max(0, ridge) + 6.5 * Math.max(0, fine) * Math.exp(-fromHilum / 75);
}

function isMarker(u: number, v: number): boolean {
  const column = Math.floor((u + 158) / 2.4);
  const row = Math.floor((v - 18) / 2.4);
  return MARKER[row]?.[column] === '1';
}

const LARGEST_LUT_VALUE = 65_535;

/** VOI LUT that a maker would add: steep in the lungs, gentle at the ends. One 16 bit entry for each stored value. */
export function chestVoiLut(): Uint16Array {
  return Uint16Array.from({ length: LARGEST_STORED + 1 }, (_, stored) =>
    Math.round(LARGEST_LUT_VALUE / (1 + Math.exp((-4.6 * (stored - 2250)) / 1250))),
  );
}
