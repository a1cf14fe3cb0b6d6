import { layers } from './anatomy.ts';
import type { Anatomy } from './anatomy.ts';
import { createPlaneNoise, hash, smoothStep } from './noise.ts';
import type { StainedTile, TileArea } from './stain.ts';
import { stampNucleus } from './nuclei.ts';

const DIRECTIONS = 96;
const TURN = Math.PI * 2;
const debris = createPlaneNoise(991);

export interface Gland {
  readonly xUm: number;
  readonly yUm: number;
  readonly isTumour: boolean;
  /** Outline by direction, µm. */
  readonly outlineUm: Float32Array;
  readonly reachUm: number;
  /** Part of the radius that is open. */
  readonly lumen: number;
  readonly salt: number;
}

interface Grid {
  readonly spacingUm: number;
  readonly jitterUm: number;
  readonly isTumour: boolean;
  readonly salt: number;
}

const normalGrid: Grid = { spacingUm: 104, jitterUm: 22, isTumour: false, salt: 11 };
const tumourGrid: Grid = { spacingUm: 142, jitterUm: 44, isTumour: true, salt: 12 };
const LARGEST_REACH_UM = 150;

/** Glands of a part of the slide, with a quick answer to whether a point lies in one. */
export class Glands {
  readonly all: readonly Gland[];
  readonly #buckets = new Map<string, Gland[]>();

  constructor(anatomy: Anatomy, area: TileArea) {
    this.all = [normalGrid, tumourGrid].flatMap((grid) => [...glandsOf(grid, anatomy, area)]);
    for (const gland of this.all) {
      const [left, right] = [gland.xUm - gland.reachUm, gland.xUm + gland.reachUm].map(bucketOf);
      const [top, bottom] = [gland.yUm - gland.reachUm, gland.yUm + gland.reachUm].map(bucketOf);
      for (let x = left ?? 0; x <= (right ?? 0); x++) {
        for (let y = top ?? 0; y <= (bottom ?? 0); y++) {
          const key = `${x} ${y}`;
          const bucket = this.#buckets.get(key);
          if (bucket) bucket.push(gland);
          else this.#buckets.set(key, [gland]);
        }
      }
    }
  }

  contains(xUm: number, yUm: number): boolean {
    const bucket = this.#buckets.get(`${bucketOf(xUm)} ${bucketOf(yUm)}`);
    return bucket?.some((gland) => radiusPart(gland, xUm - gland.xUm, yUm - gland.yUm) < 1.06) ?? false;
  }
}

const bucketOf = (um: number) => Math.floor(um / 100);

function* glandsOf(grid: Grid, anatomy: Anatomy, area: TileArea): Generator<Gland> {
  const { spacingUm, jitterUm, isTumour, salt } = grid;
  const margin = LARGEST_REACH_UM + jitterUm;
  const endX = area.xUm + area.widthPixels * area.micrometresPerPixel + margin;
  const endY = area.yUm + area.heightPixels * area.micrometresPerPixel + margin;
  for (let row = Math.floor((area.yUm - margin) / spacingUm); row * spacingUm < endY; row++) {
    for (let column = Math.floor((area.xUm - margin) / spacingUm); column * spacingUm < endX; column++) {
      const own = anatomy.seed * 131 + salt;
      const xUm = (column + (row & 1) / 2) * spacingUm + (hash(column, row, own) - 0.5) * 2 * jitterUm;
      const yUm = row * spacingUm + (hash(column, row, own + 1) - 0.5) * 2 * jitterUm;
      const ground = anatomy.groundAt(xUm, yUm);
      if (ground.inside < 50) continue;
      const isHere = isTumour
        ? ground.tumour > 0.1 && ground.depth > 60
        : ground.tumour < 0.02 &&
          ground.depth > 62 &&
          ground.depth < layers.mucosa - 40 &&
          ground.follicle < 0.05;
      if (!isHere || hash(column, row, own + 2) < (isTumour ? 0.12 : 0.06)) continue;
      yield makeGland(xUm, yUm, isTumour, Math.floor(hash(column, row, own + 3) * 2 ** 30));
    }
  }
}

