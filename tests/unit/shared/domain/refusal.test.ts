import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { refusalCodes } from '#shared/domain/refusal.ts';
import { root } from '#tests/support/workstation.ts';

const sentencesIn = (language: string) =>
  JSON.parse(readFileSync(path.join(root, 'resources/locales', language, 'refusal.json'), 'utf8')) as Record<
    string,
    string
  >;

test.each([
  ['ja', /影響しません|安全です/, /。/g],
  ['en', /not affected|safe/, /\.(?= |$)/g],
])(
  'every reason to refuse a file has a text in %s: what it is, what is safe, what to do',
  (language, safety, end) => {
    const sentences = sentencesIn(language);
    expect(Object.keys(sentences).sort()).toEqual([...refusalCodes].sort());
    for (const [code, text] of Object.entries(sentences)) {
      expect(text, code).toMatch(safety);
      expect(text.match(end)?.length, code).toBeGreaterThanOrEqual(3);
      expect(text, code).not.toContain(code);
    }
  },
);
