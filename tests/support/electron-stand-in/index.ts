// Stands for the `electron` module where its binary cannot be had. It follows what Electron's documentation
// says of the few calls that electron/shell makes, and throws where Electron would throw or ignore.
import { app } from './app.ts';
import { ipcMain, requireBridgeable } from './inter-process.ts';
import type { IpcRenderer } from './inter-process.ts';
import { MessageChannelMain } from './ports.ts';
import { protocol, session } from './session.ts';
import { requireKeys, requireReady, state } from './strictness.ts';
import { utilityProcess } from './utility-process.ts';
import { BrowserWindow } from './window.ts';

export { BrowserWindow, MessageChannelMain, app, ipcMain, protocol, session, utilityProcess };

/** What a test lets people and the operating system do. */
export const world = {
  chosenPaths: [] as string[],
  errorBoxes: [] as string[],
  keyStore: { backend: 'gnome_libsecret', isAvailable: true, isBroken: false },
};

export const dialog = {
  showOpenDialog: async (window: unknown, options: object) => {
    requireReady('dialog.showOpenDialog');
    if (!(window instanceof BrowserWindow)) throw new TypeError('the first argument is no window');
    requireKeys('dialog.showOpenDialog', options, 'OpenDialogOptions');
    return { canceled: world.chosenPaths.length === 0, filePaths: world.chosenPaths };
  },
  showErrorBox: (title: string, content: string) => void world.errorBoxes.push(`${title}: ${content}`),
};

export const blockers = new Map<number, string>();
export const powerSaveBlocker = {
  start: (type: string): number => {
    requireReady('powerSaveBlocker.start');
    if (type !== 'prevent-app-suspension' && type !== 'prevent-display-sleep') throw new TypeError(type);
    const id = blockers.size + 1;
    blockers.set(id, type);
    return id;
  },
  stop: (id: number): boolean => blockers.delete(id),
};

export const safeStorage = {
  isAsyncEncryptionAvailable: async () => state.isReady && world.keyStore.isAvailable,
  getSelectedStorageBackend: () => (state.isReady ? world.keyStore.backend : 'unknown'),
  encryptStringAsync: async (plain: string) => Buffer.from(`sealed:${plain}`),
  decryptStringAsync: async (sealed: Buffer) => {
    if (world.keyStore.isBroken) throw new Error('Error while decrypting the ciphertext');
    return { shouldReEncrypt: false, result: sealed.toString().slice('sealed:'.length) };
  },
};

/** The world of one page's preload script; a test puts its own in before it loads the script. */
export const page = {
  exposed: new Map<string, unknown>(),
  ipc: undefined as IpcRenderer | undefined,
  pathsOfFiles: new Map<object, string>(),
};

const ipc = (): IpcRenderer => {
  if (!page.ipc) throw new Error('there is no page');
  return page.ipc;
};

export const contextBridge = {
  exposeInMainWorld: (key: string, api: unknown): void => {
    if (page.exposed.has(key))
      throw new Error('Cannot bind an API on top of an existing property on the window object');
    requireBridgeable(api, key);
    page.exposed.set(key, api);
  },
};

export const ipcRenderer = {
  send: (channel: string, ...args: unknown[]) => ipc().send(channel, ...args),
  invoke: (channel: string, ...args: unknown[]) => ipc().invoke(channel, ...args),
  on: (channel: string, listener: (event: { ports: readonly unknown[] }) => void) =>
    ipc().on(channel, listener),
};

export const webUtils = {
  getPathForFile: (file: object): string => {
    const found = page.pathsOfFiles.get(file);
    if (found === undefined) throw new TypeError('the object is no File');
    return found;
  },
};
