import { BrowserWindow, dialog, ipcMain } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent, OpenDialogOptions, WebContents } from 'electron';
import { channels } from './channels.ts';
import type { PathKind } from './channels.ts';
import { isPageUrl } from './page-address.ts';

export interface PageRequestHandlers {
  readonly onRequestPort: (contents: WebContents) => void;
  readonly onKeepAwake: (contents: WebContents, isReading: boolean) => void;
}

const dialogProperties: Readonly<Record<PathKind, OpenDialogOptions['properties']>> = {
  folder: ['openDirectory'],
  files: ['openFile', 'multiSelections'],
};

/** Answers the three things a page may ask of the shell; from anything but our page's main frame, nothing. */
export function answerPageRequests({ onRequestPort, onKeepAwake }: PageRequestHandlers): void {
  ipcMain.on(channels.requestPort, (event) => {
    if (isFromPage(event)) onRequestPort(event.sender);
  });
  ipcMain.on(channels.keepAwake, (event, isReading: unknown) => {
    if (isFromPage(event) && typeof isReading === 'boolean') onKeepAwake(event.sender, isReading);
  });
  ipcMain.handle(
    channels.choosePaths,
    async (event, kind: unknown): Promise<readonly string[] | undefined> => {
      if (!isFromPage(event)) throw new Error('not permitted');
      if (kind !== 'folder' && kind !== 'files') throw new Error('invalid input');
      const window = BrowserWindow.fromWebContents(event.sender);
      if (!window) return undefined;
      const properties = dialogProperties[kind];
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        ...(properties && { properties }),
      });
      return canceled ? undefined : filePaths;
    },
  );
}

/** Anything that runs in the window could send a message: a frame of another site, a page on its way out. */
function isFromPage(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isPageUrl(frame.url);
}
