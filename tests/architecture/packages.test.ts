import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#tests/support/workstation.ts';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const manifest = readJson('package.json') as Readonly<Record<string, Record<string, string>>>;
const lock = readJson('package-lock.json') as { packages: Readonly<Record<string, LockedPackage>> };

test('every package has an exact version', () => {
  const loose = ['dependencies', 'devDependencies', 'optionalDependencies']
    .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

test('the lock file names no host and vouches for every package', () => {
  for (const [name, locked] of Object.entries(lock.packages)) {
    if (name === '') continue;
    expect(locked.resolved, name).toBeUndefined();
    expect(locked.integrity, name).toMatch(/^sha512-/);
  }
});

test('the lock file knows the builds of every platform', () => {
  // npm leaves out what the registry at hand does not have; elsewhere `npm ci` then refuses the whole file.
  const isLocked = (user: string, name: string) => {
    for (let folder = user; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
      if (folder === '') return false;
    }
  };
  const missing = Object.entries(lock.packages).flatMap(([user, locked]) =>
    Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
      .filter((name) => !isLocked(user, name))
      .map((name) => `${user} needs ${name}`),
  );
  expect(missing).toEqual([]);
});
