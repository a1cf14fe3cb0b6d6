import { createBrain } from './brain-anatomy.ts';
import type { Lesion } from './brain-anatomy.ts';
import { distance, inEllipsoid } from './geometry.ts';
import { createRandom, createSpatialNoise } from './random.ts';
import type { SpatialNoise } from './random.ts';
import { tissue } from './tissue.ts';
import type { Tissue } from './tissue.ts';

export interface HeadOptions {
  readonly seed: number;
  readonly lesion?: Lesion | undefined;
  /** CT patients lie on a table; the coil of an MR scanner does not show. */
  readonly hasTable?: boolean;
}

/** Tissue at a point in mm: x to the patient's left, y to the back, z to the vertex; DICOM's directions. */
export type Anatomy = (x: number, y: number, z: number) => Tissue;

/** A head between the mouth (z about -70 mm) and the vertex (z about 76 mm). */
export function createHead({ seed, lesion, hasTable = true }: HeadOptions): Anatomy {
  const random = createRandom(seed);
  const folds = createSpatialNoise(random);
  const details = createSpatialNoise(random);
  const brain = createBrain(folds, details, lesion);
  return (x, y, z) => {
    const skin = headRadius(x, y, z, 76, 95, 77);
    if (skin > 1) return hasTable ? aroundHead(x, y) : tissue.air;
    const wobble = 0.012 * details(x / 22, y / 22, z / 22);
    const outer = headRadius(x, y, z, 70, 88, 71) + wobble;
    if (outer > 1) return scalpOrFace(x, y, z, skin, details);
    const inner = headRadius(x, y, z, 64.5, 82, 65.5) + wobble;
    const face = z < 22 ? faceAndBase(Math.abs(x), y, z, inner, details) : undefined;
    if (face !== undefined) return face;
    if (inner > 1) return skull(outer, inner, details(x / 3, y / 3, z / 3));
    return brain(x, y, z, inner);
  };
}

/** 1 on the surface of an egg that is narrower in front and tapers off below. */
function headRadius(x: number, y: number, z: number, halfX: number, halfY: number, halfZ: number): number {
  const forward = y < 0 ? y / halfY : 0;
  const across = x / (halfX * (1 - 0.13 * forward * forward));
  const along = y / halfY;
  const up = z < 0 ? z / (halfZ * 2.1) : z / halfZ;
  return Math.sqrt(across * across + along * along + up * up);
}

function scalpOrFace(x: number, y: number, z: number, skin: number, details: SpatialNoise): Tissue {
  if (skin > 0.975) return tissue.skin;
  const isTemple = Math.abs(x) > 45 && z < 15 && y < 25;
  if (isTemple && details(x / 9, y / 9, z / 9) > -0.35) return tissue.muscle;
  if (z < -35 && y > 30 && details(x / 12, y / 12, z / 12) > -0.2) return tissue.muscle;
  return tissue.fat;
}

/** Two dense tables with spongy bone between. */
function skull(outer: number, inner: number, grain: number): Tissue {
  const depth = (1 - outer) / Math.max(1e-6, inner - outer);
  return depth > 0.3 && depth < 0.72 && grain > -0.55 ? tissue.spongyBone : tissue.corticalBone;
}

/** Head holder, seen along the table. */
function aroundHead(x: number, y: number): Tissue {
  if (y < 20) return tissue.air;
  const holder = distance(x / 96, (y + 6) / 108);
  if (holder < 1 || holder > 1.07) return tissue.air;
  return holder < 1.012 || holder > 1.058 ? tissue.tableShell : tissue.tableFoam;
}

/** Everything in front of and under the brain; undefined where there is brain or vault. */
function faceAndBase(
  side: number,
  y: number,
  z: number,
  inner: number,
  details: SpatialNoise,
): Tissue | undefined {
  const frontalSinus = inEllipsoid(side - 9, y + 82, z - 8, 9, 4, 13);
  if (frontalSinus < 1.3 && side > 0.8 && frontalSinus + 0.4 * details(side / 5, y / 5, z / 5) < 1) {
    return tissue.air;
  }
  if (z > 2) return undefined;
  const orbit = orbitAt(side, y, z);
  if (orbit !== undefined) return orbit;
  const sinus = noseAndSinuses(side, y, z, details);
  if (sinus !== undefined) return sinus;
  const ear = petrousBone(side, y, z, details);
  if (ear !== undefined) return ear;
  return floorOfSkull(side, y, z, inner, details);
}

function orbitAt(side: number, y: number, z: number): Tissue | undefined {
  if (y > -28 || z < -52 || z > -8) return undefined;
  if (inEllipsoid(side - 31, y + 68, z + 30, 12, 12, 12) < 1) {
    const isLens = inEllipsoid(side - 31, y + 77, z + 30, 4.5, 2.2, 4.5) < 1;
    return isLens ? tissue.lens : tissue.eyeball;
  }
  // A cone that narrows towards the optic canal.
  const depth = (y + 78) / 48;
  if (depth < -0.2 || depth > 1) return undefined;
  const axis = 31 - 11 * depth;
  const cone = distance(side - axis, (z + 30) * 1.05) / (19 - 12 * depth);
  if (cone > 1.13) return undefined;
  if (cone > 1) return tissue.corticalBone;
  const fromAxis = distance(side - axis, z + 30);
  if (y > -57 && fromAxis < 2.2) return tissue.whiteMatter;
  const muscle = fromAxis / (15 - 11 * depth);
  const isRectus = muscle > 0.72 && muscle < 0.95 && (Math.abs(z + 30) < 4 || Math.abs(side - axis) < 3);
  return isRectus && y > -66 ? tissue.muscle : tissue.fat;
}

