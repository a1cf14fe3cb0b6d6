import { LABEL_FROM_UM, layers } from './anatomy.ts';
import type { Anatomy, Ground, GroundLattice } from './anatomy.ts';
import type { Glands } from './glands.ts';
import { createPlaneNoise, hash, smoothStep } from './noise.ts';
import { stampNucleus } from './nuclei.ts';
import type { StainedTile } from './stain.ts';

const warp = createPlaneNoise(101);
const fibre = createPlaneNoise(102);
const fine = createPlaneNoise(103);
const crack = createPlaneNoise(104);
const FAT_CELL_UM = 62;
const VESSEL_GRID_UM = 620;

/** Glass, fibres, muscle and fat: everything that lies between glands. */
export function drawGround(tile: StainedTile, lattice: GroundLattice): void {
  const { area, haematoxylin, eosin, grey } = tile;
  const pixel = area.micrometresPerPixel;
  const density = { h: 0, e: 0 };
  let at = 0;
  for (let row = 0; row < area.heightPixels; row++) {
    const y = area.yUm + (row + 0.5) * pixel;
    for (let column = 0; column < area.widthPixels; column++, at++) {
      const x = area.xUm + (column + 0.5) * pixel;
      if (x > LABEL_FROM_UM) {
        grey[at] = labelDensity(x, y);
        continue;
      }
      const ground = lattice.at(x, y);
      if (ground.inside < -pixel) {
        haematoxylin[at] = fine(x / 9, y / 9) > 0.9 ? 0.02 : 0;
        continue;
      }
      colourGround(density, x, y, ground, pixel);
      const cover = Math.min(1, (ground.inside + pixel) / (2 * pixel));
      haematoxylin[at] = density.h * cover;
      eosin[at] = density.e * cover;
    }
  }
}

function colourGround(
  density: { h: number; e: number },
  x: number,
  y: number,
  ground: Ground,
  pixel: number,
): void {
  if (ground.fat > 0 && ground.tumour < 0) {
    const wall = fatWall(x, y, pixel);
    density.e = wall * 0.5;
    density.h = wall * 0.05;
    if (ground.fat > 0.06) return;
  }
  const bend = warp(x / 170, y / 170) * 46 + warp(x / 47 + 31, y / 47) * 11;
  // What is finer than a pixel averages out instead of flickering.
  const detail = 1 - smoothStep(0.9, 2.6, pixel);
  // Turned against the rows, so that its lattice does not show.
  const grain =
    detail === 0
      ? 0
      : (fine((x + y * 0.6) / 1.9, (y - x * 0.6) / 1.9) + fine((x - y * 0.8) / 0.9, (y + x * 0.8) / 0.9)) *
        0.045 *
        detail;
  let e: number;
  let h = 0.05;
  if (ground.tumour > 0) {
    const strand = Math.abs(fibre((x + bend) / 34, (y + bend) / 4.2));
    e = 0.34 + strand * 0.34;
    h = 0.09;
  } else if (ground.depth < layers.mucosa) {
    const epithelium = 1 - smoothStep(24, 34, ground.depth);
    const strand = Math.abs(fibre((x + bend) / 11, (y + bend) / 5));
    e = 0.24 + strand * 0.3 + epithelium * 0.12;
    h = 0.08 + (ground.follicle > 0 ? 0.12 : 0);
  } else if (ground.depth < layers.muscularisMucosae) {
    e = muscle((x + bend) / 30, (y + bend * 0.5) / 2.7);
  } else if (ground.depth < layers.submucosa) {
    const strand = 1 - Math.abs(fibre((x + bend * 2) / 60, (y + bend * 1.4) / 8.5)) * 2.1;
    const thin = 1 - Math.abs(fibre((x - bend) / 28 + 70, (y + bend) / 4.1)) * 2.4;
    e = Math.max(0.05, strand * 0.6, thin * 0.36);
    h = 0.03;
  } else if (ground.depth < layers.innerMuscle) {
    e = muscle((x + bend) / 44, (y + bend * 0.6) / 3.1) * clefts(x, y, bend, pixel);
  } else if (ground.depth < layers.outerMuscle) {
    // Cut across: bundles of round fibres.
    const cells = fibre((x + bend * 0.3) / 4.4, (y + bend * 0.3) / 4.4);
    e = (0.56 + cells * 0.16 * detail) * clefts(x, y, bend, pixel);
  } else {
    e = 0.16 + Math.abs(fibre((x + bend) / 40, (y + bend) / 6)) * 0.4;
  }
  density.e = Math.max(0, e + grain) * (0.92 + warp(x / 800, y / 800) * 0.12);
  density.h = Math.max(0, h + grain * 0.4);
}

