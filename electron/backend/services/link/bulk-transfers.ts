import type { PageContracts } from '#shared/contract/page.ts';
import type { ServiceClient } from '#shared/rpc/connect.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Log } from '#backend/log.ts';
import type { BulkStore } from './bulk-store.ts';

export interface BulkTransfersOptions {
  readonly store: BulkStore;
  /** The page that carries files, if one does now. */
  readonly carrier: () =>
    | Pick<ServiceClient<PageContracts['carrier']>, 'sendBulk' | 'cancelBulk' | 'yieldBulk'>
    | undefined;
  /** Told whenever `carrier` may answer something else. */
  readonly onCarrierChange: (listener: () => void) => () => void;
  /** Opens that page, or lets it go. */
  readonly wantPage: (isWanted: boolean) => void;
  readonly log: Log;
}

/** Longer than from one word of the moving stage to the next, shorter than anybody waits for a still. */
export const YIELD_MS = 300;
export const YIELD_AGAIN_MS = 100;

interface Waiting {
  readonly transferId: string;
  readonly sizeBytes: number;
  isRunning: boolean;
}

/**
 * Files to be sent to the other workstation in this session. Each is given to whichever page carries
 * files, and to the next one if that page ends; the page itself goes on over every new connection.
 */
export class BulkTransfers {
  readonly #options: BulkTransfersOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #unsubscribe: () => void;
  #isOpen = false;
  #yieldedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: BulkTransfersOptions) {
    this.#options = options;
    this.#unsubscribe = options.onCarrierChange(() => this.#sendAll());
  }

  /** A session has begun: files may be sent. */
  open(): void {
    this.#isOpen = true;
    this.#options.wantPage(true);
  }

  /** The session is over: whatever has not arrived is given up. */
  end(): void {
    this.#isOpen = false;
    for (const transferId of this.#waiting.keys()) this.cancel(transferId);
    this.#options.wantPage(false);
  }

  /** Begins to send a file, which has to stay where it is meanwhile; undefined if there is no session. */
  async send(file: string): Promise<string | undefined> {
    if (!this.#isOpen) return undefined;
    const { transferId, sizeBytes } = await this.#options.store.offer(file);
    this.#waiting.set(transferId, { transferId, sizeBytes, isRunning: false });
    this.#sendAll();
    return transferId;
  }

  /** The stage is moving: said as often as it is seen. */
  yieldToSteering(): void {
    const nowMs = performance.now();
    if (this.#waiting.size === 0 || nowMs - this.#yieldedAtMs < YIELD_AGAIN_MS) return;
    this.#yieldedAtMs = nowMs;
    void this.#options
      .carrier()
      ?.yieldBulk({ forMs: YIELD_MS })
      .catch(() => {});
  }

  cancel(transferId: string): void {
    if (!this.#waiting.delete(transferId)) return;
    this.#options.store.withdraw(transferId);
    void this.#options
      .carrier()
      ?.cancelBulk({ transferId })
      .catch(() => {});
  }

  close(): void {
    this.#unsubscribe();
    this.end();
  }

  #sendAll(): void {
    for (const waiting of this.#waiting.values()) {
      if (!waiting.isRunning) void this.#run(waiting);
    }
  }

  async #run(waiting: Waiting): Promise<void> {
    const { transferId, sizeBytes } = waiting;
    const carrier = this.#options.carrier();
    if (!carrier) return;
    waiting.isRunning = true;
    try {
      await carrier.sendBulk({ transferId, sizeBytes });
      this.#finish(transferId);
    } catch (error) {
      // The page has ended: the next one goes on. Anything else was said by the other end, or about the file.
      const isPageGone = error instanceof RpcError && error.code === 'disconnected';
      if (!isPageGone) {
        this.#options.log.warn({ err: error, transferId }, 'a file was not sent');
        this.#finish(transferId);
      }
    } finally {
      waiting.isRunning = false;
    }
    if (this.#waiting.has(transferId)) this.#sendAll();
  }

  #finish(transferId: string): void {
    this.#waiting.delete(transferId);
    this.#options.store.withdraw(transferId);
  }
}