function noseAndSinuses(side: number, y: number, z: number, details: SpatialNoise): Tissue | undefined {
  if (side > 42 || y > -14) return undefined;
  const sphenoid = inEllipsoid(side - 8, y + 26, z + 28, 9.5, 11, 9);
  if (sphenoid < 1) return side < 0.8 ? tissue.corticalBone : tissue.air;
  if (sphenoid < 1.35) return tissue.corticalBone;
  const cells = details(side / 4, y / 5, z / 5);
  const isEthmoid = side < 11 && y > -80 && y < -36 && z > -46 && z < -14;
  if (isEthmoid) {
    if (side < 0.9 || cells > 0.55) return tissue.corticalBone;
    return cells > 0.42 ? tissue.mucosa : tissue.air;
  }
  const maxillary = inEllipsoid(side - 27, y + 58, z + 66, 13, 17, 17);
  if (maxillary < 1) return maxillary > 0.86 && cells > 0.1 ? tissue.mucosa : tissue.air;
  if (maxillary < 1.2) return tissue.corticalBone;
  const isNasalCavity = side < 15 && y > -84 && y < -32 && z <= -46;
  if (!isNasalCavity) return undefined;
  if (side < 1) return tissue.corticalBone;
  return Math.abs(side - 8) < 3.4 && Math.sin(z / 3.6) > -0.25 ? tissue.mucosa : tissue.air;
}

/** Mastoid cells, ear canal, and the ridge that runs forwards and inwards with the inner ear in it. */
function petrousBone(side: number, y: number, z: number, details: SpatialNoise): Tissue | undefined {
  if (z > -18 || side < 10) return undefined;
  const mastoid = inEllipsoid(side - 56, y - 22, z + 42, 13, 15, 20);
  const cells = mastoid < 1 || side > 14 ? details(side / 3.2, y / 3.2, z / 3.2) : 0;
  if (mastoid < 1) return cells > 0.05 ? tissue.air : tissue.corticalBone;
  if (side > 44 && distance(y - 8, z + 40) < 4) return tissue.air;
  const along = (side - 14) / 40;
  if (along < 0 || along > 1.15) return undefined;
  const ridge = distance((y - 26 * along + 8) / 8, (z + 37 - 2 * along) / 9);
  if (ridge > 1) return undefined;
  if (distance(side - 36, y - 6, z + 36) < 4 && cells > -0.2) return tissue.cerebrospinalFluid;
  return cells > 0.6 && along > 0.55 ? tissue.air : tissue.corticalBone;
}

/**
 * The three pits in which the brain lies: in front over the orbits, in the middle the temporal lobes, at
 * the back the cerebellum. Bone around them, face and neck below.
 */
function floorOfSkull(
  side: number,
  y: number,
  z: number,
  inner: number,
  details: SpatialNoise,
): Tissue | undefined {
  const temporal = inEllipsoid(side - 35, y + 12, z + 24, 25, 29, 30);
  if (y < -26) {
    const overOrbit = 7 * Math.exp(-(((side - 30) / 16) ** 2) - ((y + 62) / 22) ** 2);
    const floor = -15 + overOrbit - 4 * Math.exp(-((side / 9) ** 2));
    if (z > floor + 1.3) return undefined;
    if (temporal < 1 && inner < 1) return undefined;
    if (z > floor - 1.3 || temporal < 1.14) return tissue.corticalBone;
    return belowSkull(side, y, z, details);
  }
  const ridgeY = -8 + (26 / 40) * (side - 14);
  if (y < ridgeY + 4 && side > 13) {
    if (z > -16 || (temporal < 1 && inner < 1)) return undefined;
    return temporal < 1.14 && inner < 1 ? tissue.corticalBone : belowSkull(side, y, z, details);
  }
  if (side <= 13 && y < -3) return midlineOfBase(y, z, details, side);
  const posterior = inEllipsoid(side, y - 40, z + 24, 62, 48, 42);
  if (z > -30 || posterior < 1) return undefined;
  if (distance(side, y - 14) < 15) return z < -58 ? spinalCanal(side, y) : undefined;
  return posterior < 1.13 ? tissue.corticalBone : belowSkull(side, y, z, details);
}

/** Sella and clivus, the slope in front of the brain stem. */
function midlineOfBase(y: number, z: number, details: SpatialNoise, side: number): Tissue | undefined {
  const slope = -15 + (-22 - z) * 0.4;
  const isSella = inEllipsoid(side, y + 15, z + 17, 7, 6, 6) < 1;
  if (isSella && z > -23) return tissue.greyMatter;
  if (z > -19) return undefined;
  const behind = y - slope;
  if (behind > 4) return undefined;
  if (behind > -8) return behind > 2.5 || behind < -6 ? tissue.corticalBone : tissue.spongyBone;
  return z > -38 ? tissue.spongyBone : belowSkull(side, y, z, details);
}

function spinalCanal(side: number, y: number): Tissue | undefined {
  const cord = distance(side, y - 14);
  if (cord < 6.5) return tissue.whiteMatter;
  return cord < 12 ? tissue.cerebrospinalFluid : tissue.corticalBone;
}

function belowSkull(side: number, y: number, z: number, details: SpatialNoise): Tissue {
  // Ramus of the jaw and pterygoid plates.
  if (Math.abs(side - 46) < 3 && Math.abs(y + 12) < 13 && z < -52) return tissue.corticalBone;
  if (Math.abs(side - 14) < 1.2 && y > -34 && y < -22 && z < -46) return tissue.corticalBone;
  if (side < 9 && y > -24 && y < -16 && z < -48) return tissue.air;
  return details(side / 10, y / 10, z / 14) > -0.3 ? tissue.muscle : tissue.fat;
}
