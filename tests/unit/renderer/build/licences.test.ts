import { expect, test } from 'vitest';
import { collect } from '#renderer/build/licences.ts';
import { root } from '#tests/support/workstation.ts';

test('every package in the page and in the backend is there with its licence', () => {
  const found = new Map(collect(root).map((licence) => [licence.name, licence]));
  for (const name of [
    'react',
    'react-dom',
    'scheduler',
    '@base-ui/react',
    '@cornerstonejs/core',
    '@kitware/vtk.js',
    '@fontsource-variable/noto-sans-jp',
    'i18next',
    'better-sqlite3',
    'dcmjs-codecs',
    'zod',
  ]) {
    expect(found.get(name)?.licence, name).toBeTruthy();
  }
  expect(found.get('react')?.text).toContain('MIT License');
  expect(found.get('@fontsource-variable/noto-sans-jp')?.licence).toContain('OFL');
});

test('what only builds or tests is not', () => {
  const names = collect(root).map(({ name }) => name);
  for (const name of ['vite', 'vitest', 'oxlint', 'playwright-core', 'knip', 'electron-builder']) {
    expect(names).not.toContain(name);
  }
});

test('a package that is installed in several places is named once', () => {
  const names = collect(root).map(({ name, version }) => `${name}@${version}`);
  expect(new Set(names).size).toBe(names.length);
});