function muscle(along: number, across: number): number {
  return 0.5 + fibre(along, across) * 0.17;
}

/** Where the section tore between bundles: light passes. */
function clefts(x: number, y: number, bend: number, pixel: number): number {
  const seam = Math.abs(crack((x + bend) / 310, (y + bend * 1.6) / 74));
  const half = 0.02 + Math.max(0, warp(x / 620 + 9, y / 620)) * 0.05;
  return 1 - (1 - smoothStep(half, half + 0.02 + pixel / 60, seam)) * 0.85;
}

/** Walls of fat cells: distance to the nearer border of a jittered grid. */
function fatWall(x: number, y: number, pixel: number): number {
  const column = Math.floor(x / FAT_CELL_UM);
  const row = Math.floor(y / FAT_CELL_UM);
  let nearest = Infinity;
  let second = Infinity;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const cx = (column + dx + 0.15 + hash(column + dx, row + dy, 41) * 0.7) * FAT_CELL_UM;
      const cy = (row + dy + 0.15 + hash(column + dx, row + dy, 42) * 0.7) * FAT_CELL_UM;
      const distance = Math.hypot(cx - x, cy - y);
      if (distance < nearest) {
        second = nearest;
        nearest = distance;
      } else if (distance < second) second = distance;
    }
  }
  const half = 0.9;
  const soft = Math.max(0.5, pixel);
  return (1 - smoothStep(half, half + soft, (second - nearest) / 2)) * Math.min(1, 1.8 / pixel + 0.25);
}

function labelDensity(x: number, y: number): number {
  const paper = 0.06 + fine(x / 30, y / 30) * 0.015;
  const bar = Math.abs(y) < 2600 && Math.abs(y % 5200) < 2600 && hash(Math.floor(y / 210), 0, 51) > 0.5;
  const isInBars = x > LABEL_FROM_UM + 350 && x < LABEL_FROM_UM + 1000;
  return isInBars && bar ? 2.2 : paper;
}

interface CellKind {
  readonly long: number;
  readonly short: number;
  readonly density: number;
  readonly coarseness: number;
}

const lymphocyte: CellKind = { long: 2.9, short: 2.7, density: 1.75, coarseness: 0.5 };
const plasmaCell: CellKind = { long: 3.1, short: 2.7, density: 1.45, coarseness: 0.8 };
const fibroblast: CellKind = { long: 7.4, short: 1.35, density: 1.15, coarseness: 0.35 };
const muscleCell: CellKind = { long: 9.5, short: 1.45, density: 0.95, coarseness: 0.3 };
const muscleAcross: CellKind = { long: 1.9, short: 1.6, density: 1, coarseness: 0.3 };
const GRID_UM = 10.5;

