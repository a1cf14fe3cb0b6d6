import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PairingState, pairingFailures } from '#shared/contract/link.ts';
import { readContactCard, writeContactCard } from '#shared/link/contact-card.ts';
import { PublicKeys, deviceIdOf } from '#shared/link/identity.ts';
import type { Clock } from '#backend/clock.ts';
import type { Courier } from './courier.ts';
import type { KnownContact } from './store.ts';

type PairingFailure = (typeof pairingFailures)[number];

const Introduction = z.strictObject({
  name: z.string().max(80),
  broker: z.string().max(300),
  keys: PublicKeys,
});
type Introduction = z.infer<typeof Introduction>;
const Nonce = z.string().length(22);

/** Commit, then reveal: neither side, nor anybody between them, can choose its part after seeing the other's. */
const Message = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('commit'), hash: z.string().length(43) }),
  z.strictObject({ kind: z.literal('owner'), introduction: Introduction, nonce: Nonce }),
  z.strictObject({ kind: z.literal('reveal'), introduction: Introduction, nonce: Nonce }),
  z.strictObject({ kind: z.literal('confirmed') }),
  z.strictObject({ kind: z.literal('refused') }),
  /** The other side need not wait, and must not confirm any more. */
  z.strictObject({ kind: z.literal('ended'), reason: z.enum(['tampered', 'timed-out', 'cancelled']) }),
]);
type Message = z.infer<typeof Message>;

export interface PairingOptions {
  readonly courier: Courier;
  readonly clock: Clock;
  readonly own: () => Introduction;
  readonly onState: (state: PairingState) => void;
  readonly onPaired: (contact: Omit<KnownContact, 'revokedAtMs'>) => void;
}

/** Two people need to telephone, not to hurry. */
const PAIRING_LIFETIME_MS = 10 * 60_000;
const KNOCKING_MS = 500;

interface Meeting {
  readonly brokerUrl: string;
  readonly topic: string;
  readonly key: Buffer;
  readonly isOwner: boolean;
  readonly nonce: string;
  readonly timer: NodeJS.Timeout;
  commitment?: string;
  theirs?: { readonly introduction: Introduction; readonly nonce: string };
  isConfirmedHere: boolean;
  isConfirmedThere: boolean;
}

/** Pairing mode: one shows a card, the other reads it, both compare six digits by voice. */
export class Pairing {
  readonly #options: PairingOptions;
  #meeting: Meeting | undefined;
  #state: PairingState = { state: 'closed' };

  constructor(options: PairingOptions) {
    this.#options = options;
  }

  get state(): PairingState {
    return this.#state;
  }

  open(): { cardText: string; expiresAtMs: number } {
    this.close();
    const { name, keys, broker } = this.#options.own();
    const secret = randomBytes(32).toString('base64url');
    const expiresAtMs = this.#options.clock.nowMs() + PAIRING_LIFETIME_MS;
    const cardText = writeContactCard({ name, keys, broker, pairing: { secret, expiresAtMs } });
    this.#meet(secret, broker, true);
    this.#enter({ state: 'waiting', cardText, expiresAtMs });
    return { cardText, expiresAtMs };
  }

  join(cardText: string): void {
    this.close();
    const card = readContactCard(cardText);
    if (!card) return this.#enter({ state: 'failed', reason: 'card-unreadable' });
    if (card.keys.signing === this.#options.own().keys.signing) {
      return this.#enter({ state: 'failed', reason: 'own-card' });
    }
    if (!card.pairing || card.pairing.expiresAtMs < this.#options.clock.nowMs()) {
      return this.#enter({ state: 'failed', reason: 'card-expired' });
    }
    const meeting = this.#meet(card.pairing.secret, card.broker, false);
    this.#enter({ state: 'joining', peerName: card.name });
    this.#knock(meeting, commitmentOf(this.#options.own(), meeting.nonce));
  }

