import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#tests/support/workstation.ts';
import { laws, siblingFolders } from './law.ts';

const topFolders = ['shared', 'electron', 'renderer', 'resources', 'tests'].filter((folder) =>
  existsSync(path.join(root, folder)),
);
const aliases: Readonly<Record<string, string>> = {
  '#shared/': 'shared/',
  '#backend/': 'electron/backend/',
  '#page/': 'electron/page/',
  '#device-host/': 'electron/device-host/',
  '#renderer/': 'renderer/',
  '#resources/': 'resources/',
  '#tests/': 'tests/',
};

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')))
    .filter((file) => /\.(ts|tsx)$/.test(file) && statSync(path.join(root, file)).isFile());
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Path of ours ('shared/rpc/frames.ts') or package name ('zod', 'node:'). */
function resolveImport(file: string, specifier: string): { ours: string } | { package: string } {
  if (specifier.startsWith('.')) return { ours: path.posix.join(path.posix.dirname(file), specifier) };
  for (const [alias, folder] of Object.entries(aliases)) {
    if (specifier.startsWith(alias)) return { ours: folder + specifier.slice(alias.length) };
  }
  if (specifier.startsWith('node:') || isBuiltin(specifier)) return { package: 'node:' };
  const parts = specifier.split('/');
  return { package: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '') };
}

const isInside = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);

function lawOf(file: string) {
  return laws
    .filter((law) => isInside(file, law.folder))
    .reduce<(typeof laws)[number] | undefined>(
      (best, law) => (best && best.folder.length >= law.folder.length ? best : law),
      undefined,
    );
}

/** Why an import breaks the law, or undefined. */
export function violation(file: string, specifier: string): string | undefined {
  const law = lawOf(file);
  if (!law) return `${file} is in a folder without a law`;
  const target = resolveImport(file, specifier);
  if ('package' in target) {
    const isAllowed = law.packages.includes('*') || law.packages.includes(target.package);
    return isAllowed ? undefined : `${file} may not import the package ${target.package}`;
  }
  for (const parent of siblingFolders) {
    const sibling = (name: string) =>
      name.startsWith(parent) ? name.slice(parent.length).split('/')[0] : undefined;
    const from = sibling(file);
    const to = sibling(target.ours);
    if (from !== undefined && to !== undefined) {
      return from === to ? undefined : `${file} may not import its sibling ${parent}${to}`;
    }
  }
  const isAllowed = [law.folder, ...law.ours].some((folder) => isInside(target.ours, folder));
  return isAllowed ? undefined : `${file} may not import ${target.ours}`;
}

test('every import obeys the law of its folder', () => {
  const files = topFolders.flatMap(sourceFiles);
  expect(files.length).toBeGreaterThan(40);
  expect(
    files.flatMap((file) =>
      importsOf(file)
        .map((specifier) => violation(file, specifier))
        .filter(Boolean),
    ),
  ).toEqual([]);
});

test('the law refuses what it should', () => {
  expect(violation('shared/dicom/a.ts', 'node:fs')).toMatch(/may not import the package node:/);
  expect(violation('electron/backend/services/archive/a.ts', '../settings/index.ts')).toMatch(/sibling/);
  expect(violation('renderer/features/worklist/a.tsx', '#renderer/features/viewer/viewer.tsx')).toMatch(
    /sibling/,
  );
  expect(violation('renderer/ui/button.tsx', '#shared/domain/identifiers.ts')).toMatch(/may not import/);
  expect(violation('electron/shell/main.ts', '#backend/compose.ts')).toMatch(/may not import/);
  expect(violation('renderer/features/viewer/a.tsx', '@cornerstonejs/core')).toMatch(
    /may not import the package/,
  );
});

test('every import of ours names a file that exists', () => {
  const missing = topFolders.flatMap(sourceFiles).flatMap((file) =>
    importsOf(file)
      .map((specifier) => resolveImport(file, specifier))
      .filter((target): target is { ours: string } => 'ours' in target)
      .filter(({ ours }) => !existsSync(path.join(root, ours.replace(/\?.*$/, ''))))
      .map(({ ours }) => `${file} -> ${ours}`),
  );
  expect(missing).toEqual([]);
});
