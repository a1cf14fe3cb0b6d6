import { liveChannels } from '#shared/contract/page.ts';
import type { LiveChannel } from '#shared/contract/page.ts';

/** What Chromium knows and its typings do not: whose messages leave first. */
export interface ChannelOptions extends RTCDataChannelInit {
  readonly id: number;
  readonly priority?: RTCPriorityType;
}

/** Motion and telemetry are worth nothing late: lost ones are not sent again. Control arrives, and in order. */
export const liveChannelOptions: Readonly<Record<LiveChannel, ChannelOptions>> = {
  motion: { id: 1, ordered: false, maxRetransmits: 0, priority: 'high' },
  control: { id: 2, ordered: true, priority: 'high' },
  telemetry: { id: 3, ordered: false, maxRetransmits: 0, priority: 'medium' },
};

interface Limits {
  /** Longest message there is; sealed intents have some hundred bytes, a freehand mark about 25,000. */
  readonly messageBytes: number;
  /** Messages of one second; several times what is ever sent. */
  readonly messagesPerSecond: number;
  /** What may wait to be sent. Motion that waits is motion too late. */
  readonly unsentBytes: number;
}

export const liveLimits: Readonly<Record<LiveChannel, Limits>> = {
  motion: { messageBytes: 4096, messagesPerSecond: 200, unsentBytes: 8 * 1024 },
  control: { messageBytes: 65_536, messagesPerSecond: 500, unsentBytes: 4 * 1024 * 1024 },
  telemetry: { messageBytes: 16_384, messagesPerSecond: 300, unsentBytes: 32 * 1024 },
};

export type Refusal = 'not-bytes' | 'empty' | 'too-long' | 'too-many' | 'not-accepted';

export interface ChannelCount {
  received: number;
  sent: number;
  /** Given up because too much was waiting. */
  dropped: number;
  readonly refused: Record<Refusal, number>;
}

const noCount = (): ChannelCount => ({
  received: 0,
  sent: 0,
  dropped: 0,
  refused: { 'not-bytes': 0, empty: 0, 'too-long': 0, 'too-many': 0, 'not-accepted': 0 },
});

/** Looks at what arrives on each channel before anybody opens it, and counts what is refused. */
export class ChannelGuard {
  readonly counts: Readonly<Record<LiveChannel, ChannelCount>>;
  readonly #windows = new Map<LiveChannel, { startedMs: number; count: number }>();

  constructor() {
    this.counts = Object.fromEntries(liveChannels.map((name) => [name, noCount()])) as Record<
      LiveChannel,
      ChannelCount
    >;
  }

  /** The bytes, or undefined where the message is refused. */
  admit(channel: LiveChannel, data: unknown, nowMs: number): Uint8Array | undefined {
    const refusal = this.#refusalOf(channel, data, nowMs);
    if (refusal) this.refuse(channel, refusal);
    else this.counts[channel].received++;
    return refusal ? undefined : new Uint8Array(data as ArrayBuffer);
  }

  refuse(channel: LiveChannel, refusal: Refusal): void {
    this.counts[channel].refused[refusal]++;
  }

  #refusalOf(channel: LiveChannel, data: unknown, nowMs: number): Refusal | undefined {
    const { messageBytes, messagesPerSecond } = liveLimits[channel];
    const current = this.#windows.get(channel);
    const window = current && nowMs - current.startedMs < 1000 ? current : { startedMs: nowMs, count: 0 };
    this.#windows.set(channel, window);
    window.count++;
    if (window.count > messagesPerSecond) return 'too-many';
    if (!(data instanceof ArrayBuffer)) return 'not-bytes';
    if (data.byteLength === 0) return 'empty';
    return data.byteLength > messageBytes ? 'too-long' : undefined;
  }
}
