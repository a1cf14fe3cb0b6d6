import type { ImageDescription } from '../image-description.ts';
import { normalOf } from '../geometry/plane.ts';
import type { ImagePlane } from '../geometry/plane.ts';
import { angleDeg, dot, norm, scale, subtract } from '../geometry/vector.ts';
import type { Vector3 } from '../geometry/vector.ts';
import type { Finding } from './finding.ts';

/** How the images of one stack lie to each other, judged from their positions alone. */
export interface StackGeometry {
  /**
   * spatial: parallel slices in the order of their positions; time: one place again and again;
   * unordered: no usable positions, in the order of the file.
   */
  readonly kind: 'spatial' | 'time' | 'unordered';
  readonly normal?: Vector3;
  /** Along the normal, mm, one per image in display order; spatial stacks only. */
  readonly positionsMm: readonly number[];
  /** Median distance of neighbouring slices along the normal. */
  readonly spacingMm?: number;
  readonly findings: readonly Finding[];
  readonly reformat: { readonly isPossible: true } | { readonly isPossible: false; readonly reason: Finding };
}

/** Nearer than this, two slices are the same place. */
export const SAME_POSITION_MM = 0.01;
/** Directions this close are the same orientation: rounding in headers stays far below. */
export const SAME_DIRECTION_DEG = 0.5;
const TILT_DEG = 0.5;
const FEWEST_SLICES = 5;

type Placed = ImageDescription & { readonly plane: ImagePlane };

/** @param images in display order */
export function stackGeometry(images: readonly ImageDescription[]): StackGeometry {
  const common = imageFindings(images);
  const placed = images.filter((image): image is Placed => image.plane !== undefined);
  const [first] = placed;
  if (!first || placed.length < images.length) {
    const count = images.length - placed.length;
    return flat('unordered', common, { code: 'position-unknown', values: { count } });
  }
  const turned = placed.filter((image) => !isParallel(image.plane, first.plane)).length;
  if (turned > 0) return flat('unordered', common, { code: 'orientation-varies', values: { count: turned } });
  const normal = normalOf(first.plane);
  const positionsMm = placed.map((image) => dot(image.plane.positionMm, normal));
  const spread = Math.max(...positionsMm) - Math.min(...positionsMm);
  if (images.length > 1 && spread < SAME_POSITION_MM) {
    return flat(
      'time',
      common,
      { code: 'time-series', values: { count: images.length } },
      normal,
      positionsMm,
    );
  }
  const findings = [...spatialFindings(placed, normal, positionsMm), ...common];
  const steps = stepsOf(positionsMm).filter((step) => step >= SAME_POSITION_MM);
  const obstacle = obstacleOf(images, findings);
  return {
    kind: 'spatial',
    normal,
    positionsMm,
    ...(steps.length > 0 && { spacingMm: median(steps) }),
    findings: obstacle && !findings.includes(obstacle) ? [...findings, obstacle] : findings,
    reformat: obstacle ? { isPossible: false, reason: obstacle } : { isPossible: true },
  };
}

export function isParallel(a: ImagePlane, b: ImagePlane): boolean {
  return (
    angleDeg(a.rowDirection, b.rowDirection) < SAME_DIRECTION_DEG &&
    angleDeg(a.columnDirection, b.columnDirection) < SAME_DIRECTION_DEG
  );
}

function flat(
  kind: 'time' | 'unordered',
  common: readonly Finding[],
  reason: Finding,
  normal?: Vector3,
  positionsMm: readonly number[] = [],
): StackGeometry {
  return {
    kind,
    ...(normal && { normal }),
    positionsMm,
    // A single radiograph without a position is what it should be: nothing to say.
    findings: reason.code === 'position-unknown' && isExpected(common) ? common : [reason, ...common],
    reformat: { isPossible: false, reason },
  };
}

function isExpected(common: readonly Finding[]): boolean {
  return common.some(({ code }) => code === 'not-tomographic');
}

const TOMOGRAPHIC = new Set(['CT', 'MR', 'PT', 'NM', 'RTDOSE']);

/** What is true of the images one by one. */
function imageFindings(images: readonly ImageDescription[]): Finding[] {
  const findings: Finding[] = [];
  const [first] = images;
  if (!first) return findings;
  const { spacing } = first;
  if (spacing.kind === 'uncalibrated') findings.push({ code: 'uncalibrated', values: {} });
  else if (spacing.source === 'detector') findings.push({ code: 'detector-spacing', values: {} });
  const heightToWidth = spacing.kind === 'mm' ? spacing.rowMm / spacing.columnMm : spacing.heightToWidth;
  if (Math.abs(heightToWidth - 1) > 0.01) {
    findings.push({ code: 'non-square-pixels', values: { heightToWidth } });
  }
  if (!TOMOGRAPHIC.has(first.modality)) findings.push({ code: 'not-tomographic', values: {} });
  return findings;
}

