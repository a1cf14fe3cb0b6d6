import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { FetchDownloader, downloadArtifact } from '@electron/get';
import type { Downloader, FetchDownloaderOptions } from '@electron/get';
import type { SentenceKey, Values } from './sentences.ts';

export type ElectronBinary = { readonly executable: string } | { readonly unavailableBecause: string };

export interface ElectronSearch {
  readonly root: string;
  /** Somebody asked for Electron: try again even if it could not be had a while ago. */
  readonly isRequired: boolean;
  readonly announce: (key: SentenceKey, values?: Values) => void;
}

/** A closed network may also swallow packets: whoever waits for an answer waits for this long at most. */
const PROBE_TIMEOUT_MS = 4_000;
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;
const REMEMBERED_MS = 12 * 60 * 60_000;

/** Electron's binary: the one that is there, the one that can be downloaded, or why there is none. */
export async function findElectron({ root, isRequired, announce }: ElectronSearch): Promise<ElectronBinary> {
  const packageDir = path.join(root, 'node_modules', 'electron');
  if (!existsSync(packageDir)) return { unavailableBecause: 'node_modules/electron is missing' };
  const installed = installedElectron(packageDir);
  if (installed !== undefined) return { executable: installed };

  const memory = path.join(root, 'out', 'electron-unavailable.json');
  const remembered = isRequired ? undefined : rememberedFailure(memory);
  if (remembered !== undefined) return { unavailableBecause: remembered };
  try {
    announce('electron-looking', { seconds: PROBE_TIMEOUT_MS / 1000 });
    await downloadElectron(packageDir, announce);
    const executable = installedElectron(packageDir);
    if (executable === undefined) throw new Error('the download is incomplete');
    rmSync(memory, { force: true });
    return { executable };
  } catch (error) {
    const reason = reasonOf(error);
    mkdirSync(path.dirname(memory), { recursive: true });
    writeFileSync(memory, JSON.stringify({ atMs: Date.now(), reason }));
    return { unavailableBecause: reason };
  }
}

/** Where the `electron` package keeps the binary it has unpacked; undefined if it has not. */
export function installedElectron(packageDir: string): string | undefined {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const pathFile = path.join(packageDir, 'path.txt');
  const isUnpacked = existsSync(pathFile);
  if (!isUnpacked && override === undefined) return undefined;
  const executable = path.join(
    override ?? path.join(packageDir, 'dist'),
    isUnpacked ? readFileSync(pathFile, 'utf8') : 'electron',
  );
  return existsSync(executable) ? executable : undefined;
}

async function downloadElectron(packageDir: string, announce: ElectronSearch['announce']): Promise<void> {
  const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(packageDir, file), 'utf8'));
  const { version } = readJson('package.json') as { version: string };
  const downloader: Downloader<FetchDownloaderOptions> = {
    // Only reached when the zip is not in the cache yet.
    download: async (url, target) => {
      await probe(url);
      announce('electron-downloading');
      const signal = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
      await new FetchDownloader().download(url, target, { quiet: true, signal });
    },
  };
  await downloadArtifact({
    version,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    // Of the lock file's package, so that only the very binary it was released with is accepted.
    checksums: readJson('checksums.json') as Record<string, string>,
    downloader,
  });
  await unpack(packageDir);
}

async function probe(url: string): Promise<void> {
  const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${new URL(url).host} answers ${response.status}`);
}

/** The package's own installer finds the zip in the cache and unpacks it. */
function unpack(packageDir: string): Promise<void> {
  const installer = createRequire(path.join(packageDir, 'package.json')).resolve('./install.js');
  const child = spawn(process.execPath, [installer], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`unpacking ended with ${code}`))));
  });
}

function rememberedFailure(memory: string): string | undefined {
  try {
    const { atMs, reason } = JSON.parse(readFileSync(memory, 'utf8')) as { atMs: number; reason: string };
    const ageMs = Date.now() - atMs;
    return ageMs >= 0 && ageMs < REMEMBERED_MS ? reason : undefined;
  } catch {
    return undefined;
  }
}

/** "fetch failed" says nothing; what is under it does. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return `no answer within ${PROBE_TIMEOUT_MS / 1000} s`;
  return (cause?.code ?? cause?.message ?? message).split('\n')[0] ?? '';
}
