import { distance, inEllipsoid } from './geometry.ts';
import type { SpatialNoise } from './random.ts';
import { tissue } from './tissue.ts';
import type { Tissue } from './tissue.ts';

/** A bleeding or an infarct in the left basal ganglia. */
export interface Lesion {
  readonly kind: 'haematoma' | 'infarct';
  /** 1: about 3 cm long. */
  readonly size: number;
}

const LESION_X = 27;
const LESION_Y = 6;
const LESION_Z = 10;

/**
 * What is inside the skull, at a point in mm.
 *
 * @param inner 1 at the inside of the skull, 0 in its middle
 */
export type Brain = (x: number, y: number, z: number, inner: number) => Tissue;

export function createBrain(folds: SpatialNoise, details: SpatialNoise, lesion: Lesion | undefined): Brain {
  return (x, y, z, inner) => {
    let px = x;
    let py = y;
    let pz = z;
    if (lesion) {
      const damage = lesionAt(lesion, x, y, z, details);
      if (damage !== undefined) return damage;
      if (lesion.kind === 'haematoma') {
        // A bleeding needs room: what is around it moves outwards.
        const pull = pullTowards(lesion.size, x, y, z);
        px -= (x - LESION_X) * pull;
        py -= (y - LESION_Y) * pull;
        pz -= (z - LESION_Z) * pull;
      }
    }
    const side = Math.abs(px);
    const fluid = ventricles(side, py, pz) ?? cisterns(side, py, pz);
    if (fluid !== undefined) return fluid;
    const underTentorium = tentoriumHeight(side, py) - pz;
    if (py > 4 && underTentorium > -0.9) {
      if (underTentorium < 0.9 && side > 9 && !isBrainStem(side, py, pz)) return tissue.dura;
      if (underTentorium > 0) return hindbrain(side, py, pz, inner, underTentorium, details);
    }
    if (side < 0.9 && pz > 8 && isFalx(py, pz)) return tissue.dura;
    return deepNuclei(side, py, pz) ?? hemisphere(px, side, py, pz, inner, folds, details);
  };
}

function lesionAt(
  lesion: Lesion,
  x: number,
  y: number,
  z: number,
  details: SpatialNoise,
): Tissue | undefined {
  const far = Math.sqrt(inEllipsoid(x - LESION_X, y - LESION_Y, z - LESION_Z, 11, 17, 13)) / lesion.size;
  if (far > 2) return undefined;
  const edge = far + 0.28 * details(x / 7, y / 7, z / 7) + 0.1 * details(x / 2.6, y / 2.6, z / 2.6);
  if (lesion.kind === 'infarct') return edge < 1.25 ? tissue.infarct : undefined;
  if (edge < 1) return tissue.haematoma;
  return edge < 1.42 ? tissue.oedema : undefined;
}

function pullTowards(size: number, x: number, y: number, z: number): number {
  const distanceSquared = (x - LESION_X) ** 2 + (y - LESION_Y) ** 2 + (z - LESION_Z) ** 2;
  return 0.42 * size * Math.exp(-distanceSquared / (900 * size * size));
}

/** Lateral ventricles with horns, third and fourth ventricle, choroid plexus and pineal gland. */
function ventricles(side: number, y: number, z: number): Tissue | undefined {
  if (z < -52 || z > 36 || side > 36 || y < -40 || y > 68) return undefined;
  if (distance(side - 19, y - 33, z - 14) < 3.2) return tissue.calcification;
  if (distance(side, y - 22, z - 4) < 2.4) return tissue.calcification;
  if (isLateralVentricle(side, y, z)) return side < 1.1 ? tissue.whiteMatter : tissue.cerebrospinalFluid;
  if (side < 2.2 && y > -12 && y < 15 && z > -12 && z < 12) return tissue.cerebrospinalFluid;
  return inEllipsoid(side, y - 36, z + 38, 7, 5.5, 12) < 1 ? tissue.cerebrospinalFluid : undefined;
}

function isLateralVentricle(side: number, y: number, z: number): boolean {
  if (inEllipsoid(side - 8.5, y + 22 + 0.5 * side, z - 15, 5, 15, 9) < 1) return true;
  if (inEllipsoid(side - 21, y - 36, z - 13, 6.5, 13, 9) < 1) return true;
  if (inEllipsoid(side - 19 - 0.1 * (50 - y), y - 52, z - 9, 3.6, 14, 4.6) < 1) return true;
  if (inEllipsoid(side - 32, y - 4 - 0.5 * z, z + 19, 2.4, 12, 3) < 1) return true;
  if (y < -20 || y > 32) return false;
  const archZ = 20 + 7 * Math.cos((y - 4) / 22);
  return inEllipsoid(side - 9 - 0.14 * Math.max(0, y), 0, z - archZ, 5.6, 1, 5.2) < 1;
}

