import { z } from 'zod';

/** The line on stdout of a start without a window; programs read it. */
export const ReadyLine = z.strictObject({
  event: z.literal('ready'),
  /** Opens the workstation in any browser of this machine, as often as one likes. */
  url: z.url(),
  dicomweb: z.url(),
  /** For `Authorization: Bearer` on `dicomweb`. */
  token: z.string(),
  dataDir: z.string(),
});
export type ReadyLine = z.infer<typeof ReadyLine>;

/** Why a workstation could not start; the launcher and the shell have a sentence for each. */
export interface StartFailure {
  readonly event: 'failed';
  /** Key of the sentence in the `shell` texts. */
  readonly code: string;
  /** For developers, in English. */
  readonly detail: string;
  /** Which process has the data folder, where that is what is wrong and it can be known. */
  readonly holderPid?: number;
  /** The workstation that has it was asked to show its window, and does. */
  readonly isShownElsewhere?: boolean;
  /** It has no window of its own; this opens one, soon. */
  readonly windowUrl?: string;
}

/** A second workstation on this machine, with the simulated microscope. */
export interface TrialWorkstation {
  readonly dataDir: string;
  /** Opens it, soon. */
  readonly url: string;
  /** A window of its own is open already. */
  readonly isShown: boolean;
}

/** What a backend process tells whoever started it. */
export type BackendReport =
  | ReadyLine
  | StartFailure
  /** Windows that are connected now. */
  | { readonly event: 'pages'; readonly count: number }
  /** Good for one window within a minute: it stands in the process list. */
  | { readonly event: 'window-address'; readonly url: string }
  /** Somebody started the same workstation again: bring its window to the front. */
  | { readonly event: 'show-window' }
  /** Somebody wants to try both ends of the link: start a second workstation. */
  | { readonly event: 'start-trial' }
  | BulkPageWish;

/** From now on the page without a face that carries files has to run, or no longer. */
export interface BulkPageWish {
  readonly event: 'bulk-page';
  readonly isWanted: boolean;
}

/** Where that page lies, and where it connects: it is not counted among the windows. */
export const BULK_PAGE = '/carrier.html';
export const FACELESS_RPC = '/rpc?page=carrier';

/** What the launcher asks of a backend process on loopback, or answers. */
export type LauncherOrder =
  | { readonly order: 'new-window-address' | 'stop' }
  | { readonly order: 'trial-started'; readonly trial: TrialWorkstation }
  | { readonly order: 'trial-failed'; readonly detail: string };
