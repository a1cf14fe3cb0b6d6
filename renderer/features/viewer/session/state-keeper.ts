import type { ViewerState } from '#shared/contract/viewing.ts';
import { goTo, parseAddress } from '#renderer/ui/address.ts';
import { decodeState, encodeState } from './addressed-state.ts';
import type { ViewerSession } from './viewer-session.ts';

const ADDRESS_AFTER_MS = 400;
const STORED_AFTER_MS = 2000;

/** The parts of the address that belong to the viewer. */
export interface ViewerAddress {
  readonly state: ViewerState | undefined;
  /** Further studies to show beside the opened one. */
  readonly withStudies: readonly number[];
}

export function viewerAddress(): ViewerAddress {
  const { query } = parseAddress(window.location.hash);
  return {
    state: decodeState(query['view']),
    withStudies: (query['with'] ?? '').split(',').map(Number).filter(Number.isInteger).filter(Boolean),
  };
}

/**
 * Keeps what is on the screen in the address, so that another window can show it, and in the backend, so
 * that the study opens where it was left.
 */
export class StateKeeper {
  readonly #session: ViewerSession;
  #addressTimer: ReturnType<typeof setTimeout> | undefined;
  #storeTimer: ReturnType<typeof setTimeout> | undefined;
  #stored = '';

  constructor(session: ViewerSession) {
    this.#session = session;
  }

  /** Something that belongs to the state may have changed. */
  changed(): void {
    this.#addressTimer ??= setTimeout(() => this.#writeAddress(), ADDRESS_AFTER_MS);
    this.#storeTimer ??= setTimeout(() => void this.store(), STORED_AFTER_MS);
  }

  capture(): ViewerState {
    const { layout } = this.#session;
    const { hanging } = this.#session.model.getState();
    return {
      rows: layout.rows,
      columns: layout.columns,
      panes: layout.panes.map((_, pane) => this.#session.controller(pane)?.state() ?? null),
      activePane: layout.activePane,
      isMaximised: layout.isMaximised,
      hanging: hanging ? { ruleId: hanging.hung.ruleId, stage: hanging.stage } : null,
    };
  }

  /** The address under which another window shows the same. */
  address(): string {
    const { path, query } = parseAddress(window.location.hash);
    const search = new URLSearchParams({ ...query, view: encodeState(this.capture()) });
    return `${window.location.pathname}${window.location.search}#/${path.join('/')}?${search.toString()}`;
  }

  async store(): Promise<void> {
    clearTimeout(this.#storeTimer);
    this.#storeTimer = undefined;
    const state = this.capture();
    const text = JSON.stringify(state);
    if (text === this.#stored || state.panes.every((pane) => pane === null)) return;
    try {
      await this.#session.backend.viewing.saveViewerState({ studyKey: this.#session.studyKey, state });
      this.#stored = text;
    } catch {
      // Only a convenience: the next change tries again.
    }
  }

  dispose(): void {
    clearTimeout(this.#addressTimer);
    if (this.#storeTimer !== undefined) void this.store();
  }

  #writeAddress(): void {
    this.#addressTimer = undefined;
    const { path, query } = parseAddress(window.location.hash);
    const state = this.capture();
    if (path[1] !== 'study' || state.panes.every((pane) => pane === null)) return;
    goTo(path, { ...query, view: encodeState(state) }, { replace: true });
  }
}
