import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST_FILE } from './page-files.ts';
import type { PageManifest } from './page-files.ts';

/** Everything the built page is made from. */
const sources = ['renderer', 'shared', 'resources', 'package-lock.json'];

/** The page a person sees, and the one that carries files without anybody seeing it. */
const pages = ['renderer/index.html', 'renderer/carrier.html'];

/**
 * Builds the page unless the one in `out/renderer` is made from the same sources. Returns its folder.
 * A packaged program brings the page with it and never gets here.
 */
export async function ensurePageBuilt(root: string, announce: () => void): Promise<string> {
  const pageDir = path.join(root, 'out', 'renderer');
  // The one flag that changes what is built.
  const stamp = stampOf(root, sources) + (process.env['VITE_WITHOUT_NOTICE'] ?? '');
  if (builtFrom(pageDir) === stamp) return pageDir;
  announce();
  const { build } = await import('vite');
  const freshDir = `${pageDir}.${process.pid}`;
  try {
    await build({
      configFile: path.join(root, 'renderer', 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: freshDir, rollupOptions: { input: pages.map((file) => path.join(root, file)) } },
    });
    writeFileSync(
      path.join(freshDir, MANIFEST_FILE),
      JSON.stringify({ stamp, files: filesBelow(freshDir) } satisfies PageManifest),
    );
    putInPlace(freshDir, pageDir, stamp);
  } finally {
    rmSync(freshDir, { recursive: true, force: true });
  }
  return pageDir;
}

/** Built aside and renamed, so that two starts at once never serve half a page. */
function putInPlace(freshDir: string, pageDir: string, stamp: string): void {
  const oldDir = `${freshDir}.old`;
  try {
    renameSync(pageDir, oldDir);
  } catch {
    // There was none, or another start has just taken it away.
  }
  try {
    renameSync(freshDir, pageDir);
  } catch (error) {
    // Another start was faster; its page is as good as ours if it is made from the same sources.
    if (builtFrom(pageDir) !== stamp) throw error;
  } finally {
    rmSync(oldDir, { recursive: true, force: true });
  }
}

function builtFrom(pageDir: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(path.join(pageDir, MANIFEST_FILE), 'utf8')) as PageManifest).stamp;
  } catch {
    return undefined;
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
}

/** Names, sizes and times of every source; the time a build takes, not a security measure. */
export function stampOf(root: string, names: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (file: string) => {
    const info = statSync(file, { throwIfNoEntry: false });
    if (info?.isDirectory()) {
      for (const name of readdirSync(file).sort()) add(path.join(file, name));
    } else {
      hash.update(`${path.relative(root, file)} ${info?.size} ${info?.mtimeMs}\n`);
    }
  };
  for (const name of names) add(path.join(root, name));
  return hash.digest('hex');
}
