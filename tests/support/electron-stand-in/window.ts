import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { asPagePort } from './ports.ts';
import type { MessagePortMain } from './ports.ts';
import { protocol } from './session.ts';
import { requireKeys, requireReady } from './strictness.ts';

type WindowOptions = Readonly<Record<string, unknown>> & {
  readonly webPreferences?: Readonly<Record<string, unknown>>;
};
type OpenHandler = (details: { url: string }) => {
  action: 'allow' | 'deny';
  overrideBrowserWindowOptions?: WindowOptions;
};

/** A frame as `ipcMain` sees it. */
export interface Frame {
  readonly url: string;
  readonly parent: Frame | null;
}

export class WebContents extends EventEmitter {
  readonly mainFrame: Frame & { url: string } = { url: '', parent: null };
  readonly history: string[] = [];
  openHandler: OpenHandler | undefined;
  #isDestroyed = false;
  /** Not Electron's: the preload script's side of this page, if a test has made one. */
  onPostMessage: ((channel: string, message: unknown, ports: readonly unknown[]) => void) | undefined;

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const data = structuredClone(message);
    this.onPostMessage?.(channel, data, transfer.map(asPagePort));
  }

  reload(): void {
    this.history.push('reload');
  }

  async loadURL(url: string): Promise<void> {
    const response = await protocol.request(url);
    if (!response.ok) throw new Error(`ERR_FAILED (-2) loading '${url}'`);
    this.mainFrame.url = url;
  }

  /** Not Electron's: the page tries to go somewhere. True if nobody prevents it. */
  tries(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview',
    url: string,
    isMainFrame = true,
  ): boolean {
    let isPrevented = false;
    this.emit(event, { url, isMainFrame, preventDefault: () => (isPrevented = true) }, {}, {});
    return !isPrevented;
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.emit('destroyed');
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly options: WindowOptions;
  readonly calls: string[] = [];
  #isMinimized = false;

  constructor(options: WindowOptions = {}) {
    requireReady('BrowserWindow');
    super();
    checkWindowOptions(options);
    this.options = options;
    app.windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...app.windows] as BrowserWindow[];
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.webContents === contents) ?? null;
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url);
    // "usually emitted after the did-finish-load event" when there is something to see.
    setImmediate(() => this.emit('ready-to-show'));
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }
  minimize(): void {
    this.#isMinimized = true;
  }
  restore(): void {
    this.#isMinimized = false;
    this.calls.push('restore');
  }
  maximize(): void {
    this.calls.push('maximize');
  }
  show(): void {
    this.calls.push('show');
  }
  focus(): void {
    this.calls.push('focus');
  }

  isDestroyed(): boolean {
    return this.webContents.isDestroyed();
  }

  /** "Force closing the window ... the unload and beforeunload event won't be emitted ... the close event will also not be emitted ... but it guarantees the closed event will be emitted." */
  destroy(): void {
    this.close();
  }

  close(): void {
    if (!app.windows.delete(this)) return;
    this.webContents.destroy();
    this.emit('closed');
    if (app.windows.size === 0 && app.exitCode === undefined) app.emit('window-all-closed');
  }
}

export function checkWindowOptions(options: WindowOptions): void {
  requireKeys('BrowserWindow', options, 'BrowserWindowConstructorOptions');
  requireKeys('webPreferences', options.webPreferences ?? {}, 'WebPreferences');
}