function makeGland(xUm: number, yUm: number, isTumour: boolean, salt: number): Gland {
  const size = isTumour ? 36 + hash(salt, 1, 1) ** 2 * 36 : 33 + hash(salt, 1, 1) * 10;
  const unrest = isTumour ? 0.2 : 0.05;
  const stretch = isTumour ? 1 + hash(salt, 1, 2) * 0.6 : 1 + hash(salt, 1, 2) ** 2 * 0.75;
  const tilt = isTumour ? hash(salt, 1, 3) * Math.PI : Math.PI / 2 + (hash(salt, 1, 3) - 0.5) * 0.5;
  const outlineUm = Float32Array.from({ length: DIRECTIONS }, (_, direction) => {
    const angle = (direction / DIRECTIONS) * TURN;
    let radius = size;
    for (let wave = 2; wave <= 6; wave++) {
      radius +=
        ((size * unrest * 2) / wave) *
        (hash(salt, wave, 4) - 0.2) *
        Math.cos(wave * angle + hash(salt, wave, 5) * TURN);
    }
    const along = Math.cos(angle - tilt);
    const across = Math.sin(angle - tilt);
    return radius / Math.hypot(along / stretch, across);
  });
  return {
    xUm,
    yUm,
    isTumour,
    outlineUm,
    reachUm: outlineUm.reduce((a, b) => Math.max(a, b), 0) * 1.08,
    lumen: isTumour ? 0.2 + hash(salt, 1, 6) * 0.42 : 0.16 + hash(salt, 1, 6) * 0.14,
    salt,
  };
}

/** 0 at the middle of a gland, 1 at its outline. */
function radiusPart(gland: Gland, dx: number, dy: number): number {
  const distance = Math.hypot(dx, dy);
  if (distance > gland.reachUm) return 2;
  const turn = (Math.atan2(dy, dx) / TURN + 1) * DIRECTIONS;
  const direction = Math.floor(turn);
  const from = gland.outlineUm[direction % DIRECTIONS] ?? 1;
  const to = gland.outlineUm[(direction + 1) % DIRECTIONS] ?? 1;
  return distance / (from + (to - from) * (turn - direction));
}

export function drawGland(tile: StainedTile, gland: Gland): void {
  const { area } = tile;
  const pixel = area.micrometresPerPixel;
  const left = Math.max(0, Math.floor((gland.xUm - gland.reachUm - area.xUm) / pixel));
  const right = Math.min(area.widthPixels, Math.ceil((gland.xUm + gland.reachUm - area.xUm) / pixel));
  const top = Math.max(0, Math.floor((gland.yUm - gland.reachUm - area.yUm) / pixel));
  const bottom = Math.min(area.heightPixels, Math.ceil((gland.yUm + gland.reachUm - area.yUm) / pixel));
  if (left >= right || top >= bottom) return;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const dx = area.xUm + (column + 0.5) * pixel - gland.xUm;
      const dy = area.yUm + (row + 0.5) * pixel - gland.yUm;
      const part = radiusPart(gland, dx, dy);
      if (part < 1.06) colourGland(tile, row * area.widthPixels + column, gland, part, dx, dy);
    }
  }
  stampEpithelium(tile, gland);
}

