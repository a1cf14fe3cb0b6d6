import type { PersonName } from '#shared/contract/study.ts';
import { parseDicomDate } from './format.ts';
import type { Language } from './index.ts';

/** The groups of a name in the order a person reads them; components are divided by blanks. */
export interface ShownName {
  /** Kanji where known, otherwise the alphabetic group; empty if there is no name at all. */
  readonly main: string;
  /** How the name is read: フリガナ, in English letters first; empty where nothing new is known. */
  readonly reading: string;
}

export function shownName(name: PersonName, language: Language): ShownName {
  const [ideographic, phonetic, alphabetic] = [name.ideographic, name.phonetic, name.alphabetic].map(
    readable,
  );
  const main = ideographic || alphabetic || phonetic || '';
  const letters = ideographic ? alphabetic : '';
  const reading = (language === 'en' ? letters || phonetic : phonetic || letters) || '';
  return { main, reading: reading === main ? '' : reading };
}

/** '^' divides the components of a name, PS3.5 section 6.2.1.1. */
function readable(group: string): string {
  return group.split('^').join(' ').replace(/\s+/g, ' ').trim();
}

const sexes: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  ja: { M: '男', F: '女', O: 'その他' },
  en: { M: 'M', F: 'F', O: 'Other' },
};

/** DICOM's M, F and O in words; empty if unknown. */
export function shownSex(sex: string, language: Language): string {
  return sexes[language][sex] ?? '';
}

const DAY_MS = 86_400_000;
/** Older than anybody ever was: a placeholder for an unknown date of birth. */
const OLDEST_YEARS = 125;

/** Age on a day, both YYYYMMDD: '63歳', '8か月', '12日'; empty if either is unknown or it is no age. */
export function shownAge(birthDate: string, onDate: string, language: Language): string {
  const birth = parseDicomDate(birthDate);
  const day = parseDicomDate(onDate);
  if (!birth || !day || day < birth) return '';
  const months =
    (day.getUTCFullYear() - birth.getUTCFullYear()) * 12 +
    day.getUTCMonth() -
    birth.getUTCMonth() -
    (day.getUTCDate() < birth.getUTCDate() ? 1 : 0);
  if (months > OLDEST_YEARS * 12) return '';
  const isJapanese = language === 'ja';
  if (months >= 24) return isJapanese ? `${Math.floor(months / 12)}歳` : `${Math.floor(months / 12)} y`;
  if (months >= 1) return isJapanese ? `${months}か月` : `${months} mo`;
  const days = Math.round((day.getTime() - birth.getTime()) / DAY_MS);
  return isJapanese ? `${days}日` : `${days} d`;
}
