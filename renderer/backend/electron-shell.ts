import type { ImportSource, Shell } from './shell.ts';

/** What Electron's preload puts on the window. */
interface ShellBridge {
  pathForFile(file: object): string;
  choosePaths(kind: 'folders' | 'files'): Promise<readonly string[]>;
  keepAwake(isReading: boolean): void;
}

/** In Electron files have paths, and the backend reads them itself. Undefined in a browser's window. */
export function createElectronShell(page: object): Shell | undefined {
  const bridge = (page as { readonly enkakuShell?: ShellBridge }).enkakuShell;
  if (!bridge) return undefined;
  const source = (paths: readonly string[]): ImportSource | undefined =>
    paths.length > 0 ? { kind: 'paths', paths } : undefined;
  return {
    chooseFolder: async () => source(await bridge.choosePaths('folders')),
    chooseFiles: async () => source(await bridge.choosePaths('files')),
    dropped: (transfer) =>
      source([...transfer.files].map((file) => bridge.pathForFile(file)).filter((path) => path !== '')),
    chooseTargetFolder: async () => (await bridge.choosePaths('folders'))[0],
    keepAwake: (isReading) => bridge.keepAwake(isReading),
  };
}
