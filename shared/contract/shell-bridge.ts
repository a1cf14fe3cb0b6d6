/** What the preload script gives the page in Electron; absent in a browser's window. */
export interface ShellBridge {
  /** Asks for a connection to the backend: a message `SHELL_PORT_MESSAGE` with one port follows. */
  requestPort(): void;
  /** Where a dropped or chosen `File` lies on disk; empty if it lies nowhere. */
  pathForFile(file: object): string;
  /** What a person chooses in the system's dialog; undefined if the person thought better of it. */
  chooseFolder(): Promise<string | undefined>;
  chooseFiles(): Promise<readonly string[] | undefined>;
  /** While a person reads images, the display stays on. */
  keepAwake(isReading: boolean): void;
}

/** Name of the bridge in the page's global scope. */
export const SHELL_BRIDGE = 'enkakuShell';

/** Data of the window message that carries a port from the preload script to the page. */
export const SHELL_PORT_MESSAGE = 'enkaku-backend-port';
