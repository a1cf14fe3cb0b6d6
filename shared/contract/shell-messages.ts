import type { BackendReport, LauncherOrder } from './launch.ts';

/** Where the backend answers the shell's requests for bytes: a Unix socket or a named pipe. */
export interface EndpointAddress {
  readonly socketPath: string;
  /** For `Authorization: Bearer`. */
  readonly token: string;
}

/** What the backend tells the shell that started it as a utility process. */
export type BackendToShell =
  | { readonly event: 'serving'; readonly endpoint: EndpointAddress }
  | Extract<BackendReport, { event: 'failed' | 'show-window' | 'bulk-page' | 'start-trial' }>
  | {
      readonly event: 'start-helper';
      readonly id: number;
      readonly role: string;
      readonly execArgv: readonly string[];
      readonly args: readonly string[];
    }
  | { readonly event: 'end-helper'; readonly id: number };

/** What the shell tells the backend; the first two bring a port along. */
export type ShellToBackend =
  | { readonly order: 'connect-page' }
  | { readonly order: 'helper-started'; readonly id: number }
  | { readonly order: 'helper-ended'; readonly id: number; readonly code: number | null }
  | Extract<LauncherOrder, { order: `trial-${string}` }>
  | { readonly order: 'stop' };