function spatialFindings(
  placed: readonly Placed[],
  normal: Vector3,
  positionsMm: readonly number[],
): Finding[] {
  const findings: Finding[] = [];
  const steps = stepsOf(positionsMm);
  const duplicates = steps.filter((step) => step < SAME_POSITION_MM).length;
  if (duplicates > 0) findings.push({ code: 'duplicate-positions', values: { count: duplicates } });
  findings.push(...shearFindings(placed, normal), ...stepFindings(placed, steps));
  const thicknessMm = placed[0]?.sliceThicknessMm;
  const spacingMm = median(steps.filter((step) => step >= SAME_POSITION_MM));
  if (thicknessMm !== undefined && spacingMm > thicknessMm * 1.05 + 0.05) {
    findings.push({ code: 'gaps-between-slices', values: { thicknessMm, spacingMm } });
  }
  return findings;
}

/** A tilted gantry moves every slice within its plane by the same amount per mm. */
function shearFindings(placed: readonly Placed[], normal: Vector3): Finding[] {
  const first = placed[0];
  const last = placed.at(-1);
  if (!first || !last || first === last) return [];
  const whole = subtract(last.plane.positionMm, first.plane.positionMm);
  const depthMm = dot(whole, normal);
  if (Math.abs(depthMm) < SAME_POSITION_MM) return [];
  const perMm = scale(whole, 1 / depthMm);
  const findings: Finding[] = [];
  const tiltDeg = angleDeg(perMm, normal);
  if (tiltDeg > TILT_DEG) findings.push({ code: 'gantry-tilt', values: { angleDeg: tiltDeg } });
  const residualsMm = placed.map((image) => {
    const offset = subtract(image.plane.positionMm, first.plane.positionMm);
    return norm(subtract(offset, scale(perMm, dot(offset, normal))));
  });
  const largestMm = Math.max(...residualsMm);
  const pixelMm = first.spacing.kind === 'mm' ? first.spacing.columnMm : 1;
  if (largestMm > pixelMm) findings.push({ code: 'shifted-slices', values: { largestMm } });
  return findings;
}

/** Missing slices are isolated gaps of a whole multiple in an otherwise even stack; the rest is uneven. */
function stepFindings(placed: readonly Placed[], steps: readonly number[]): Finding[] {
  const real = steps.filter((step) => step >= SAME_POSITION_MM);
  if (real.length < 2) return [];
  const usual = median(real);
  const tolerance = Math.min(0.1, Math.max(0.02, usual * 0.1));
  const odd = real.filter((step) => Math.abs(step - usual) > tolerance);
  if (odd.length === 0) return [];
  const gaps = missingAfter(placed, steps);
  if (gaps.length > 0 && gaps.length === odd.length) {
    const count = gaps.reduce((sum, gap) => sum + gap.count, 0);
    return [{ code: 'missing-slices', values: { count, after: gaps.map((gap) => gap.index + 1) } }];
  }
  return [
    { code: 'uneven-spacing', values: { smallestMm: Math.min(...real), largestMm: Math.max(...real) } },
  ];
}

/** Indices of the images before a gap, and how many slices would fill it. */
export function missingAfter(
  images: readonly ImageDescription[],
  steps: readonly number[],
): { readonly index: number; readonly count: number }[] {
  const real = steps.filter((step) => step >= SAME_POSITION_MM);
  if (real.length < 3) return [];
  const usual = median(real);
  const isUsual = (step: number | undefined) => step !== undefined && Math.abs(step - usual) <= 0.1 * usual;
  if (real.filter(isUsual).length < real.length * 0.6) return [];
  return steps.flatMap((step, index) => {
    const multiple = step / usual;
    const isWhole = multiple > 1.5 && Math.abs(multiple - Math.round(multiple)) < 0.15;
    // Thick slices after thin ones lie further apart without anything missing between them.
    const thicknessMm = Math.min(
      images[index]?.sliceThicknessMm ?? 0,
      images[index + 1]?.sliceThicknessMm ?? 0,
    );
    const isCovered = thicknessMm > usual * 1.5 && thicknessMm >= step * 0.9;
    const isIsolated = isUsual(steps[index - 1] ?? usual) || isUsual(steps[index + 1] ?? usual);
    return isWhole && !isCovered && isIsolated ? [{ index, count: Math.round(multiple) - 1 }] : [];
  });
}

function obstacleOf(images: readonly ImageDescription[], findings: readonly Finding[]): Finding | undefined {
  const [first] = images;
  const blocking = findings.find(({ code }) => code === 'duplicate-positions' || code === 'uncalibrated');
  if (blocking) return blocking;
  if (first?.isColour) return { code: 'colour', values: {} };
  if (first?.spacing.kind === 'mm' && first.spacing.source !== 'pixel-spacing') {
    return { code: 'not-tomographic', values: {} };
  }
  if (images.length < FEWEST_SLICES) return { code: 'too-few-slices', values: { count: images.length } };
  return undefined;
}

/** Distances of neighbours; images are in the order of their positions, in one direction or the other. */
export function stepsOf(positionsMm: readonly number[]): number[] {
  return positionsMm.slice(1).map((position, index) => Math.abs(position - (positionsMm[index] ?? position)));
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
