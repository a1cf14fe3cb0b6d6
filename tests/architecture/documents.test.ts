import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#tests/support/workstation.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));

test('every hazard names a test that exists', () => {
  const rows = read('docs/hazards.md')
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s-|]*$/.test(line))
    .slice(1);
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const cells = row.split('|').slice(1, -1);
    expect(cells, row).toHaveLength(4);
    const [, file = '', name = ''] = /^ `(tests\/[\w./-]+)` "(.+)" *$/.exec(cells[3] ?? '') ?? [];
    expect(existsSync(path.join(root, file)) && file !== '', `${row} names no test`).toBe(true);
    const source = read(file);
    const isThere = [`'${name}'`, `"${name}"`, `\`${name}\``].some((quoted) => source.includes(quoted));
    expect(isThere, `${file} has no test "${name}"`).toBe(true);
  }
});

test('every top folder says in a few lines what it is for and how to add to it', () => {
  for (const folder of ['electron', 'renderer', 'shared', 'resources', 'tests', 'docs']) {
    const lines = read(`${folder}/README.md`).trimEnd().split('\n');
    expect(lines.length, folder).toBeLessThanOrEqual(25);
    expect(lines.join('\n'), folder).toMatch(/\*\*One more /);
  }
});

test('decisions have a number of their own and a page at most', () => {
  const files = tracked.filter((file) => /^docs\/decisions\/\d/.test(file));
  const numbers = files.map((file) => path.basename(file).slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const file of files) {
    expect(read(file), file).toMatch(new RegExp(`^# ${path.basename(file).slice(0, 4)} `));
    expect(read(file).split('\n').length, file).toBeLessThan(80);
  }
});

test('nothing names a machine, and nothing is left for later in words', () => {
  const texts = tracked.filter(
    (file) => /\.(ts|tsx|js|css|md|json|yml|html|cmd)$/.test(file) && file !== 'package-lock.json',
  );
  const forbidden = [
    /\/work\//,
    /\/home\/\w+\//,
    /C:\\Users\\\w+/,
    /registry\.npmjs/,
    /\bTODO\b(?!')/,
    /\bFIXME\b(?!')/,
  ];
  const found = texts
    .filter((file) => file !== 'tests/architecture/documents.test.ts')
    .flatMap((file) =>
      forbidden.filter((pattern) => pattern.test(read(file))).map((pattern) => `${file}: ${pattern}`),
    );
  expect(found).toEqual([]);
});
