import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stampOf } from '#page/page-build.ts';

const STAMP_FILE = 'build-stamp';
const sources = ['electron', 'shared', 'resources', 'package-lock.json'];

const PROCESSES = 'electron/backend/processes';

/** Programs of the application, by the name of their bundle in `out/electron`: main, backend, each helper and each thread. */
function shellEntries(root: string): Record<string, string> {
  const programs = readdirSync(path.join(root, PROCESSES))
    .filter((file) => /^(?!helper).*-(process|thread)\.ts$/.test(file))
    .map((file) => [file.replace(/\.ts$/, ''), `${PROCESSES}/${file}`]);
  return {
    main: 'electron/shell/main.ts',
    backend: 'electron/backend/in-electron.ts',
    'main-process': 'electron/device-host/main-process.ts',
    'stage-process': 'electron/device-host/simulated/stage-process.ts',
    ...Object.fromEntries(programs),
  };
}

/** Bundles what Electron runs unless `out/electron` is made from the same sources. Returns its folder. */
export async function ensureShellBuilt(root: string, announce: () => void): Promise<string> {
  const shellDir = path.join(root, 'out', 'electron');
  const stamp = stampOf(root, sources);
  if (builtFrom(shellDir) === stamp) return shellDir;
  announce();
  const freshDir = `${shellDir}.${process.pid}`;
  try {
    await bundle(root, freshDir, shellEntries(root), 'es');
    // A sandboxed preload script has to be a CommonJS file.
    await bundle(root, freshDir, { preload: 'electron/shell/preload.ts' }, 'cjs');
    writeFileSync(path.join(freshDir, STAMP_FILE), stamp);
    rmSync(shellDir, { recursive: true, force: true });
    renameSync(freshDir, shellDir);
  } catch (error) {
    // Another start may have been faster; what it built is as good as ours.
    if (builtFrom(shellDir) !== stamp) throw error;
  } finally {
    rmSync(freshDir, { recursive: true, force: true });
  }
  return shellDir;
}

/** Our own TypeScript in one file each; packages stay in `node_modules`, Electron and Node are there anyway. */
async function bundle(
  root: string,
  outDir: string,
  entries: Readonly<Record<string, string>>,
  format: 'es' | 'cjs',
): Promise<void> {
  const { build } = await import('vite');
  const input = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, path.join(root, file)]),
  );
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node24',
      minify: false,
      rollupOptions: {
        input,
        external: (id) => !id.startsWith('.') && !id.startsWith('#') && !path.isAbsolute(id),
        output: { format, entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js' },
      },
    },
  });
}

function builtFrom(shellDir: string): string | undefined {
  try {
    return readFileSync(path.join(shellDir, STAMP_FILE), 'utf8');
  } catch {
    return undefined;
  }
}