/** Nuclei of everything that is not a gland. */
export function stampStroma(tile: StainedTile, lattice: GroundLattice, glands: Glands, seed: number): void {
  const { area } = tile;
  const right = area.xUm + area.widthPixels * area.micrometresPerPixel + 10;
  const bottom = area.yUm + area.heightPixels * area.micrometresPerPixel + 10;
  for (let row = Math.floor((area.yUm - 10) / GRID_UM); row * GRID_UM < bottom; row++) {
    for (let column = Math.floor((area.xUm - 10) / GRID_UM); column * GRID_UM < right; column++) {
      const chance = hash(column, row, seed + 61);
      if (chance > 0.93) continue;
      const x = (column + hash(column, row, seed + 62)) * GRID_UM;
      const y = (row + hash(column, row, seed + 63)) * GRID_UM;
      const ground = lattice.at(x, y);
      if (ground.inside < 6 || x > LABEL_FROM_UM) continue;
      if (ground.fat > 0.06 && ground.tumour < 0 && fatWall(x, y, 0.5) < 0.5) continue;
      const kind = kindAt(ground, chance, hash(column, row, seed + 64));
      if (!kind || glands.contains(x, y)) continue;
      const salt = Math.floor(hash(column, row, seed + 65) * 65_521);
      stampNucleus(tile, {
        xUm: x,
        yUm: y,
        longUm: kind.long * (0.85 + hash(salt, 1, 66) * 0.3),
        shortUm: kind.short * (0.9 + hash(salt, 1, 67) * 0.2),
        angleRad: warp(x / 170, y / 170) * 0.7 + (hash(salt, 1, 68) - 0.5) * 0.6,
        density: kind.density,
        coarseness: kind.coarseness,
        nucleoli: 0,
        salt,
      });
    }
  }
}

function kindAt(ground: Ground, chance: number, type: number): CellKind | undefined {
  if (ground.tumour > 0) return chance < 0.5 ? (type < 0.55 ? fibroblast : lymphocyte) : undefined;
  if (ground.follicle > 0) return lymphocyte;
  if (ground.depth < layers.mucosa) {
    if (chance > 0.62) return undefined;
    return type < 0.45 ? lymphocyte : type < 0.7 ? plasmaCell : fibroblast;
  }
  if (ground.depth < layers.muscularisMucosae) return chance < 0.3 ? muscleCell : undefined;
  if (ground.depth < layers.submucosa) {
    return chance < 0.075 ? (type < 0.8 ? fibroblast : lymphocyte) : undefined;
  }
  if (ground.depth < layers.innerMuscle) return chance < 0.17 ? muscleCell : undefined;
  if (ground.depth < layers.outerMuscle) return chance < 0.2 ? muscleAcross : undefined;
  return chance < 0.05 ? fibroblast : undefined;
}

/** The row of cells that covers the surface. */
export function stampSurface(tile: StainedTile, anatomy: Anatomy): void {
  const { area } = tile;
  const right = area.xUm + area.widthPixels * area.micrometresPerPixel + 8;
  for (let index = Math.floor((area.xUm - 8) / 5); index * 5 < right; index++) {
    const xUm = (index + (hash(index, 5, 72) - 0.5) * 0.4) * 5;
    const slope = (anatomy.surfaceUm(xUm + 3) - anatomy.surfaceUm(xUm - 3)) / 6;
    const yUm = anatomy.surfaceUm(xUm) + 17 + (hash(index, 5, 71) - 0.5) * 5;
    const bottom = area.yUm + area.heightPixels * area.micrometresPerPixel + 8;
    if (yUm < area.yUm - 8 || yUm > bottom || anatomy.groundAt(xUm, yUm).inside < 4) continue;
    stampNucleus(tile, {
      xUm,
      yUm,
      longUm: 4.2,
      shortUm: 2.1,
      angleRad: Math.PI / 2 + Math.atan(slope),
      density: 1.25,
      coarseness: 0.42,
      nucleoli: 0,
      salt: Math.floor(hash(index, 5, 73) * 65_521),
    });
  }
}

