import { firstNumber, firstText, numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { items } from './frame-attributes.ts';

export interface Contrast {
  /** 造影 or 単純: undefined where the header does not speak of contrast at all. */
  readonly isEnhanced: boolean;
  readonly agent: string;
  /** Contrast/Bolus Agent Phase (0018,9344), empty if unknown. */
  readonly phase: string;
  /** From the start of the injection to this image, seconds. */
  readonly delaySeconds?: number;
}

export interface Cardiac {
  /** After the R wave. */
  readonly triggerTimeMs?: number;
  readonly phasePercent?: number;
}

export interface TemporalPosition {
  /** 1, 2, 3 ... as the equipment numbered them. */
  readonly index?: number;
  readonly offsetMs?: number;
}

const NO_AGENT = /^(no|none|n|0|nil|without|non.?contrast|plain|単純|なし)?$/i;

export function contrast(frame: DicomJson): Contrast | undefined {
  const usage = items(frame, '00189341')[0];
  const agent = firstText(frame, '00180010')?.trim();
  const administered = firstText(usage ?? frame, '00189342');
  if (agent === undefined && administered === undefined && !frame['00180012']) return undefined;
  const isNamed = agent !== undefined && !NO_AGENT.test(agent);
  const hasAgent =
    isNamed || administered === 'YES' || (agent === undefined && items(frame, '00180012').length > 0);
  const delaySeconds = hasAgent ? injectionDelaySeconds(frame) : undefined;
  return {
    isEnhanced: administered === 'NO' ? false : hasAgent,
    agent: isNamed ? agent : '',
    phase: firstText(usage ?? frame, '00189344') ?? '',
    ...(delaySeconds !== undefined && { delaySeconds }),
  };
}

/** Longer ones are of another injection or a wrong clock. */
const LONGEST_DELAY_SECONDS = 3600;

function injectionDelaySeconds(frame: DicomJson): number | undefined {
  const start = secondsOfDay(firstText(frame, '00181042'));
  const image = secondsOfDay(firstText(frame, '00080032'));
  if (start === undefined || image === undefined) return undefined;
  const delay = image - start;
  return delay >= 0 && delay <= LONGEST_DELAY_SECONDS ? delay : undefined;
}

export function cardiac(frame: DicomJson): Cardiac | undefined {
  const triggerTimeMs = firstNumber(frame, '00209153') ?? firstNumber(frame, '00181060');
  const phasePercent = firstNumber(frame, '00209241');
  if (triggerTimeMs === undefined && phasePercent === undefined) return undefined;
  return {
    ...(triggerTimeMs !== undefined && { triggerTimeMs }),
    ...(phasePercent !== undefined && { phasePercent }),
  };
}

export function temporalPosition(frame: DicomJson): TemporalPosition | undefined {
  const index = firstNumber(frame, '00209128') ?? firstNumber(frame, '00200100');
  const offsetMs = firstNumber(frame, '0020930D');
  if (index === undefined && offsetMs === undefined) return undefined;
  return {
    ...(index !== undefined && { index }),
    ...(offsetMs !== undefined && { offsetMs: offsetMs * 1000 }),
  };
}

/** How long each frame is shown, ms; PS3.3 sections C.7.6.5 and C.7.6.6. Undefined if nothing says so. */
export function frameTimesMs(json: DicomJson, count: number): number[] | undefined {
  const vector = numbers(json, '00181065');
  // The vector gives the time from the frame before: that of the first is 0 and says nothing.
  if (vector && vector.length >= count && count > 1) {
    return Array.from({ length: count }, (_, index) => vector[index + 1] ?? vector[index] ?? 0);
  }
  const rate = firstNumber(json, '00082144') ?? firstNumber(json, '00180040');
  const time = firstNumber(json, '00181063') ?? (rate !== undefined && rate > 0 ? 1000 / rate : undefined);
  return time !== undefined && time > 0 ? Array.from({ length: count }, () => time) : undefined;
}

/** DICOM TM 'HHMMSS.FFFFFF', also with colons as ACR-NEMA wrote it. */
export function secondsOfDay(text: string | undefined): number | undefined {
  const match = /^(\d{2}):?(\d{2})?:?(\d{2}(?:\.\d*)?)?$/.exec(text?.trim() ?? '');
  if (!match) return undefined;
  return Number(match[1]) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
}

/** DICOM DT or DA and TM, as milliseconds since 1970, without time zone: only differences have a meaning. */
export function instantMs(date: string | undefined, time: string | undefined): number | undefined {
  const digits = (date ?? '').replaceAll('.', '').trim();
  const joined =
    digits.length >= 14 ? { day: digits.slice(0, 8), time: fractionOf(date ?? '') } : { day: digits, time };
  const seconds = secondsOfDay(joined.time ?? '');
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(joined.day);
  if (!match || seconds === undefined) return undefined;
  return Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) + seconds * 1000;
}

function fractionOf(dateTime: string): string {
  return dateTime
    .trim()
    .slice(8)
    .replace(/[+-]\d{4}$/, '');
}
