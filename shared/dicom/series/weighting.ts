import type { ImageDescription } from '../image-description.ts';
import type { Weighting } from '../../domain/series-facts.ts';

const named: Readonly<Record<string, Weighting>> = {
  T1: 'T1',
  T2: 'T2',
  PROTON_DENSITY: 'PD',
  FLUID_ATTENUATED: 'FLAIR',
  DIFFUSION: 'DWI',
  T2_STAR: 'T2*',
  SUSCEPTIBILITY: 'SWI',
  TIME_OF_FLIGHT: 'MRA',
  PHASE_CONTRAST: 'MRA',
  PERFUSION: 'perfusion',
};

/**
 * What an MR image shows, from how it was made; never from its description. The limits are those of
 * everyday protocols at 1.5 and 3 tesla: what lies between them stays unknown.
 */
export function weightingOf(image: ImageDescription): Weighting {
  if (image.modality !== 'MR') return 'unknown';
  const types = image.imageType.map((type) => type.toUpperCase());
  if (types.some((type) => type === 'ADC' || type.startsWith('ADC_') || type.endsWith('_ADC'))) return 'ADC';
  if (types.includes('SWI') || types.includes('MNIP')) return 'SWI';
  if (isDiffusion(image) || types.includes('DIFFUSION')) return 'DWI';
  const byName = named[image.sequence?.acquisitionContrast ?? ''];
  return byName ?? byTiming(image);
}

/** Also with b = 0, which by its times alone would be taken for T2; GE writes that for every sequence. */
function isDiffusion({ diffusion, sequence }: ImageDescription): boolean {
  if (!diffusion) return false;
  return diffusion.bValue > 0 || sequence?.scanningSequence.includes('EP') === true;
}

function byTiming({ sequence, echo, temporalPosition }: ImageDescription): Weighting {
  const echoMs = echo?.timeMs;
  const repetitionMs = sequence?.repetitionTimeMs;
  if (!sequence || echoMs === undefined || repetitionMs === undefined) return 'unknown';
  const inversionMs = sequence.inversionTimeMs ?? 0;
  const isGradient = sequence.scanningSequence.includes('GR');
  if (inversionMs >= 1500 && repetitionMs >= 4000 && echoMs >= 60) return 'FLAIR';
  // Echo planar, again and again: contrast agent passing by, not T2*.
  if (isGradient && sequence.scanningSequence.includes('EP') && temporalPosition) return 'perfusion';
  if (isGradient)
    return gradientWeighting(sequence.isAngiography, sequence.is3d, repetitionMs, echoMs, inversionMs);
  if (echoMs >= 60 && repetitionMs >= 1800) return 'T2';
  if (echoMs <= 30 && (repetitionMs <= 1000 || (inversionMs >= 400 && inversionMs <= 1300))) return 'T1';
  return echoMs <= 45 && repetitionMs >= 1500 ? 'PD' : 'unknown';
}

function gradientWeighting(
  isAngiography: boolean,
  is3d: boolean,
  repetitionMs: number,
  echoMs: number,
  inversionMs: number,
): Weighting {
  if (isAngiography) return 'MRA';
  // Prepared gradient echoes (MPRAGE and its kin).
  if (inversionMs >= 400 && inversionMs <= 1300 && echoMs <= 8) return 'T1';
  if (is3d && echoMs >= 18 && repetitionMs <= 100) return 'SWI';
  if (echoMs >= 15 && repetitionMs >= 200) return 'T2*';
  return echoMs <= 8 && repetitionMs <= 400 && !(is3d && repetitionMs >= 18 && repetitionMs <= 45)
    ? 'T1'
    : 'unknown';
}
