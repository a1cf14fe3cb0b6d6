import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { languages } from '#renderer/i18n/index.ts';
import { texts } from '#renderer/i18n/namespaces.ts';
import { root } from '#tests/support/workstation.ts';

const localesDir = path.join(root, 'resources/locales');
const files = (language: string) => readdirSync(path.join(localesDir, language)).sort();
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Every text by its full key: 'connection.lost'. */
function flatten(node: unknown, prefix = ''): ReadonlyMap<string, unknown> {
  if (typeof node !== 'object' || node === null) return new Map([[prefix, node]]);
  return new Map(
    Object.entries(node).flatMap(([key, value]) => [
      ...flatten(value, prefix === '' ? key : `${prefix}.${key}`),
    ]),
  );
}

const textsOf = (language: string, file: string) =>
  flatten(JSON.parse(readFileSync(path.join(localesDir, language, file), 'utf8')));

test('every language has the same namespaces, and the application knows all of them', () => {
  const names = files('ja');
  expect(names.length).toBeGreaterThan(2);
  for (const language of languages) {
    expect(files(language)).toEqual(names);
    expect(Object.keys(texts[language]).map((name) => `${name}.json`)).toEqual(
      // Those two are the launcher's and the command-line tools'.
      expect.arrayContaining(names.filter((name) => name !== 'shell.json' && name !== 'command.json')),
    );
  }
});

test.each(files('ja'))('%s has the same keys in every language', (file) => {
  const keys = (language: string) =>
    [...textsOf(language, file).keys()]
      .map((key) => key.replace(PLURAL, '_plural'))
      .filter((key, index, all) => all.indexOf(key) === index)
      .sort();
  for (const language of languages) expect(keys(language)).toEqual(keys('ja'));
});

test.each(languages.flatMap((language) => files(language).map((file) => [language, file] as const)))(
  '%s/%s has no empty text, and every plural form its language needs',
  (language, file) => {
    const found = textsOf(language, file);
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, text] of found) {
      expect(typeof text === 'string' && text.trim() !== '', `${file}: ${key} is empty`).toBe(true);
      if (!PLURAL.test(key)) continue;
      for (const category of categories) {
        expect([...found.keys()]).toContain(key.replace(PLURAL, `_${category}`));
      }
    }
  },
);

test.each(files('ja'))('%s interpolates the same values in every language', (file) => {
  const values = (text: unknown) => [...String(text).matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]);
  const japanese = textsOf('ja', file);
  for (const language of languages) {
    for (const [key, text] of textsOf(language, file)) {
      const counterpart = japanese.get(key) ?? japanese.get(key.replace(PLURAL, '_other'));
      if (PLURAL.test(key) && key.endsWith('_one')) continue;
      expect(new Set(values(text)), `${file}: ${key}`).toEqual(new Set(values(counterpart)));
    }
  }
});

test('no locale file lies outside the languages', () => {
  expect(readdirSync(localesDir).sort()).toEqual([...languages].sort());
  expect(existsSync(path.join(localesDir, 'ja/app.json'))).toBe(true);
});
