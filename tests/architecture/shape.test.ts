import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#tests/support/workstation.ts';

const FILE_LINES_WARNING = 400;
const FILE_LINES_LIMIT = 700;
/** Long because they are tables, not logic. */
const dataTables = new Set<string>([]);

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('no source file has grown beyond reading', () => {
  const long = tracked
    .filter((file) => /\.(ts|tsx|css)$/.test(file) && !dataTables.has(file))
    .map((file) => ({ file, lines: read(file).split('\n').length }))
    .filter(({ lines }) => lines > FILE_LINES_WARNING);
  for (const { file, lines } of long) console.warn(`${file} has ${lines} lines; consider a real seam`);
  expect(long.filter(({ lines }) => lines > FILE_LINES_LIMIT)).toEqual([]);
});

test('every path named in a document exists', () => {
  const topFolders = ['electron', 'renderer', 'shared', 'resources', 'tests', 'docs'];
  const pathPattern = new RegExp(`\`((?:${topFolders.join('|')})/[\\w./-]+)\``, 'g');
  const dangling = tracked
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...read(file).matchAll(pathPattern)]
        .map((match) => match[1] ?? '')
        .filter((named) => !existsSync(path.join(root, named)))
        .map((named) => `${file}: ${named}`),
    );
  expect(dangling).toEqual([]);
});