/** Fluid around the brain stem, and the Sylvian fissures with the insula. */
function cisterns(side: number, y: number, z: number): Tissue | undefined {
  if (z > 24 || y > 40) return undefined;
  if (z < 0 && side < 24) {
    if (isBrainStem(side, y, z)) return undefined;
    if (z > -22 && distance(side / 13, (y + 10) / 11) < 1) return tissue.cerebrospinalFluid;
    const ambient = distance(side / 18, (y - 12) / 15);
    if (z > -24 && ambient < 1 && y > 2) return tissue.cerebrospinalFluid;
    if (side < 16 && y > -12 && y < 4 && z > -60) return tissue.cerebrospinalFluid;
  }
  if (side < 36 || z < -20) return undefined;
  const sylvianY = -10 + 0.85 * (z - 2) + 0.07 * (side - 40);
  if (Math.abs(y - sylvianY) < 1 + 0.02 * side) return tissue.cerebrospinalFluid;
  const isInsula = Math.abs(side - 39 - 0.006 * (y - 2) ** 2) < 1.1 && y > -18 && y < 22 && z > -8 && z < 20;
  return isInsula ? tissue.cerebrospinalFluid : undefined;
}

/** A tent over the cerebellum: highest in the middle, falling to the sides and to the back. */
const tentoriumHeight = (side: number, y: number) =>
  5 - 0.42 * side - 0.0052 * Math.max(0, y - 26) ** 2 - 0.006 * Math.max(0, 26 - y) ** 2;

function isBrainStem(side: number, y: number, z: number): boolean {
  if (z > -20) return distance(side / 15, (y - 10) / 10) < 1 && !(y > 4 && side < 0.6 && z > -6);
  if (z > -46) return distance(side / 16, (y - 12) / 13) < 1;
  return distance(side / 9, (y - 13) / 8) < 1;
}

/** Brain stem and cerebellum with its leaves, under the tentorium. */
function hindbrain(
  side: number,
  y: number,
  z: number,
  inner: number,
  underTentorium: number,
  details: SpatialNoise,
): Tissue {
  if (isBrainStem(side, y, z)) return tissue.whiteMatter;
  const toSurfaceMm = Math.min((1 - inner) * 66, underTentorium, (z + 66) * 0.9);
  if (toSurfaceMm < 2.2 || (y > 62 && z < -46 && side < 14)) return tissue.cerebrospinalFluid;
  if (y < 16 && side < 19) return tissue.cerebrospinalFluid;
  if (side < 5 && y > 44) return Math.sin(y / 1.5 + z / 3) > -0.6 ? tissue.greyMatter : tissue.whiteMatter;
  const wobble = 0.25 * details(side / 8, y / 8, z / 8);
  if (inEllipsoid(side - 22, y - 36, z + 36, 20, 13, 11) + wobble < 1) return tissue.whiteMatter;
  const curve = distance(side * 0.55, y - 10, z + 36) / 1.15;
  const leaves = Math.sin(curve + 2 * wobble);
  if (leaves > 0.9 && toSurfaceMm < 9) return tissue.cerebrospinalFluid;
  return leaves > -0.6 ? tissue.greyMatter : tissue.whiteMatter;
}

/** The falx follows the vault and leaves the corpus callosum free. */
const isFalx = (y: number, z: number) => distance((y - 4) / 58, (z - 4) / 40) > 1;

function deepNuclei(side: number, y: number, z: number): Tissue | undefined {
  if (z < -8 || z > 28 || side > 38 || y > 32) return undefined;
  const isNucleus =
    inEllipsoid(side - 13.5, y + 17, z - 14, 4.2, 9, 10) < 1 ||
    inEllipsoid(side - 11, y - 14 + 0.3 * side, z - 8, 8, 13, 9) < 1 ||
    inEllipsoid(side - 25 - 0.22 * (y - 2), y, z - 6, 7, 17, 10) < 1;
  return isNucleus ? tissue.deepGreyMatter : undefined;
}

/** Cortex folded into white matter; sulci run in from the surface. */
function hemisphere(
  x: number,
  side: number,
  y: number,
  z: number,
  inner: number,
  folds: SpatialNoise,
  details: SpatialNoise,
): Tissue {
  const toSurfaceMm = (1 - inner) * 66;
  // The medial surface is folded too, above the corpus callosum.
  const isAboveCallosum = distance((y - 4) / 40, (z - 6) / 27) > 1;
  const depthMm = isAboveCallosum ? Math.min(toSurfaceMm, side - 0.4) : toSurfaceMm;
  if (depthMm > 26) return tissue.whiteMatter;
  if (depthMm < 2 && depthMm < 1.3 + 0.7 * details(x / 11, y / 11, z / 11)) return tissue.cerebrospinalFluid;
  const fold = folds(x / 13, y / 13, z / 15) + 0.45 * folds(x / 6.5 + 7, y / 6.5, z / 7.5);
  const sulcusWidth = 0.075 - 0.0042 * depthMm;
  const fromSulcus = Math.abs(fold);
  if (fromSulcus < sulcusWidth) return tissue.cerebrospinalFluid;
  const ribbon = Math.max(0, 0.34 - 0.0125 * depthMm);
  return depthMm < 4.2 || fromSulcus < sulcusWidth + ribbon ? tissue.greyMatter : tissue.whiteMatter;
}