function colourGland(
  tile: StainedTile,
  at: number,
  gland: Gland,
  part: number,
  dx: number,
  dy: number,
): void {
  const edge = (tile.area.micrometresPerPixel + 0.5) / 40;
  let h: number;
  let e: number;
  if (part > 1) {
    // Basement membrane.
    h = 0.06;
    e = 0.52;
  } else {
    const grain = debris(dx / 1.7 + gland.salt, dy / 1.7);
    const isOpen = 1 - smoothStep(gland.lumen - edge, gland.lumen + edge, part);
    const mucin = gland.isTumour ? 0 : goblet(gland, dx, dy, part);
    const dirt = gland.isTumour ? smoothStep(0.1, 0.5, debris(dx / 9 + gland.salt, dy / 9)) : 0;
    const cytoplasmE = (gland.isTumour ? 0.46 : 0.42) * (1 + grain * 0.16) * (1 - mucin * 0.82);
    const cytoplasmH = (gland.isTumour ? 0.2 : 0.09) + mucin * 0.1;
    h = cytoplasmH * (1 - isOpen) + isOpen * dirt * (0.25 + grain * 0.3);
    e = cytoplasmE * (1 - isOpen) + isOpen * (dirt * 0.5 + (gland.isTumour ? 0 : 0.03));
    const brushBorder = Math.abs(part - gland.lumen) < edge * 0.8 ? 0.14 : 0;
    e += brushBorder;
  }
  tile.haematoxylin[at] = h;
  tile.eosin[at] = e;
}

/** How much of this point is the mucin of a goblet cell. */
function goblet(gland: Gland, dx: number, dy: number, part: number): number {
  const cells = 22;
  const turn = (Math.atan2(dy, dx) / TURN + 1) * cells;
  const cell = Math.floor(turn);
  if (hash(cell % cells, gland.salt, 21) < 0.42) return 0;
  const across = (turn - cell - 0.5) * 2;
  const along = (part - 0.5 - (hash(cell % cells, gland.salt, 22) - 0.5) * 0.12) / 0.19;
  return 1 - smoothStep(0.65, 1, Math.hypot(across, along));
}

function stampEpithelium(tile: StainedTile, gland: Gland): void {
  const rows = gland.isTumour ? 2 : 1;
  for (let ring = 0; ring < rows; ring++) {
    const at = gland.isTumour ? 0.86 - ring * 0.2 : 0.87;
    if (at < gland.lumen + 0.08) continue;
    const circumference = gland.outlineUm.reduce((sum, radius) => sum + radius, 0) * (TURN / DIRECTIONS) * at;
    const count = Math.floor(circumference / (gland.isTumour ? 6.6 : 5.1));
    for (let index = 0; index < count; index++) {
      const salt = (gland.salt + ring * 7919 + index * 104_729) % 65_521;
      if (hash(index, gland.salt, 31 + ring) < (gland.isTumour ? 0.12 : 0.05)) continue;
      const turn = ((index + (hash(index, gland.salt, 32) - 0.5) * 0.7) / count) * DIRECTIONS;
      const direction = (Math.floor(turn) + DIRECTIONS) % DIRECTIONS;
      const angle = (turn / DIRECTIONS) * TURN;
      const depth = at + (hash(index, gland.salt, 33) - 0.5) * (gland.isTumour ? 0.16 : 0.06);
      const radius = (gland.outlineUm[direction] ?? 0) * depth;
      const size = hash(index, gland.salt, 34);
      const isMitosis = gland.isTumour && hash(index, gland.salt, 35) > 0.985;
      stampNucleus(tile, {
        xUm: gland.xUm + Math.cos(angle) * radius,
        yUm: gland.yUm + Math.sin(angle) * radius,
        longUm: isMitosis ? 4.6 : gland.isTumour ? 4.6 + size * 3.4 : 3.7 + size * 0.9,
        shortUm: isMitosis ? 1.5 : gland.isTumour ? 2.9 + hash(salt, 1, 36) * 1.8 : 2.05 + size * 0.4,
        angleRad: angle + (hash(index, gland.salt, 37) - 0.5) * (gland.isTumour ? 1.6 : 0.3),
        density: isMitosis ? 2.6 : gland.isTumour ? 1.25 + size * 0.55 : 1.15 + size * 0.2,
        coarseness: gland.isTumour ? 0.75 : 0.42,
        nucleoli: gland.isTumour && !isMitosis ? 1 + (size > 0.6 ? 1 : 0) : 0,
        salt,
      });
    }
  }
}
