import { browserShell } from './browser-shell.ts';
import { createElectronShell } from './electron-shell.ts';

/** One file of a page that has bytes but no path. */
export interface UploadFile {
  /** Relative to what was chosen: 'CT/series1/image001.dcm'. */
  readonly name: string;
  readonly byteCount: number;
  open(): Promise<Blob>;
}

/** Something a person chose to import. */
export type ImportSource =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  /** `files` finds them as it goes, so that the first ones travel while folders are still being read. */
  | { readonly kind: 'upload'; readonly label: string; readonly files: AsyncIterable<UploadFile> };

/** What a window can do and a page cannot; both shells offer it, each in its way. */
export interface Shell {
  /** A folder to import; undefined if the person thought better of it. */
  chooseFolder(): Promise<ImportSource | undefined>;
  chooseFiles(): Promise<ImportSource | undefined>;
  /** What was dropped on the window; has to be called during the drop event itself. */
  dropped(transfer: DataTransfer): ImportSource | undefined;
  /** While a person reads images, the display stays on; a browser's window does that by itself. */
  readonly keepAwake: (isReading: boolean) => void;
  /** The path of a folder to write to; undefined where pages learn no paths: there it is typed. */
  readonly chooseTargetFolder: (() => Promise<string | undefined>) | undefined;
}

/** The shell this page runs in. */
export const shell: Shell = createElectronShell(window) ?? browserShell;
