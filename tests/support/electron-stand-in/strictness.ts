import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** What the whole stand-in shares: is the app ready, and is a call one that the documentation knows? */
export const state = { isReady: false };

export function requireReady(call: string): void {
  if (!state.isReady) throw new Error(`${call} cannot be used before the app is ready`);
}

export function requireNotReady(call: string): void {
  if (state.isReady) throw new Error(`${call} can only be called before the app is ready`);
}

const electronDir = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
const typings = readFileSync(path.join(electronDir, 'electron.d.ts'), 'utf8');
const knownKeys = new Map<string, ReadonlySet<string>>();

/** The members that the installed Electron's own typings document for a structure. */
export function documentedKeys(structure: string): ReadonlySet<string> {
  const known = knownKeys.get(structure);
  if (known) return known;
  const match = new RegExp(`\\n  interface ${structure} (?:extends (\\w+) )?\\{([\\s\\S]*?)\\n  \\}`).exec(
    typings,
  );
  if (!match) throw new Error(`Electron's typings have no ${structure}`);
  const [, parent, body = ''] = match;
  const own = [...body.matchAll(/\n {4}(?:readonly )?(\w+)\??:/g)].map((key) => key[1] ?? '');
  const keys = new Set([...own, ...(parent === undefined ? [] : documentedKeys(parent))]);
  knownKeys.set(structure, keys);
  return keys;
}

/** A key that is not documented would be ignored by Electron, which hides mistakes. */
export function requireKeys(call: string, options: object, structure: string): void {
  const documented = documentedKeys(structure);
  const unknown = Object.keys(options).filter((key) => !documented.has(key));
  if (unknown.length > 0) throw new TypeError(`${call} knows no ${unknown.join(', ')}`);
}

/** Permissions that Electron's typings list for the two handlers. */
export function documentedPermissions(): string[] {
  const match =
    /setPermissionRequestHandler\(handler: \(\(webContents: WebContents, permission: ([^,]*),/.exec(typings);
  return [...(match?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map((permission) => permission[1] ?? '');
}