/** Vessels of the submucosa: wall of muscle, endothelium, red cells. */
export function drawVessels(tile: StainedTile, anatomy: Anatomy): void {
  const { area } = tile;
  const margin = 130;
  const right = area.xUm + area.widthPixels * area.micrometresPerPixel + margin;
  const bottom = area.yUm + area.heightPixels * area.micrometresPerPixel + margin;
  for (let row = Math.floor((area.yUm - margin) / VESSEL_GRID_UM); row * VESSEL_GRID_UM < bottom; row++) {
    for (
      let column = Math.floor((area.xUm - margin) / VESSEL_GRID_UM);
      column * VESSEL_GRID_UM < right;
      column++
    ) {
      const salt = anatomy.seed * 17 + 91;
      const x = (column + hash(column, row, salt)) * VESSEL_GRID_UM;
      const y = (row + hash(column, row, salt + 1)) * VESSEL_GRID_UM;
      const { depth, inside, tumour } = anatomy.groundAt(x, y);
      const isHere = depth > layers.muscularisMucosae + 150 && depth < layers.submucosa - 150;
      if (!isHere || inside < 200 || tumour > -0.1) continue;
      drawVessel(tile, x, y, 24 + hash(column, row, salt + 2) ** 2 * 90, hash(column, row, salt + 3));
    }
  }
}

function drawVessel(tile: StainedTile, x: number, y: number, radius: number, kind: number): void {
  const { area } = tile;
  const pixel = area.micrometresPerPixel;
  const flat = 0.6 + kind * 0.4;
  const left = Math.max(0, Math.floor((x - radius - area.xUm) / pixel));
  const right = Math.min(area.widthPixels, Math.ceil((x + radius - area.xUm) / pixel));
  const top = Math.max(0, Math.floor((y - radius - area.yUm) / pixel));
  const bottom = Math.min(area.heightPixels, Math.ceil((y + radius - area.yUm) / pixel));
  const wall = kind > 0.5 ? 0.66 : 0.86;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const dx = area.xUm + (column + 0.5) * pixel - x;
      const dy = (area.yUm + (row + 0.5) * pixel - y) / flat;
      const part = Math.hypot(dx, dy) / radius + warp(dx / 30 + x, dy / 30) * 0.06;
      if (part > 1) continue;
      const at = row * area.widthPixels + column;
      if (part > wall) {
        const turn = Math.atan2(dy, dx);
        tile.eosin[at] = 0.52 + fibre(turn * 9, part * 30) * 0.14;
        tile.haematoxylin[at] = 0.06;
      } else {
        const red = redCells(dx + 500, dy * flat + 500, pixel);
        tile.eosin[at] = red * 0.95;
        tile.haematoxylin[at] = red * 0.04;
      }
    }
  }
  const count = Math.floor((Math.PI * 2 * radius * wall) / 14);
  for (let index = 0; index < count; index++) {
    const angle = ((index + hash(index, Math.floor(x), 95) * 0.6) / count) * Math.PI * 2;
    for (const at of kind > 0.5 ? [wall, (1 + wall) / 2] : [wall]) {
      stampNucleus(tile, {
        xUm: x + Math.cos(angle) * radius * at,
        yUm: y + Math.sin(angle) * radius * at * flat,
        longUm: at === wall ? 4.6 : 6.5,
        shortUm: 1.4,
        angleRad: angle + Math.PI / 2,
        density: 1.2,
        coarseness: 0.3,
        nucleoli: 0,
        salt: index * 31 + Math.floor(Math.abs(x)),
      });
    }
  }
}

function redCells(x: number, y: number, pixel: number): number {
  const size = 7.6;
  const column = Math.floor(x / size);
  const row = Math.floor(y / size);
  if (warp(x / 40, y / 40) < -0.25) return 0;
  const cx = (column + 0.5 + (hash(column, row, 97) - 0.5) * 0.3) * size;
  const cy = (row + 0.5 + (hash(column, row, 98) - 0.5) * 0.3) * size;
  return 1 - smoothStep(3.1, 3.5 + pixel, Math.hypot(x - cx, y - cy)) * Math.min(1, 2.5 / pixel);
}
