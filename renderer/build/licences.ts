import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

interface LockedPackage {
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, LockedPackage>>;

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Empty where the package brings no licence file. */
  readonly text: string;
}

/** Writes `licences.json` beside the page: the licence of every package in the page or in the backend. */
export function licences(root: string): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(collect(root)) });
    },
  };
}

/** Rather one too many than one too few: what a package depends on counts, used or not. */
export function collect(root: string): readonly Licence[] {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Lock;
  };
  const folders = new Set(Object.keys(packages).filter((folder) => folder !== '' && !packages[folder]?.dev));
  for (const name of importedByThePage(path.join(root, 'renderer')))
    addWithDependencies(name, '', packages, folders);
  // Installed in several places, named once.
  const byPackage = new Map<string, Licence>();
  for (const folder of folders) {
    const licence = licenceOf(path.join(root, folder));
    if (licence) byPackage.set(`${licence.name}@${licence.version}`, licence);
  }
  return [...byPackage.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function importedByThePage(folder: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(tsx?|css)$/.test(entry) || /^build|vite\.config/.test(entry)) continue;
    const text = readFileSync(path.join(folder, entry), 'utf8');
    const specifiers = text.matchAll(/(?:from|import|@import)\s*\(?\s*['"]((?:@[^/'"]+\/)?[^#./'"][^/'"]*)/g);
    for (const [, name] of specifiers) if (name !== undefined) names.add(name);
  }
  return names;
}

function addWithDependencies(name: string, from: string, packages: Lock, folders: Set<string>): void {
  const folder = resolveFolder(name, from, packages);
  if (folder === undefined || folders.has(folder)) return;
  folders.add(folder);
  const { dependencies = {}, peerDependencies = {} } = packages[folder] ?? {};
  for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
    addWithDependencies(dependency, folder, packages, folders);
  }
}

/** As Node finds it: in the nearest `node_modules` above. */
function resolveFolder(name: string, from: string, packages: Lock): string | undefined {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    const folder = `${place === '' ? '' : `${place}/`}node_modules/${name}`;
    if (packages[folder]) return folder;
    if (place === '') return undefined;
  }
}

/** Undefined for packages of other platforms, which are locked but not installed. */
function licenceOf(folder: string): Licence | undefined {
  let described: { name?: string; version?: string; license?: string };
  try {
    described = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as typeof described;
  } catch {
    return undefined;
  }
  const { name, version } = described;
  if (name === undefined || version === undefined) return undefined;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return {
    name,
    version,
    licence: described.license ?? '—',
    text: file === undefined ? '' : readFileSync(path.join(folder, file), 'utf8'),
  };
}
