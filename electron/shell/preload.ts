// Runs sandboxed in every page: gives it five fixed functions, and neither Electron nor an event object.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { SHELL_BRIDGE, SHELL_PORT_MESSAGE } from '#shared/contract/shell-bridge.ts';
import type { ShellBridge } from '#shared/contract/shell-bridge.ts';
import { channels } from './channels.ts';
import type { PathKind } from './channels.ts';

/** The page's global scope, as far as this script needs it. */
declare const window: {
  readonly location: { readonly origin: string };
  postMessage(message: string, targetOrigin: string, transfer: readonly unknown[]): void;
};

const choosePaths = (kind: PathKind) =>
  ipcRenderer.invoke(channels.choosePaths, kind) as Promise<readonly string[] | undefined>;

const bridge: ShellBridge = {
  requestPort: () => ipcRenderer.send(channels.requestPort),
  pathForFile: (file) => webUtils.getPathForFile(file as File),
  chooseFolder: async () => (await choosePaths('folder'))?.[0],
  chooseFiles: () => choosePaths('files'),
  keepAwake: (isReading) => ipcRenderer.send(channels.keepAwake, isReading),
};

contextBridge.exposeInMainWorld(SHELL_BRIDGE, bridge);

// A port cannot cross the context bridge; a window message to the page's own origin can carry it.
ipcRenderer.on(channels.port, (event) => {
  window.postMessage(SHELL_PORT_MESSAGE, window.location.origin, event.ports);
});
