import { sealEnvelope } from '#shared/link/identity.ts';
import type { DeviceKeys, PublicKeys } from '#shared/link/identity.ts';
import { description } from '../link-sites.ts';
import type { Envelope, HostileBroker, Treatment } from './hostile-broker.ts';

export const attacks = [
  'none',
  'drop',
  'duplicate',
  'reorder',
  'replay',
  'reflect',
  'change',
  'impersonate',
  'swap-fingerprint',
  'insider',
] as const;
export type Attack = (typeof attacks)[number];

/** Of the certificate the attacker would like to be connected with. */
export const EVIL_CERTIFICATE = 'e1'.repeat(32);

export interface Victim {
  readonly deviceId: string;
  readonly keys: PublicKeys;
}

export interface AttackerOptions {
  readonly broker: HostileBroker;
  /** Known to nobody. */
  readonly strangerKeys: DeviceKeys;
  /** Paired with both victims, and turned against them. */
  readonly insiderKeys: DeviceKeys;
  readonly caller: Victim;
  readonly called: Victim;
  readonly random: () => number;
}

const MAXIMUM_KEPT = 2000;
const isInbox = (topic: string) => topic.startsWith('enkaku/1/in/');
const inboxOf = ({ deviceId }: Victim) => `enkaku/1/in/${deviceId}`;

/** Everything a broker can do, one kind of attack a run. It knows the session's id, which it could not. */
export class Attacker {
  readonly #options: AttackerOptions;
  readonly #kept: Envelope[] = [];
  #held: Envelope | undefined;
  #forgedCounter = 1_000_000;

  constructor(options: AttackerOptions) {
    this.#options = options;
  }

  /** So many messages pass unharmed first: an attack that always strikes at once only shows that calls fail. */
  treatment(attack: Attack, sessionId: () => string, unharmed: number): Treatment {
    let passed = 0;
    this.#held = undefined;
    return (envelope) => {
      if (!isInbox(envelope.topic)) return [envelope];
      this.#keep(envelope);
      passed += 1;
      if (passed <= unharmed) return [envelope];
      return this.#treat(attack, envelope, sessionId());
    };
  }

  #treat(attack: Attack, envelope: Envelope, sessionId: string): readonly Envelope[] {
    const { random } = this.#options;
    switch (attack) {
      case 'none':
        return [envelope];
      case 'drop':
        return random() < 0.25 ? [] : [envelope];
      case 'duplicate':
        return [envelope, envelope];
      case 'reorder':
        return this.#reorder(envelope);
      case 'replay':
        return [this.#old(envelope), envelope, this.#old(envelope)];
      case 'reflect':
        return this.#bothInboxes(envelope);
      case 'change':
        return [random() < 0.5 ? changed(envelope, random) : envelope];
      default:
        this.#forge(attack, envelope, sessionId);
        // The forged one takes the place of the true one, or races it.
        return random() < 0.2 ? [] : [envelope];
    }
  }

  #keep(envelope: Envelope): void {
    this.#kept.push(envelope);
    if (this.#kept.length > MAXIMUM_KEPT) this.#kept.splice(0, MAXIMUM_KEPT / 2);
  }

  #reorder(envelope: Envelope): readonly Envelope[] {
    const held = this.#held;
    if (held) {
      this.#held = undefined;
      return [envelope, held];
    }
    if (this.#options.random() < 0.5) return [envelope];
    this.#held = envelope;
    return [];
  }

  /** Something that was said before, to whoever it is said to now. */
  #old(envelope: Envelope): Envelope {
    const kept = this.#kept[Math.floor(this.#options.random() * this.#kept.length)] ?? envelope;
    return this.#options.random() < 0.8 ? kept : { topic: envelope.topic, payload: kept.payload };
  }

  #bothInboxes({ payload }: Envelope): readonly Envelope[] {
    const { caller, called } = this.#options;
    return [caller, called].map((victim) => ({ topic: inboxOf(victim), payload }));
  }

  /** Seals messages of its own as well as it can and leaves them where the true one would have gone. */
  #forge(attack: Attack, envelope: Envelope, sessionId: string): void {
    const { broker, strangerKeys, insiderKeys, caller, called, random } = this.#options;
    const toCalled = envelope.topic === inboxOf(called);
    const [from, to] = toCalled ? [caller, called] : [called, caller];
    const own = attack === 'insider' ? insiderKeys : strangerKeys;
    // A stranger signs in the name of the victim's contact, or in its own.
    const keys = attack === 'insider' || random() < 0.3 ? own : { ...own, deviceId: from.deviceId };
    this.#forgedCounter += 1;
    const message = {
      version: 1,
      to: to.deviceId,
      sessionId,
      fromCaller: toCalled,
      counter: this.#forgedCounter,
      body: forgedBody(attack, toCalled, random),
    };
    void sealEnvelope(message, keys, to.keys).then((payload) => broker.deliver(envelope.topic, payload));
  }
}

function forgedBody(attack: Attack, toCalled: boolean, random: () => number): unknown {
  const nonce = 'A'.repeat(22);
  const ephemeral = 'B'.repeat(43);
  const signal = {
    kind: 'signal',
    peer: 'live',
    epoch: 1,
    signal: description(toCalled ? 'offer' : 'answer', EVIL_CERTIFICATE),
    fingerprint: EVIL_CERTIFICATE,
  };
  if (attack === 'swap-fingerprint') return signal;
  const bodies = [
    signal,
    { kind: 'call', nonce, ephemeral, role: 'pathologist' },
    { kind: 'challenge', echo: nonce, nonce },
    { kind: 'ring', echo: nonce },
    { kind: 'accept', echo: nonce, ephemeral },
    { kind: 'renew', peer: 'live', epoch: 7 },
    { kind: 'hang-up' },
  ];
  return bodies[Math.floor(random() * bodies.length)];
}

function changed({ topic, payload }: Envelope, random: () => number): Envelope {
  const at = Math.floor(random() * payload.length);
  const other = payload[at] === 'A' ? 'Q' : 'A';
  return { topic, payload: payload.slice(0, at) + other + payload.slice(at + 1) };
}
