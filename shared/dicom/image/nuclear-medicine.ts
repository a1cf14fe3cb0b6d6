import { firstNumber, numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { imagePlane, normalOf } from '../geometry/plane.ts';
import type { ImagePlane } from '../geometry/plane.ts';
import { along, toVector3 } from '../geometry/vector.ts';
import { items } from './frame-attributes.ts';

/** What tells the frames of a nuclear medicine image apart: PS3.3 section C.8.4.8.1, numbers from 1. */
export interface NuclearFrame {
  readonly energyWindow?: number;
  readonly detector?: number;
  readonly phase?: number;
  readonly rotation?: number;
  readonly rrInterval?: number;
  readonly timeSlot?: number;
  readonly slice?: number;
  readonly angularView?: number;
  readonly timeSlice?: number;
}

const vectors: Readonly<Record<keyof NuclearFrame, string>> = {
  energyWindow: '00540010',
  detector: '00540020',
  phase: '00540030',
  rotation: '00540050',
  rrInterval: '00540060',
  timeSlot: '00540070',
  slice: '00540080',
  angularView: '00540090',
  timeSlice: '00540100',
};

/** One entry per frame; empty entries where the file has no vectors. */
export function nuclearFrames(json: DicomJson, count: number): NuclearFrame[] {
  const known = Object.entries(vectors).flatMap(([name, tag]) => {
    const values = numbers(json, tag);
    return values && values.length >= count ? [{ name, values }] : [];
  });
  return Array.from(
    { length: count },
    (_, index) => Object.fromEntries(known.map(({ name, values }) => [name, values[index]])) as NuclearFrame,
  );
}

/**
 * Reconstructed slices lie one Spacing Between Slices apart along row × column, its sign included; the
 * detector's own position is that of the first (PS3.3 section C.8.4.15).
 */
export function nuclearPlane(json: DicomJson, frame: NuclearFrame): ImagePlane | undefined {
  const detectors = items(json, '00540022');
  const detector = detectors[(frame.detector ?? 1) - 1] ?? detectors[0];
  const position = toVector3(detector && numbers(detector, '00200032'));
  const orientation = detector && numbers(detector, '00200037');
  const plane = position && orientation && imagePlane(position, orientation);
  if (!plane || frame.slice === undefined) return plane;
  const spacingMm = firstNumber(json, '00180088') ?? firstNumber(json, '00180050');
  if (spacingMm === undefined) return undefined;
  return { ...plane, positionMm: along(plane.positionMm, normalOf(plane), (frame.slice - 1) * spacingMm) };
}
