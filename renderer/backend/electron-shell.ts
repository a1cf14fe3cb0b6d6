import { SHELL_BRIDGE } from '#shared/contract/shell-bridge.ts';
import type { ShellBridge } from '#shared/contract/shell-bridge.ts';
import type { ImportSource, Shell } from './shell.ts';

/** What Electron's preload puts on the window; see `electron/shell`. */
interface PreloadWindow {
  readonly [SHELL_BRIDGE]?: ShellBridge;
}

/** In Electron files have paths, and the backend reads them itself. Undefined in a browser's window. */
export function createElectronShell(page: object): Shell | undefined {
  const bridge = (page as PreloadWindow)[SHELL_BRIDGE];
  if (!bridge) return undefined;
  const source = (paths: readonly string[]): ImportSource | undefined =>
    paths.length > 0 ? { kind: 'paths', paths } : undefined;
  return {
    chooseFolder: async () => {
      const path = await bridge.chooseFolder();
      return source(path === undefined ? [] : [path]);
    },
    chooseFiles: async () => source((await bridge.chooseFiles()) ?? []),
    dropped: (transfer) =>
      source([...transfer.files].map((file) => bridge.pathForFile(file)).filter((path) => path !== '')),
    chooseTargetFolder: () => bridge.chooseFolder(),
    keepAwake: (isReading) => bridge.keepAwake(isReading),
  };
}
