import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const STAMP_FILE = 'build-stamp';
/** Everything the built page is made from. */
const sources = ['renderer', 'shared', 'resources', 'package-lock.json'];

/** Builds the page unless the one in `out/renderer` is made from the same sources. Returns its folder. */
export async function ensurePageBuilt(root: string, announce: (sentence: string) => void): Promise<string> {
  const pageDir = path.join(root, 'out', 'renderer');
  const stampFile = path.join(pageDir, STAMP_FILE);
  const stamp = sourceStamp(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return pageDir;
  announce('画面を準備しています… / Preparing the screen…');
  const { build } = await import('vite');
  // Built aside and renamed, so that two starts at once never serve half a page.
  const freshDir = `${pageDir}.${process.pid}`;
  await build({
    configFile: path.join(root, 'renderer', 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: freshDir },
  });
  writeFileSync(path.join(freshDir, STAMP_FILE), stamp);
  rmSync(pageDir, { recursive: true, force: true });
  try {
    renameSync(freshDir, pageDir);
  } catch (error) {
    rmSync(freshDir, { recursive: true, force: true });
    if (!existsSync(stampFile)) throw error;
  }
  return pageDir;
}

function sourceStamp(root: string): string {
  const hash = createHash('sha256');
  const add = (file: string) => {
    const info = statSync(file);
    if (info.isDirectory()) {
      for (const name of readdirSync(file).sort()) add(path.join(file, name));
    } else {
      hash.update(`${path.relative(root, file)} ${info.size} ${info.mtimeMs}\n`);
    }
  };
  for (const source of sources) add(path.join(root, source));
  return hash.digest('hex');
}
