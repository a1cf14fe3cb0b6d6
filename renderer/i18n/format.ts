import type { Language } from './index.ts';

/** '20260214' -> '2026-02-14 (土)' or '2026-02-14 (Sat)'; what is no date is shown as it is. */
export function formatDicomDate(date: string, language: Language): string {
  const parsed = parseDicomDate(date);
  if (!parsed) return date;
  const weekday = weekdays[language].format(parsed);
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)} (${weekday})`;
}

const weekdays: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  ja: new Intl.DateTimeFormat('ja', { weekday: 'short', timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }),
};

/** Midnight UTC of a DICOM date (PS3.5 section 6.2, DA), or undefined if there is no such day. */
export function parseDicomDate(date: string): Date | undefined {
  if (!/^\d{8}$/.test(date)) return undefined;
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== iso ? undefined : parsed;
}

/** '134502.123' -> '13:45' (PS3.5 section 6.2, TM: minutes may be missing). */
export function formatDicomTime(time: string): string {
  const [, hours, minutes] = /^(\d{2})(\d{2})?/.exec(time) ?? [];
  if (hours === undefined) return '';
  return minutes === undefined ? hours : `${hours}:${minutes}`;
}

/** Moment in milliseconds -> '2026-02-14 13:45' in the zone of this workstation. */
export function formatMoment(momentMs: number): string {
  const moment = new Date(momentMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${date} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** With so many digits; what rounds to nothing has no sign: '0.0', never '-0.0'. */
export function formatFixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** In powers of 1000, as storage is sold: '1.57 GB'. */
export function formatBytes(bytes: number): string {
  const exponent = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(bytes || 1) / 3)));
  const value = bytes / 1000 ** exponent;
  const digits = exponent === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${BYTE_UNITS[exponent]}`;
}

/** '1:02:03' or '2:03'; always without a fraction. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const counts = new Intl.NumberFormat('en-US');

/** '100,000' in both languages. */
export function formatCount(count: number): string {
  return counts.format(count);
}
