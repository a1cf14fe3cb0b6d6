import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';

/** What a path does to what goes over it, in one direction. */
export interface Impairment {
  readonly delayMs: number;
  /** Added to the delay, evenly spread; what overtakes is overtaken. */
  readonly jitterMs: number;
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  /** Held back by three times the jitter, at least 20 ms. */
  readonly reorderPercent: number;
  /** Null: as fast as it comes. */
  readonly kilobitsPerSecond: number | null;
  /** What would have to wait longer in front of the bottleneck is dropped. */
  readonly queueMs: number;
  /** Nothing goes through. */
  readonly isFrozen: boolean;
}

export const unimpaired: Impairment = {
  delayMs: 0,
  jitterMs: 0,
  lossPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
  kilobitsPerSecond: null,
  queueMs: 300,
  isFrozen: false,
};

type End = 'a' | 'b';

interface Leg {
  /** What the other end takes for this end's address. */
  readonly socket: Socket;
  readonly port: number;
  /** Where this end really is; known with its first candidate. */
  address: { readonly host: string; readonly port: number } | undefined;
}

/** Datagrams of a headers' length beyond what is counted: IPv4 and UDP. */
const HEADER_BYTES = 28;
const TIMER_PRECISION_MS = 0.5;

/**
 * The only path between two peers: each is told the relay's port as the other's one candidate. Impairs
 * datagrams at random from a seed, so that a run can be repeated.
 */
export class ImpairmentRelay {
  readonly counts = { passed: 0, lost: 0, queued: 0, duplicated: 0 };
  #impairment: Readonly<Record<End, Impairment>> = { a: unimpaired, b: unimpaired };
  /** When the bottleneck in front of an end is free again. */
  readonly #freeAtMs: Record<End, number> = { a: 0, b: 0 };
  readonly #legs = new Map<number, Promise<Readonly<Record<End, Leg>>>>();
  readonly #waiting: { readonly dueMs: number; readonly deliver: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #seed: number;

  constructor(seed = 1) {
    this.#seed = seed;
  }

  /** For datagrams to both ends, or to each. */
  impair(change: Partial<Impairment>, to: End | 'both' = 'both'): void {
    this.#impairment = {
      a: to === 'b' ? this.#impairment.a : { ...this.#impairment.a, ...change },
      b: to === 'a' ? this.#impairment.b : { ...this.#impairment.b, ...change },
    };
  }

  /** Passes a signal on with the relay's port in place of the sender's; undefined for other candidates. */
  async signal(text: string, from: End, epoch: number): Promise<string | undefined> {
    const signal = JSON.parse(text) as { sdp?: string; candidate?: { candidate: string } };
    if (signal.sdp !== undefined) {
      const sdp = signal.sdp.replaceAll(/a=(candidate:.*|end-of-candidates)\r\n/g, '');
      return JSON.stringify({ ...signal, sdp });
    }
    const parts = signal.candidate?.candidate.split(' ') ?? [];
    const [, , transport, , host, port] = parts;
    if (transport?.toLowerCase() !== 'udp' || !host?.includes('.') || !port || !signal.candidate)
      return undefined;
    const legs = await this.#legsOf(epoch);
    if (legs[from].address) return undefined;
    legs[from].address = { host, port: Number(port) };
    parts[4] = '127.0.0.1';
    parts[5] = String(legs[from].port);
    return JSON.stringify({ ...signal, candidate: { ...signal.candidate, candidate: parts.join(' ') } });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
    for (const legs of this.#legs.values()) {
      for (const { socket } of Object.values(await legs)) socket.close();
    }
  }

  #legsOf(epoch: number): Promise<Readonly<Record<End, Leg>>> {
    const known = this.#legs.get(epoch);
    if (known) return known;
    const made = (async () => {
      const legs = { a: await newLeg(), b: await newLeg() };
      // What comes to a's stand-in was sent by b and is for a, and seems to come from b's stand-in.
      legs.a.socket.on('message', (bytes) => this.#carry(bytes, 'a', legs.a, legs.b));
      legs.b.socket.on('message', (bytes) => this.#carry(bytes, 'b', legs.b, legs.a));
      return legs;
    })();
    this.#legs.set(epoch, made);
    return made;
  }

  #carry(bytes: Buffer, to: End, leg: Leg, origin: Leg): void {
    const impairment = this.#impairment[to];
    if (impairment.isFrozen || this.#happens(impairment.lossPercent)) {
      this.counts.lost++;
      return;
    }
    const waitMs = this.#waitAtBottleneck(bytes.length + HEADER_BYTES, to, impairment);
    if (waitMs === undefined) {
      this.counts.queued++;
      return;
    }
    const copies = this.#happens(impairment.duplicatePercent) ? 2 : 1;
    this.counts.duplicated += copies - 1;
    for (let copy = 0; copy < copies; copy++) {
      const lateMs = this.#happens(impairment.reorderPercent) ? Math.max(20, 3 * impairment.jitterMs) : 0;
      const delayMs = waitMs + impairment.delayMs + impairment.jitterMs * this.#random() + lateMs;
      this.#after(delayMs, () => {
        this.counts.passed++;
        if (leg.address) origin.socket.send(bytes, leg.address.port, leg.address.host);
      });
    }
  }

  #waitAtBottleneck(
    byteCount: number,
    to: End,
    { kilobitsPerSecond, queueMs }: Impairment,
  ): number | undefined {
    if (kilobitsPerSecond === null) return 0;
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, this.#freeAtMs[to]);
    if (startMs - nowMs > queueMs) return undefined;
    this.#freeAtMs[to] = startMs + (byteCount * 8) / kilobitsPerSecond;
    return this.#freeAtMs[to] - nowMs;
  }

  /** Whatever is due first goes first, and what is due at once in the order it came: a path is no lottery. */
  #after(delayMs: number, deliver: () => void): void {
    const dueMs = performance.now() + delayMs;
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.dueMs ?? 0) > dueMs) at--;
    this.#waiting.splice(at, 0, { dueMs, deliver });
    this.#deliverDue();
  }

  #deliverDue(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now() + TIMER_PRECISION_MS;
    const due = this.#waiting.findIndex(({ dueMs }) => dueMs > nowMs);
    const ready = this.#waiting.splice(0, due < 0 ? this.#waiting.length : due);
    for (const { deliver } of ready) deliver();
    const next = this.#waiting[0];
    if (next) this.#timer = setTimeout(() => this.#deliverDue(), next.dueMs - performance.now());
  }

  #happens(percent: number): boolean {
    return percent > 0 && this.#random() * 100 < percent;
  }

  #random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }
}

async function newLeg(): Promise<Leg> {
  const socket = createSocket('udp4');
  // An end that has gone refuses what is still on its way.
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { socket, port: socket.address().port, address: undefined };
}