  /** The owner may not be listening yet: the broker keeps nothing for anybody. */
  #knock(meeting: Meeting, hash: string): void {
    if (this.#meeting !== meeting || meeting.theirs) return;
    this.#send({ kind: 'commit', hash });
    setTimeout(() => this.#knock(meeting, hash), KNOCKING_MS).unref();
  }

  async confirm(isSame: boolean): Promise<void> {
    const meeting = this.#meeting;
    if (!meeting?.theirs || this.#state.state !== 'comparing') return;
    if (!isSame) {
      this.#send({ kind: 'refused' });
      this.#fail('codes-differ');
      return;
    }
    meeting.isConfirmedHere = true;
    this.#enter({ ...this.#state, isConfirmedHere: true });
    this.#send({ kind: 'confirmed' });
    await this.#finish(meeting);
  }

  /** Somebody does not want to any more; the other side hears of it. */
  cancel(): void {
    this.#send({ kind: 'ended', reason: 'cancelled' });
    this.close();
  }

  close(): void {
    const meeting = this.#meeting;
    if (meeting) {
      clearTimeout(meeting.timer);
      this.#options.courier.box(meeting.brokerUrl).stopListeningTo(meeting.topic);
    }
    this.#meeting = undefined;
    this.#enter({ state: 'closed' });
  }

  /** Sealed bytes from a meeting place. Undefined topics belong to somebody else. */
  received(topic: string, payload: string): void {
    const meeting = this.#meeting;
    if (!meeting || topic !== meeting.topic) return;
    const message = openMessage(payload, meeting.key, !meeting.isOwner);
    // Our own words come back from the broker too; they do not open under the other direction.
    if (message) void this.#take(meeting, message);
  }

  async #take(meeting: Meeting, message: Message): Promise<void> {
    if (message.kind === 'commit' && meeting.isOwner) {
      // A second person at the same card: somebody has copied it.
      if (meeting.commitment !== undefined && meeting.commitment !== message.hash)
        return this.#end('tampered');
      meeting.commitment = message.hash;
      this.#send({ kind: 'owner', introduction: this.#options.own(), nonce: meeting.nonce });
    } else if (message.kind === 'owner' && !meeting.isOwner && !meeting.theirs) {
      meeting.theirs = message;
      this.#send({ kind: 'reveal', introduction: this.#options.own(), nonce: meeting.nonce });
      this.#compare(meeting);
    } else if (message.kind === 'reveal' && meeting.isOwner && !meeting.theirs) {
      if (commitmentOf(message.introduction, message.nonce) !== meeting.commitment)
        return this.#end('tampered');
      meeting.theirs = message;
      this.#compare(meeting);
    } else if (message.kind === 'confirmed' && meeting.theirs) {
      meeting.isConfirmedThere = true;
      await this.#finish(meeting);
    } else if (message.kind === 'refused') this.#fail('codes-differ');
    else if (message.kind === 'ended') this.#fail(message.reason);
  }

  #compare(meeting: Meeting): void {
    if (!meeting.theirs) return;
    const own = { introduction: this.#options.own(), nonce: meeting.nonce };
    const parts = meeting.isOwner ? [own, meeting.theirs] : [meeting.theirs, own];
    const transcript = JSON.stringify(
      parts.map(({ introduction: { name, broker, keys }, nonce }) => [name, broker, keys, nonce]),
    );
    const number = createHash('sha256').update('enkaku code 1').update(transcript).digest().readUIntBE(0, 6);
    const code = String(number % 1_000_000).padStart(6, '0');
    const peerName = meeting.theirs.introduction.name;
    this.#enter({ state: 'comparing', peerName, code, isConfirmedHere: false });
  }

  async #finish(meeting: Meeting): Promise<void> {
    const { theirs } = meeting;
    if (!theirs || !meeting.isConfirmedHere || !meeting.isConfirmedThere || this.#meeting !== meeting) return;
    const { introduction } = theirs;
    const deviceId = await deviceIdOf(introduction.keys);
    const { name, keys, broker } = introduction;
    this.#options.onPaired({
      deviceId,
      name,
      keys,
      brokerUrl: broker,
      addedAtMs: this.#options.clock.nowMs(),
    });
    this.close();
    this.#enter({ state: 'paired', deviceId, peerName: name });
  }

  #meet(secret: string, brokerUrl: string, isOwner: boolean): Meeting {
    const derive = (info: string) =>
      Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', info, 32));
    const meeting: Meeting = {
      brokerUrl,
      topic: `enkaku/1/meet/${derive('enkaku pairing topic 1').toString('base64url')}`,
      key: derive('enkaku pairing key 1'),
      isOwner,
      nonce: randomBytes(16).toString('base64url'),
      timer: setTimeout(() => this.#end('timed-out'), PAIRING_LIFETIME_MS),
      isConfirmedHere: false,
      isConfirmedThere: false,
    };
    this.#meeting = meeting;
    this.#options.courier.box(brokerUrl).listenTo(meeting.topic);
    return meeting;
  }

  #send(message: Message): void {
    const meeting = this.#meeting;
    if (!meeting) return;
    const payload = sealMessage(message, meeting.key, meeting.isOwner);
    this.#options.courier.box(meeting.brokerUrl).leave(meeting.topic, payload);
  }

  #end(reason: 'tampered' | 'timed-out'): void {
    this.#send({ kind: 'ended', reason });
    this.#fail(reason);
  }

  #fail(reason: PairingFailure): void {
    this.close();
    this.#enter({ state: 'failed', reason });
  }

  #enter(state: PairingState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function commitmentOf(introduction: Introduction, nonce: string): string {
  const text = JSON.stringify([introduction.name, introduction.broker, introduction.keys, nonce]);
  return createHash('sha256').update('enkaku commitment 1').update(text).digest('base64url');
}

const directionOf = (isOwner: boolean) => Buffer.from(isOwner ? 'owner' : 'guest');

function sealMessage(message: Message, key: Buffer, isOwner: boolean): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(directionOf(isOwner));
  const text = Buffer.concat([cipher.update(JSON.stringify(message)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}

function openMessage(payload: string, key: Buffer, isFromOwner: boolean): Message | undefined {
  try {
    const bytes = Buffer.from(payload, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      .setAAD(directionOf(isFromOwner))
      .setAuthTag(bytes.subarray(12, 28));
    const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
    return Message.parse(JSON.parse(text.toString('utf8')));
  } catch {
    return undefined;
  }
}
