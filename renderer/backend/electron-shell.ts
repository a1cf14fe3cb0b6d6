import { SHELL_BRIDGE } from '#shared/contract/shell-bridge.ts';
import type { ShellBridge } from '#shared/contract/shell-bridge.ts';
import type { ImportSource, Shell } from './shell.ts';

/** What Electron's preload puts on the window; see `electron/shell`. */
interface PreloadWindow {
  readonly [SHELL_BRIDGE]?: ShellBridge;
}

/** In Electron files have paths, and the backend reads them itself. */
export function createElectronShell(window: object): Shell | undefined {
  const preload = (window as PreloadWindow)[SHELL_BRIDGE];
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
