import { firstNumber, firstText, numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { toVector3 } from '../geometry/vector.ts';
import type { Vector3 } from '../geometry/vector.ts';
import { privateAttribute, privateNumbers } from './private-attributes.ts';

/** What the numbers of a complex measurement are; PS3.3 section C.8.13.3.1.1. */
export type ComplexComponent = 'magnitude' | 'phase' | 'real' | 'imaginary' | 'mixed';

export interface Diffusion {
  /** s/mm² */
  readonly bValue: number;
  /** Of the gradient, in patient coordinates; absent for b = 0, isotropic (trace) and unnamed ones. */
  readonly direction?: Vector3;
  readonly isIsotropic: boolean;
}

export interface Echo {
  readonly number?: number;
  readonly timeMs?: number;
}

const components: Readonly<Record<string, ComplexComponent>> = {
  MAGNITUDE: 'magnitude',
  PHASE: 'phase',
  REAL: 'real',
  IMAGINARY: 'imaginary',
  MIXED: 'mixed',
  M: 'magnitude',
  P: 'phase',
  R: 'real',
  I: 'imaginary',
};

/** GE (0043,102F): 0 magnitude, 1 phase, 2 real, 3 imaginary. */
const generalElectricComponents: readonly ComplexComponent[] = ['magnitude', 'phase', 'real', 'imaginary'];

export function complexComponent(
  frame: DicomJson,
  imageType: readonly string[],
): ComplexComponent | undefined {
  const named = components[firstText(frame, '00089208') ?? ''];
  if (named) return named;
  const [general] = privateNumbers(privateAttribute(frame, '0043', 'GEMS_PARM_01', '2F'), 'SS');
  if (general !== undefined) return generalElectricComponents[general];
  // Philips: ORIGINAL\PRIMARY\PHASE MAP\P\FFE; Siemens: ORIGINAL\PRIMARY\P\ND.
  for (const value of imageType.slice(2)) {
    const component = components[value] ?? components[value.split(' ')[0] ?? ''];
    if (component) return component;
  }
  return undefined;
}

/** Diffusion b-value from its own attribute, else from where Siemens, GE and Philips keep it. */
export function diffusion(frame: DicomJson): Diffusion | undefined {
  const bValue = firstNumber(frame, '00189087') ?? vendorBValue(frame);
  if (bValue === undefined || !Number.isFinite(bValue) || bValue < 0) return undefined;
  const directionality = firstText(frame, '00189075');
  const direction = toVector3(numbers(frame, '00189089') ?? gradientOf(frame));
  const hasDirection = direction !== undefined && direction.some((value) => value !== 0) && bValue > 0;
  return {
    bValue,
    ...(hasDirection && directionality !== 'ISOTROPIC' && { direction }),
    isIsotropic: directionality === 'ISOTROPIC',
  };
}

function vendorBValue(frame: DicomJson): number | undefined {
  const [siemens] = privateNumbers(privateAttribute(frame, '0019', 'SIEMENS MR HEADER', '0C'), 'IS');
  if (siemens !== undefined) return siemens;
  const [general] = privateNumbers(privateAttribute(frame, '0043', 'GEMS_PARM_01', '39'), 'IS');
  // GE adds 10^9 to b-values of a user-defined list.
  if (general !== undefined && Number.isFinite(general)) return general % 1_000_000_000;
  const [philips] = privateNumbers(privateAttribute(frame, '2001', 'Philips Imaging DD 001', '03'), 'FL');
  if (philips !== undefined) return philips;
  const [united] = privateNumbers(privateAttribute(frame, '0065', 'Image Private Header', '09'), 'FD');
  return united;
}

function gradientOf(frame: DicomJson): number[] | undefined {
  const sequence = frame['00189076']?.Value?.[0];
  if (typeof sequence === 'object' && sequence !== null) return numbers(sequence as DicomJson, '00189089');
  const siemens = privateNumbers(privateAttribute(frame, '0019', 'SIEMENS MR HEADER', '0E'), 'FD');
  return siemens.length === 3 ? siemens : undefined;
}

export function echo(frame: DicomJson): Echo | undefined {
  const number = firstNumber(frame, '00180086');
  const timeMs = firstNumber(frame, '00189082') ?? firstNumber(frame, '00180081');
  if (number === undefined && timeMs === undefined) return undefined;
  return { ...(number !== undefined && { number }), ...(timeMs !== undefined && { timeMs }) };
}

/** How the signal was made; what the weighting is inferred from (series/weighting.ts). */
export interface MagneticSequence {
  /** SE, IR, GR, EP ... */
  readonly scanningSequence: readonly string[];
  readonly is3d: boolean;
  readonly isAngiography: boolean;
  /** Acquisition Contrast of enhanced images: T1, FLUID_ATTENUATED, TIME_OF_FLIGHT ...; empty for classic ones. */
  readonly acquisitionContrast: string;
  readonly repetitionTimeMs?: number;
  readonly inversionTimeMs?: number;
}

export function magneticSequence(frame: DicomJson): MagneticSequence {
  const repetitionTimeMs = firstNumber(frame, '00180080');
  const inversionTimes = numbers(frame, '00189079')?.[0] ?? firstNumber(frame, '00180082');
  return {
    scanningSequence: (frame['00180020']?.Value ?? []).map(String),
    is3d: firstText(frame, '00180023') === '3D',
    isAngiography: firstText(frame, '00180025') === 'Y',
    acquisitionContrast: firstText(frame, '00089209') ?? '',
    ...(repetitionTimeMs !== undefined && { repetitionTimeMs }),
    ...(inversionTimes !== undefined && { inversionTimeMs: inversionTimes }),
  };
}
