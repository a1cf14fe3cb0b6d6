import { BrowserWindow } from 'electron';
import type { BrowserWindowConstructorOptions, WebContents } from 'electron';
import { PAGE_ORIGIN, isPageUrl } from './page-address.ts';

export interface WindowOptions {
  readonly preloadFile: string;
  readonly mayInspect: boolean;
}

/** Every window is made of these: a sandboxed page that knows nothing of Node, and is never slowed down. */
export function windowOptions({ preloadFile, mayInspect }: WindowOptions): BrowserWindowConstructorOptions {
  return {
    width: 1600,
    height: 1000,
    show: false,
    backgroundColor: '#000000',
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: mayInspect,
      // Minimised or covered, it goes on receiving, decoding and counting time.
      backgroundThrottling: false,
    },
  };
}

/** Opens the page; resolves when it can be seen. */
export async function openWindow(
  options: WindowOptions,
  language: 'ja' | 'en' | undefined,
): Promise<BrowserWindow> {
  const window = new BrowserWindow(windowOptions(options));
  const shown = new Promise<void>((resolve) => {
    window.once('ready-to-show', () => {
      window.maximize();
      window.show();
      resolve();
    });
  });
  await window.loadURL(`${PAGE_ORIGIN}/${language === undefined ? '' : `?lang=${language}`}`);
  await shown;
  return window;
}

export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Whatever a page tries, it shows our page or nothing, and opens windows of our page or none. */
export function lockNavigation(contents: WebContents, options: WindowOptions): void {
  contents.on('will-navigate', (event) => {
    if (!isPageUrl(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    // The page has no frames: only its main one may go anywhere, and only within itself.
    if (!event.isMainFrame || !isPageUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) =>
    isPageUrl(url)
      ? { action: 'allow', overrideBrowserWindowOptions: { ...windowOptions(options), show: true } }
      : { action: 'deny' },
  );
}
