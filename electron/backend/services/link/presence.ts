import { randomBytes } from 'node:crypto';
import { parseBroker } from '#shared/link/broker-choice.ts';
import type { SignallingBody } from '#shared/link/signalling.ts';
import type { KnownContact } from './store.ts';

export interface PresenceOptions {
  readonly contacts: () => readonly KnownContact[];
  readonly send: (to: KnownContact, body: SignallingBody) => void;
  /** Address of our own broker, told with every sign of life. */
  readonly broker: () => string;
  readonly onChange: () => void;
  /** A contact has freshly answered from another broker than we knew. */
  readonly onMoved: (contact: KnownContact, brokerUrl: string) => void;
}

const ASKING_MS = 15_000;
/** Two questions that nobody answered. */
const SILENT_MS = 40_000;

interface Known {
  nonce: string;
  heardAtMs: number;
  isOnline: boolean;
}

/** Who of the paired workstations is there. Asked and answered under seal, with a nonce against old answers. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #known = new Map<string, Known>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.ask(), ASKING_MS);
    this.#timer.unref();
  }

  of(deviceId: string): 'online' | 'offline' | 'unknown' {
    const known = this.#known.get(deviceId);
    if (!known) return 'unknown';
    return known.isOnline ? 'online' : 'offline';
  }

  ask(): void {
    for (const contact of this.#options.contacts()) {
      if (contact.revokedAtMs !== null) continue;
      const known = this.#of(contact.deviceId);
      if (known.isOnline && performance.now() - known.heardAtMs > SILENT_MS) this.#enter(known, false);
      this.#question(contact, known);
    }
  }

  /** True if the message was about presence. */
  received(from: KnownContact, body: SignallingBody): boolean {
    const known = this.#of(from.deviceId);
    if (body.kind === 'hello') {
      const hasMoved = body.broker !== undefined && body.broker !== from.brokerUrl && isAddress(body.broker);
      const there = hasMoved ? { ...from, brokerUrl: body.broker ?? from.brokerUrl } : from;
      this.#options.send(there, { kind: 'here', echo: body.nonce, broker: this.#options.broker() });
      // Whoever asks may be somebody's recording; the answer to our own question counts.
      if (!known.isOnline || hasMoved) this.#question(there, known);
      return true;
    }
    if (body.kind === 'here') {
      if (known.nonce === '' || body.echo !== known.nonce) return true;
      known.nonce = '';
      known.heardAtMs = performance.now();
      if (body.broker !== undefined && body.broker !== from.brokerUrl && isAddress(body.broker)) {
        this.#options.onMoved(from, body.broker);
      }
      this.#enter(known, true);
      return true;
    }
    if (body.kind !== 'leaving') return false;
    this.#enter(known, false);
    return true;
  }

  /** The broker's last will. It is not signed, so it only makes us ask again sooner. */
  gone(deviceId: string): void {
    const known = this.#known.get(deviceId);
    const contact = this.#options.contacts().find((each) => each.deviceId === deviceId);
    if (!known || !contact) return;
    this.#enter(known, false);
    this.#question(contact, known);
  }

  forget(deviceId: string): void {
    this.#known.delete(deviceId);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const contact of this.#options.contacts()) {
      if (contact.revokedAtMs === null) this.#options.send(contact, { kind: 'leaving' });
    }
  }

  /** The same question until it is answered: two who keep asking anew would never accept an answer. */
  #question(contact: KnownContact, known: Known): void {
    if (known.nonce === '') known.nonce = randomBytes(16).toString('base64url');
    this.#options.send(contact, { kind: 'hello', nonce: known.nonce, broker: this.#options.broker() });
  }

  #of(deviceId: string): Known {
    const known = this.#known.get(deviceId) ?? { nonce: '', heardAtMs: -Infinity, isOnline: false };
    this.#known.set(deviceId, known);
    return known;
  }

  #enter(known: Known, isOnline: boolean): void {
    if (known.isOnline === isOnline) return;
    known.isOnline = isOnline;
    this.#options.onChange();
  }
}

const isAddress = (broker: string) => parseBroker(broker)?.kind === 'url' && URL.canParse(broker);
