import type { ImportSource, Shell } from './shell.ts';

/** What Electron's preload puts on the window; see `electron/shell`. */
interface PreloadWindow {
  readonly enkakuShell?: {
    pathForFile(file: File): string;
    chooseFolder(): Promise<string | undefined>;
    chooseFiles(): Promise<readonly string[] | undefined>;
  };
}

/** In Electron files have paths, and the backend reads them itself. */
export function createElectronShell(window: object): Shell | undefined {
  const preload = (window as PreloadWindow).enkakuShell;
  if (!preload) return undefined;
  const source = (paths: readonly string[]): ImportSource | undefined =>
    paths.length > 0 ? { kind: 'paths', paths } : undefined;
  return {
    chooseFolder: async () => {
      const path = await preload.chooseFolder();
      return source(path === undefined ? [] : [path]);
    },
    chooseFiles: async () => source((await preload.chooseFiles()) ?? []),
    dropped: (transfer) =>
      source([...transfer.files].map((file) => preload.pathForFile(file)).filter((path) => path !== '')),
    chooseTargetFolder: () => preload.chooseFolder(),
  };
}
