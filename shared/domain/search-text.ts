import { kanjiVariantGroups } from './kanji-variants.ts';

/**
 * What counts as the same when a person looks for something. The archive searches in folded text, and
 * the screen uses the same folding to mark what was found.
 */

/** Text as it is compared, and which part of the source each of its UTF-16 units came from. */
export interface FoldedText {
  readonly text: string;
  readonly origins: readonly MatchRange[];
}

/** Half-open range of UTF-16 units in the source text. */
export interface MatchRange {
  readonly start: number;
  readonly end: number;
}

const standIn = new Map<string, string>();
for (const group of kanjiVariantGroups) {
  const [first = '', ...others] = group;
  const target = standIn.get(first) ?? first;
  for (const other of others) if (other !== target && !standIn.has(other)) standIn.set(other, target);
}

/** Letters that Unicode does not decompose. */
const latin: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
};

/** Hiragana that are written for one another; small ones stand for their full size. */
const kana = new Map<string, string>();
for (const [from, to] of [
  ['ぁぃぅぇぉっゃゅょゎゕゖ', 'あいうえおつやゆよわかけ'],
  ['ゐゑを', 'いえお'],
] as const) {
  const targets = Array.from(to);
  for (const [index, character] of Array.from(from).entries()) kana.set(character, targets[index] ?? '');
}

const vowelColumns: Readonly<Record<string, string>> = {
  あ: 'あかさたなはまやらわ',
  い: 'いきしちにひみり',
  う: 'うくすつぬふむゆる',
  え: 'えけせてねへめれ',
  お: 'おこそとのほもよろ',
};
const vowelOf = new Map<string, string>();
for (const [vowel, column] of Object.entries(vowelColumns)) {
  for (const character of column) vowelOf.set(character, vowel);
}

/** Combining marks: voiced and semi-voiced sound marks, Latin accents, and variation selectors. */
const IGNORED = /\p{M}/u;
const SEPARATOR = /[\p{P}\p{Z}\p{S}\p{C}]/u;
const LONG_VOWEL = 'ー';
const REPEAT = '々';
const REPEATS = '々〻ゝゞヽヾ';

/** Folds one text. The folding of each character depends only on it and on what stands before it. */
export function foldText(source: string): FoldedText {
  let text = '';
  const origins: MatchRange[] = [];
  let index = 0;
  for (const character of source) {
    const end = index + character.length;
    for (const letter of lettersOf(character)) text += inContext(letter, text);
    const last = origins.at(-1);
    // A mark that was dropped belongs to the letter before it.
    if (text.length === origins.length && last?.end === index && IGNORED.test(character)) {
      origins[origins.length - 1] = { start: last.start, end };
    }
    while (origins.length < text.length) origins.push({ start: index, end });
    index = end;
  }
  return { text, origins };
}

/** `foldText(source).text`, for whoever folds a whole archive. */
export function foldedText(source: string): string {
  let text = '';
  for (const character of source) {
    for (const letter of lettersOf(character)) text += inContext(letter, text);
  }
  return text;
}

const lettersByCharacter = new Map<string, string>();
/** More than one archive's names need; keeps a hostile one from filling memory. */
const CHARACTERS_REMEMBERED = 20_000;

/** What a character stands for wherever it stands; empty if it is ignored. */
function lettersOf(character: string): string {
  const known = lettersByCharacter.get(character);
  if (known !== undefined) return known;
  if (lettersByCharacter.size >= CHARACTERS_REMEMBERED) lettersByCharacter.clear();
  let letters = '';
  for (const part of character.normalize('NFKC').toLowerCase().normalize('NFD')) {
    if (!IGNORED.test(part) && !SEPARATOR.test(part)) letters += letterOf(part);
  }
  lettersByCharacter.set(character, letters);
  return letters;
}

function letterOf(letter: string): string {
  if (REPEATS.includes(letter)) return REPEAT;
  const code = letter.charCodeAt(0);
  const isKatakana = code >= 0x30a1 && code <= 0x30f6;
  const hiragana = isKatakana ? String.fromCharCode(code - 0x60) : letter;
  const full = kana.get(hiragana) ?? hiragana;
  return standIn.get(full) ?? latin[full] ?? full;
}

/** Letters whose meaning depends on what stands before them. */
function inContext(letter: string, before: string): string {
  switch (letter) {
    case LONG_VOWEL:
      return vowelOf.get(before.slice(-1)) ?? '';
    case REPEAT:
      return Array.from(before.slice(-2)).at(-1) ?? '';
    // さとう, サトオ and サトー are one name, and so are せいこ and セーコ.
    case 'う':
      return vowelOf.get(before.slice(-1)) === 'お' ? 'お' : letter;
    case 'い':
      return vowelOf.get(before.slice(-1)) === 'え' ? 'え' : letter;
    default:
      return letter;
  }
}

/**
 * The words of what a person typed, each as the texts any of which it may be found as.
 * All words have to be found, in any order and in any field.
 */
export function searchWords(query: string): readonly (readonly string[])[] {
  return query
    .split(/[\s\u3000]+/)
    .map(foldedText)
    .filter((word) => word !== '')
    .map((word) => [word, ...asContinuation(word)]);
}

/** In the middle of a name, う after an お sound was folded to お: うえ has to be found in いのうえ. */
function asContinuation(word: string): string[] {
  if (word.startsWith('う')) return [`お${word.slice(1)}`];
  if (word.startsWith('い')) return [`え${word.slice(1)}`];
  return [];
}

/** Which parts of a text a query finds, in order and without overlap; for marking them on the screen. */
export function matchRanges(source: string, query: string): MatchRange[] {
  const folded = foldText(source);
  const ranges = searchWords(query).flatMap((alternatives) =>
    alternatives.flatMap((word) => occurrences(folded, word)),
  );
  ranges.sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: MatchRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

function occurrences({ text, origins }: FoldedText, word: string): MatchRange[] {
  const found: MatchRange[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const first = origins[at];
    const last = origins[at + word.length - 1];
    if (first && last) found.push({ start: first.start, end: last.end });
  }
  return found;
}
