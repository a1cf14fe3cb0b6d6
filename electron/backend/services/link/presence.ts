import { randomBytes } from 'node:crypto';
import type { SignallingBody } from '#shared/link/signalling.ts';
import type { KnownContact } from './store.ts';

export interface PresenceOptions {
  readonly contacts: () => readonly KnownContact[];
  readonly send: (to: KnownContact, body: SignallingBody) => void;
  readonly onChange: () => void;
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
      known.nonce = randomBytes(16).toString('base64url');
      this.#options.send(contact, { kind: 'hello', nonce: known.nonce });
    }
  }

  /** True if the message was about presence. */
  received(from: KnownContact, body: SignallingBody): boolean {
    const known = this.#of(from.deviceId);
    if (body.kind === 'hello') {
      this.#options.send(from, { kind: 'here', echo: body.nonce });
      // Whoever asks may be somebody's recording; the answer to our own question counts.
      if (!known.isOnline) {
        known.nonce = randomBytes(16).toString('base64url');
        this.#options.send(from, { kind: 'hello', nonce: known.nonce });
      }
      return true;
    }
    if (body.kind === 'here') {
      if (body.echo !== known.nonce) return true;
      known.heardAtMs = performance.now();
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
    known.nonce = randomBytes(16).toString('base64url');
    this.#options.send(contact, { kind: 'hello', nonce: known.nonce });
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
