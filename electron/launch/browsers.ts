import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

export interface Browser {
  readonly name: string;
  readonly executable: string;
}

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly exists: (file: string) => boolean;
}

const onLinux: readonly [string, string][] = [
  ['Chromium', 'chromium'],
  ['Chromium', 'chromium-browser'],
  ['Google Chrome', 'google-chrome-stable'],
  ['Google Chrome', 'google-chrome'],
  ['Microsoft Edge', 'microsoft-edge-stable'],
  ['Microsoft Edge', 'microsoft-edge'],
];
const onMac: readonly [string, string][] = [
  ['Google Chrome', 'Google Chrome.app/Contents/MacOS/Google Chrome'],
  ['Chromium', 'Chromium.app/Contents/MacOS/Chromium'],
  ['Microsoft Edge', 'Microsoft Edge.app/Contents/MacOS/Microsoft Edge'],
];
const onWindows: readonly [string, string][] = [
  ['Google Chrome', 'Google\\Chrome\\Application\\chrome.exe'],
  ['Microsoft Edge', 'Microsoft\\Edge\\Application\\msedge.exe'],
  ['Chromium', 'Chromium\\Application\\chrome.exe'],
];

const thisMachine: Machine = {
  platform: process.platform,
  env: process.env,
  exists: (file) => existsSync(file) && isExecutable(file),
};

/** The first Chromium-based browser of this machine, or undefined. `ENKAKU_BROWSER` names another one. */
export function findBrowser({ platform, env, exists }: Machine = thisMachine): Browser | undefined {
  const chosen = env['ENKAKU_BROWSER'];
  if (chosen !== undefined && chosen !== '') {
    return exists(chosen) ? { name: path.basename(chosen), executable: chosen } : undefined;
  }
  for (const [name, executable] of candidates(platform, env)) {
    if (exists(executable)) return { name, executable };
  }
  return undefined;
}

function candidates(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): [string, string][] {
  const inFolders = (
    programs: readonly [string, string][],
    folders: readonly string[],
    paths: path.PlatformPath,
  ) =>
    programs.flatMap(([name, file]) =>
      folders.map((folder): [string, string] => [name, paths.join(folder, file)]),
    );
  if (platform === 'win32') {
    const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map((name) => env[name]);
    return inFolders(
      onWindows,
      folders.filter((folder) => folder !== undefined),
      path.win32,
    );
  }
  if (platform === 'darwin') {
    return inFolders(onMac, ['/Applications', `${env['HOME'] ?? ''}/Applications`], path.posix);
  }
  const folders = [
    ...(env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/')),
    '/usr/bin',
    '/snap/bin',
  ];
  return inFolders(onLinux, folders, path.posix);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
