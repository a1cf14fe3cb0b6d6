import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { data } from 'dcmjs';
import { characterSetTerms } from '#shared/dicom/character-set.ts';
import { limits } from '#shared/dicom/limits.ts';
import { transferSyntaxes } from '#shared/dicom/transfer-syntax.ts';
import { refusalCodes } from '#shared/domain/refusal.ts';
import { canDecode, mediaTypeOf } from '#backend/dicomweb/frame-reader.ts';
import { searchKeys } from '#backend/dicomweb/search-keys.ts';
import { root } from './workstation.ts';

export type Rows = readonly (readonly string[])[];

/** Tables of docs/conformance.md, by heading, as the code has them. */
export const conformanceTables: Readonly<Record<string, () => Rows>> = {
  'Transfer syntaxes': () =>
    transferSyntaxes.map((syntax) => {
      // Their pixels are elsewhere, or one stream of video.
      const isShown = canDecode(syntax.uid) && !syntax.video && !syntax.name.startsWith('JPIP');
      return [syntax.name, syntax.uid, 'yes', isShown ? 'yes' : 'no', mediaTypeOf(syntax.uid) ?? '-'];
    }),
  'Specific Character Set': () => groupedTerms(),
  'Query keys': () =>
    searchKeys.map(({ tag, keyword, vr, level, matching, isReturned }) => [
      tagText(tag),
      keyword,
      vr,
      level,
      matching === 'none' ? '-' : matching,
      isReturned ? 'always' : 'on request',
    ]),
  'Limits of one file': () =>
    Object.entries(limits).map(([name, value]) => [`\`${name}\``, limitText(name, value)]),
  'Why a file is refused': () => {
    const sentences = JSON.parse(read('resources/locales/en/refusal.json')) as Record<string, string>;
    return refusalCodes.map((code) => [`\`${code}\``, `${(sentences[code] ?? '').split('. ')[0]}.`]);
  },
  'Private attributes': () =>
    [...read('shared/dicom/private-attributes.ts').matchAll(/'([^'/]+)\/(\w{4})xx(\w\w)': '(\w\w)'/g)].map(
      ([, creator = '', group = '', element = '', vr = '']) => [creator, `(${group},xx${element})`, vr],
    ),
  'Attributes that are used': () => usedTags().map((tag) => [tagText(tag), keywordOf(tag)]),
};

export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Sources below a folder as one text. */
export function sourcesBelow(...folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name))
        .sort()
        .map((name) => read(path.join(folder, name))),
    )
    .join('\n');
}

/** Cells of the first table under a heading; undefined if there is none. */
export function tableUnder(document: string, heading: string): Rows | undefined {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line));
  const section = end < 0 ? rest : rest.slice(0, end);
  const first = section.findIndex((line) => line.startsWith('|'));
  if (first < 0) return undefined;
  const length = section.slice(first).findIndex((line) => !line.startsWith('|'));
  return section
    .slice(first, length < 0 ? undefined : first + length)
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** ISO_IR 100 and ISO 2022 IR 100 are one line. */
function groupedTerms(): Rows {
  const numbers = [
    ...new Set(characterSetTerms.flatMap((term) => /^ISO_IR (\d+)$/.exec(term)?.[1] ?? [])),
  ].filter((number) => characterSetTerms.includes(`ISO 2022 IR ${number}`));
  const alone = characterSetTerms.filter((term) => !numbers.some((number) => term.endsWith(` ${number}`)));
  return [
    ...numbers.map((number) => [`ISO_IR ${number}, ISO 2022 IR ${number}`]),
    ...alone.map((term) => [term]),
  ];
}

/** Standard attributes that the code asks for by their tag, except those it only passes on. */
function usedTags(): string[] {
  const text =
    sourcesBelow('shared/dicom', 'renderer') + read('electron/backend/processes/media-directory.ts');
  const tags = new Set([...text.matchAll(/'([0-9A-F]{8})'/g)].map(([, tag = '']) => tag));
  const isStandard = (tag: string) => (Number.parseInt(tag.slice(0, 4), 16) & 1) === 0;
  return [...tags].filter((tag) => isStandard(tag) && keywordOf(tag) !== '').sort();
}

function tagText(tag: string): string {
  return `(${tag.slice(0, 4)},${tag.slice(4)})`;
}

function keywordOf(tag: string): string {
  return data.DicomMetaDictionary.dictionary[tagText(tag)]?.name ?? '';
}

function limitText(name: string, value: number): string {
  if (!name.endsWith('Bytes')) return value.toLocaleString('en');
  for (const [unit, size] of [
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const) {
    if (value % size === 0) return `${value / size} ${unit}`;
  }
  return `${value} bytes`;
}
