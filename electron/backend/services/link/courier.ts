import { openEnvelope, sealEnvelope } from '#shared/link/identity.ts';
import type { DeviceKeys } from '#shared/link/identity.ts';
import { Signalling } from '#shared/link/signalling.ts';
import type { Log } from '#backend/log.ts';
import { brokerAddress } from './broker-access.ts';
import type { BrokerAccess } from './broker-access.ts';
import { Mailbox } from './mailbox.ts';
import type { BrokerState } from './mailbox.ts';
import type { KnownContact } from './store.ts';

export interface CourierOptions {
  readonly keys: DeviceKeys;
  /** Our own broker, where our inbox is. */
  readonly home: BrokerAccess;
  readonly contactOf: (deviceId: string) => KnownContact | undefined;
  readonly contacts: () => readonly KnownContact[];
  readonly log: Log;
  readonly onMessage: (from: KnownContact, message: Signalling) => void;
  /** Bytes of a meeting place of two people who pair. */
  readonly onMeeting: (topic: string, payload: string) => void;
  /** The broker says that this workstation is gone. */
  readonly onGone: (deviceId: string) => void;
  readonly onState: () => void;
}

/** Envelopes that wait to be opened; a broker that sends more floods us. */
const MAXIMUM_UNOPENED = 256;

const inboxOf = (deviceId: string) => `enkaku/1/in/${deviceId}`;
const presenceOf = (deviceId: string) => `enkaku/1/presence/${deviceId}`;

/** Carries signed and encrypted messages between this workstation and those it is paired with. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #boxes = new Map<string, Mailbox>();
  readonly #refused = { unreadable: 0, misaddressed: 0, malformed: 0, flooded: 0 };
  /** Sealing and opening take their time, and a counter that arrives late is a replay: both go in order. */
  readonly #sending = new Map<string, Promise<void>>();
  #opening: Promise<void> = Promise.resolve();
  #unopened = 0;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#home.listenTo(inboxOf(options.keys.deviceId));
    this.contactsChanged();
  }

  get homeState(): BrokerState {
    return this.#home.state;
  }

  /** What was dropped, and why. */
  get refused(): Readonly<Record<'unreadable' | 'misaddressed' | 'malformed' | 'flooded', number>> {
    return this.#refused;
  }

  /** Hears from the broker when a paired workstation is cut off, and from nobody else. */
  contactsChanged(): void {
    for (const { deviceId, brokerUrl, revokedAtMs } of this.#options.contacts()) {
      if (revokedAtMs === null) {
        this.#home.listenTo(presenceOf(deviceId));
        this.#box(brokerUrl);
      } else this.#home.stopListeningTo(presenceOf(deviceId));
    }
  }

  send(to: KnownContact, message: Omit<Signalling, 'version' | 'to'>): Promise<void> {
    const before = this.#sending.get(to.deviceId) ?? Promise.resolve();
    const sent = before.then(async () => {
      const signalling: Signalling = { version: 1, to: to.deviceId, ...message };
      const envelope = await sealEnvelope(signalling, this.#options.keys, to.keys);
      this.#box(to.brokerUrl).leave(inboxOf(to.deviceId), envelope);
    });
    this.#sending.set(
      to.deviceId,
      sent.catch(() => {}),
    );
    return sent;
  }

  /** The connection to a broker that somebody's card names. */
  box(url: string): Mailbox {
    return this.#box(url);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sending.values());
    await Promise.all([...this.#boxes.values()].map((box) => box.close()));
  }

  get #home(): Mailbox {
    return this.#box(this.#options.home.address);
  }

  #box(url: string): Mailbox {
    const address = brokerAddress(url);
    const known = this.#boxes.get(address);
    if (known) return known;
    const { keys, home, log, onState } = this.#options;
    const isHome = address === home.address;
    const box = new Mailbox({
      // The user's name and password are for our own broker; the authority is the region's.
      access: isHome ? home : { address, ...(home.authority && { authority: home.authority }) },
      essentialTopic: isHome ? inboxOf(keys.deviceId) : undefined,
      lastWill: { topic: presenceOf(keys.deviceId), payload: 'gone' },
      log,
      onMessage: (topic, payload) => this.#received(topic, payload),
      onState: () => onState(),
    });
    this.#boxes.set(address, box);
    return box;
  }

  #received(topic: string, payload: string): void {
    const { keys, log, onMeeting, onGone } = this.#options;
    if (topic.startsWith('enkaku/1/presence/')) {
      onGone(topic.slice('enkaku/1/presence/'.length));
      return;
    }
    if (topic.startsWith('enkaku/1/meet/')) {
      onMeeting(topic, payload);
      return;
    }
    if (topic !== inboxOf(keys.deviceId)) return;
    if (this.#unopened >= MAXIMUM_UNOPENED) {
      this.#refused.flooded += 1;
      return;
    }
    this.#unopened += 1;
    this.#opening = this.#opening
      .then(() => this.#open(payload))
      .catch((error: unknown) => log.error({ err: error }, 'a message was not taken'))
      .finally(() => {
        this.#unopened -= 1;
      });
  }

  async #open(payload: string): Promise<void> {
    const { keys, contactOf, onMessage } = this.#options;
    const opened = await openEnvelope(payload, keys, (deviceId) => contactOf(deviceId)?.keys);
    const from = opened && contactOf(opened.senderId);
    if (!opened || !from) {
      this.#refused.unreadable += 1;
      return;
    }
    const message = Signalling.safeParse(opened.payload);
    if (!message.success) {
      this.#refused.malformed += 1;
      return;
    }
    if (message.data.to !== keys.deviceId) {
      this.#refused.misaddressed += 1;
      return;
    }
    onMessage(from, message.data);
  }
}
