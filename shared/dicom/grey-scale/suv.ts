import { firstNumber, firstText } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { instantMs } from '../image/acquisition.ts';
import { items } from '../image/frame-attributes.ts';
import { privateAttribute, privateNumbers } from '../image/private-attributes.ts';

/** Why the values of a PET image cannot be given as SUV normalised to body weight. */
export const suvRefusals = [
  'not-attenuation-corrected',
  'not-decay-corrected',
  'unknown-units',
  'no-weight',
  'no-dose',
  'no-half-life',
  'no-injection-time',
  'no-scan-time',
  'injection-after-scan',
] as const;
export type SuvRefusal = (typeof suvRefusals)[number];

export type SuvFactor =
  /** SUVbw [g/ml] = modality value × factor. */
  | { readonly kind: 'factor'; readonly factor: number }
  | { readonly kind: 'refused'; readonly reason: SuvRefusal };

const refused = (reason: SuvRefusal): SuvFactor => ({ kind: 'refused', reason });

/**
 * SUVbw as the Quantitative Imaging Biomarkers Alliance computes it: activity concentration over injected
 * dose, decayed to the time the image is corrected to, per gram of body weight.
 */
export function suvFactor(frame: DicomJson): SuvFactor {
  const corrections = (frame['00280051']?.Value ?? []).map(String);
  if (!corrections.includes('ATTN')) return refused('not-attenuation-corrected');
  if (!corrections.includes('DECY') && firstText(frame, '00541102') === undefined)
    return refused('not-decay-corrected');
  const units = firstText(frame, '00541001');
  const suvType = firstText(frame, '00541006') ?? 'BW';
  if (units === 'GML') return suvType === 'BW' ? { kind: 'factor', factor: 1 } : refused('unknown-units');
  if (units === 'CNTS') return philipsFactor(frame);
  return units === 'BQML' ? fromActivity(frame, 1) : refused('unknown-units');
}

/** Philips scales counts itself: (7053,1000) to SUV, (7053,1009) to Bq/ml. */
function philipsFactor(frame: DicomJson): SuvFactor {
  const creator = 'Philips PET Private Group';
  const [toSuv] = privateNumbers(privateAttribute(frame, '7053', creator, '00'), 'DS');
  if (toSuv !== undefined && toSuv > 0) return { kind: 'factor', factor: toSuv };
  const [toActivity] = privateNumbers(privateAttribute(frame, '7053', creator, '09'), 'DS');
  return toActivity !== undefined && toActivity > 0
    ? fromActivity(frame, toActivity)
    : refused('unknown-units');
}

function fromActivity(frame: DicomJson, becquerelPerMl: number): SuvFactor {
  const weightKg = firstNumber(frame, '00101030') ?? 0;
  if (weightKg <= 0) return refused('no-weight');
  const [tracer] = items(frame, '00540016');
  const doseBq = (tracer && firstNumber(tracer, '00181074')) ?? 0;
  if (!tracer || doseBq <= 0) return refused('no-dose');
  const remaining = remainingFraction(frame, tracer);
  if (typeof remaining !== 'number') return remaining;
  return { kind: 'factor', factor: (becquerelPerMl * weightKg * 1000) / (doseBq * remaining) };
}

/** Of the injected dose, at the time the image's decay correction refers to; PS3.3 section C.8.9.1. */
function remainingFraction(frame: DicomJson, tracer: DicomJson): number | SuvFactor {
  const correction = firstText(frame, '00541102');
  if (correction === 'ADMIN') return 1;
  if (correction !== 'START') return refused('not-decay-corrected');
  const halfLifeSeconds = firstNumber(tracer, '00181075') ?? 0;
  if (halfLifeSeconds <= 0) return refused('no-half-life');
  const scanMs = scanStartMs(frame, halfLifeSeconds);
  if (scanMs === undefined) return refused('no-scan-time');
  const injectionMs = injectionInstantMs(frame, tracer, scanMs);
  if (injectionMs === undefined) return refused('no-injection-time');
  const elapsedSeconds = (scanMs - injectionMs) / 1000;
  if (elapsedSeconds < 0) return refused('injection-after-scan');
  return 2 ** (-elapsedSeconds / halfLifeSeconds);
}

/**
 * Series Time is the reference unless the series was made afterwards (then it is later than the
 * acquisition); GE then keeps the scan's own start, others give it through the frame's reference time.
 */
function scanStartMs(frame: DicomJson, halfLifeSeconds: number): number | undefined {
  const series = instantMs(firstText(frame, '00080021'), firstText(frame, '00080031'));
  const acquisition = instantMs(firstText(frame, '00080022'), firstText(frame, '00080032'));
  if (series !== undefined && (acquisition === undefined || series <= acquisition)) return series;
  const [general] = textOf(frame, '0009', 'GEMS_PETD_01', '0D');
  const generalMs = instantMs(general, undefined);
  if (generalMs !== undefined) return generalMs;
  const referenceMs = firstNumber(frame, '00541300');
  const durationMs = firstNumber(frame, '00181242');
  if (acquisition === undefined || referenceMs === undefined || durationMs === undefined || durationMs <= 0) {
    return undefined;
  }
  // Average activity of a frame is that of a moment shortly before its middle.
  const decayPerSecond = Math.LN2 / halfLifeSeconds;
  const decayDuringFrame = decayPerSecond * (durationMs / 1000);
  const averageSeconds = Math.log(decayDuringFrame / (1 - Math.exp(-decayDuringFrame))) / decayPerSecond;
  return acquisition - referenceMs + averageSeconds * 1000;
}

function textOf(frame: DicomJson, group: string, creator: string, element: string): (string | undefined)[] {
  const value = privateAttribute(frame, group, creator, element)?.Value?.[0];
  return [typeof value === 'string' ? value : undefined];
}

function injectionInstantMs(frame: DicomJson, tracer: DicomJson, scanMs: number): number | undefined {
  const dated = instantMs(firstText(tracer, '00181078'), undefined);
  if (dated !== undefined) return dated;
  const time = firstText(tracer, '00181072');
  const sameDay = instantMs(firstText(frame, '00080021') ?? firstText(frame, '00080022'), time);
  if (sameDay === undefined) return undefined;
  // Injected before midnight, scanned after it.
  const dayMs = 24 * 3600 * 1000;
  return sameDay > scanMs && sameDay - scanMs > dayMs / 2 ? sameDay - dayMs : sameDay;
}
