import { MAXIMUM_BULK_FRAME_BYTES, decodeBulkFrame, encodeBulkFrame } from '#shared/link/bulk-frame.ts';
import type { BulkFrame } from '#shared/link/bulk-frame.ts';
import type { BulkWire } from './bulk-sender.ts';
import type { PeerHandlers } from './carried-peer.ts';
import type { ChannelOptions } from './live-channels.ts';
import { Peer } from './peer.ts';

const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = 256 * 1024;
/** What the other end may say before its certificate has been compared: the beginnings of its transfers. */
const MAXIMUM_WAITING_FRAMES = 64;

const channels: Readonly<Record<'bulk', ChannelOptions>> = {
  bulk: { id: 1, ordered: true, priority: 'very-low' },
};

export interface BulkPeerOptions extends PeerHandlers {
  readonly onFrame: (frame: BulkFrame) => void;
}

/** The connection of one epoch that carries files: one ordered channel, its buffer never full. */
export class BulkPeer implements BulkWire {
  readonly peer: Peer;
  /** Messages that were no frames. */
  refused = 0;
  readonly #onFrame: (frame: BulkFrame) => void;
  readonly #over = new AbortController();
  readonly #waiting: BulkFrame[] = [];
  #isAccepted = false;

  constructor(options: BulkPeerOptions) {
    this.#onFrame = options.onFrame;
    this.peer = new Peer({
      ...options,
      channels,
      onMessage: (_name, data) => this.#receive(data),
      onLost: (loss) => {
        if (loss === 'failed' || loss === 'closed') this.#over.abort();
        options.onLost(loss);
      },
    });
    const channel = this.peer.channel('bulk');
    if (channel) channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
  }

  /** Aborted when the connection ends. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  signal(text: string): boolean {
    return this.peer.signal(text);
  }

  accept(): void {
    this.#isAccepted = true;
    for (const frame of this.#waiting.splice(0)) this.#onFrame(frame);
  }

  send(frame: BulkFrame): void {
    const channel = this.peer.channel('bulk');
    if (channel?.readyState === 'open') channel.send(encodeBulkFrame(frame));
  }

  async room(): Promise<void> {
    const channel = this.peer.channel('bulk');
    if (!channel || channel.bufferedAmount <= HIGH_WATER_BYTES) {
      this.#over.signal.throwIfAborted();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(this.#over.signal.reason as Error);
      if (this.#over.signal.aborted) abort();
      this.#over.signal.addEventListener('abort', abort, { once: true });
      channel.addEventListener(
        'bufferedamountlow',
        () => {
          this.#over.signal.removeEventListener('abort', abort);
          resolve();
        },
        { once: true },
      );
    });
  }

  close(): void {
    this.#over.abort();
    this.peer.close();
  }

  #receive(data: unknown): void {
    const isFrame = data instanceof ArrayBuffer && data.byteLength <= MAXIMUM_BULK_FRAME_BYTES;
    const frame = isFrame ? decodeBulkFrame(new Uint8Array(data)) : undefined;
    if (!frame) this.refused++;
    else if (this.#isAccepted) this.#onFrame(frame);
    else if (this.#waiting.length < MAXIMUM_WAITING_FRAMES) this.#waiting.push(frame);
    else this.refused++;
  }
}
