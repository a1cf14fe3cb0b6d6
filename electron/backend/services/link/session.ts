import { createHash, diffieHellman, generateKeyPairSync, randomBytes, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SessionState } from '#shared/contract/link.ts';
import type { PeerKind } from '#shared/contract/page.ts';
import { checkSignal } from '#shared/link/fingerprint.ts';
import { deriveStreamKeys } from '#shared/link/seal.ts';
import type { SealedStream, SealingKey } from '#shared/link/seal.ts';
import type { Signalling, SignallingBody } from '#shared/link/signalling.ts';
import type { Clock } from '#backend/clock.ts';
import type { KnownContact } from './store.ts';

export type StreamKeys = Readonly<Record<SealedStream, SealingKey>>;
export type EndReason = 'hung-up' | 'declined' | 'unreachable' | 'wrong-peer' | 'revoked' | 'lost';

export interface SessionOptions {
  readonly sessionId: string;
  readonly peer: KnownContact;
  readonly ownDeviceId: string;
  readonly isCaller: boolean;
  /** What we are in this session. */
  readonly role: 'bench' | 'pathologist';
  readonly clock: Clock;
  readonly send: (message: Omit<Signalling, 'version' | 'to'>) => void;
  readonly openPeer: (peer: PeerKind, epoch: number) => void;
  readonly closePeer: (peer: PeerKind, epoch: number) => void;
  readonly passSignal: (peer: PeerKind, epoch: number, signal: string) => void;
  readonly onLiveUp: (epoch: number, keys: StreamKeys) => void;
  /** At the first sign of a lost path. */
  readonly onLiveDown: () => void;
  readonly onChange: () => void;
  readonly onEnd: (reason: EndReason) => void;
}

interface PeerRecord {
  epoch: number;
  state: 'absent' | 'connecting' | 'connected' | 'disconnected' | 'failed';
  isRelayed: boolean | null;
  /** What the other side has signed as the fingerprint of this epoch. */
  expected: string | undefined;
  /** Signals that came before this epoch was opened here. */
  readonly early: { readonly epoch: number; readonly signal: string; readonly fingerprint: string | null }[];
}

/** How often the caller asks for a new connection until there is one. */
const RENEWAL_MS = 700;
/** A new connection gets this long before the next epoch is tried. */
const CONNECTING_MS = 8000;
/** Nobody has answered. */
const UNANSWERED_MS = 60_000;
const MAXIMUM_EARLY_SIGNALS = 50;
const newNonce = () => randomBytes(16).toString('base64url');

/** One conversation with one paired workstation, over as many connections as it takes. */
export class Session {
  readonly #options: SessionOptions;
  readonly #ephemeral = generateKeyPairSync('x25519');
  readonly #ownNonce = newNonce();
  readonly #startedAtMs: number;
  readonly #peers: Record<PeerKind, PeerRecord> = { live: newPeer(), bulk: newPeer() };
  readonly #timers: Record<PeerKind, NodeJS.Timeout | undefined> = { live: undefined, bulk: undefined };
  #state: SessionState['state'];
  #counterOut = 0;
  #counterIn = 0;
  #theirNonce: string | undefined;
  #theirEphemeral: string | undefined;
  #secret: Uint8Array | undefined;
  #unanswered: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.nowMs();
    this.#state = 'calling';
    this.#unanswered = setTimeout(() => this.end('unreachable', false), UNANSWERED_MS);
    if (options.isCaller) {
      this.#send({ kind: 'call', nonce: this.#ownNonce, ephemeral: this.#ownEphemeral, role: options.role });
    }
  }

  get sessionId(): string {
    return this.#options.sessionId;
  }

  get peerId(): string {
    return this.#options.peer.deviceId;
  }

  get isCaller(): boolean {
    return this.#options.isCaller;
  }

  /** Whether a person here has to answer it. */
  get isRinging(): boolean {
    return this.#state === 'ringing';
  }

  describe(): SessionState {
    const { sessionId, peer, role } = this.#options;
    const path = ({ state, isRelayed }: PeerRecord) => ({ state, isRelayed });
    return {
      sessionId,
      epoch: this.#peers.live.epoch,
      deviceId: peer.deviceId,
      peerName: peer.name,
      role,
      state: this.#state,
      live: path(this.#peers.live),
      bulk: path(this.#peers.bulk),
      startedAtMs: this.#startedAtMs,
    };
  }

  accept(): void {
    if (!this.isRinging || this.#theirNonce === undefined) return;
    this.#send({ kind: 'accept', echo: this.#theirNonce, ephemeral: this.#ownEphemeral });
    this.#agree();
  }

  end(reason: EndReason, tellPeer: boolean): void {
    if (this.#hasEnded) return;
    if (tellPeer) this.#send({ kind: this.isRinging ? 'decline' : 'hang-up' });
    this.#hasEnded = true;
    clearTimeout(this.#unanswered);
    for (const kind of ['live', 'bulk'] as const) {
      clearTimeout(this.#timers[kind]);
      this.#options.closePeer(kind, this.#peers[kind].epoch);
    }
    this.#options.onLiveDown();
    this.#options.onEnd(reason);
  }

  /** A message whose seal, sender and receiver are right. Anything out of turn is dropped. */
  received({ counter, fromCaller, body }: Signalling): void {
    if (this.#hasEnded || fromCaller === this.#options.isCaller || counter <= this.#counterIn) return;
    this.#counterIn = counter;
    if (body.kind === 'hang-up') this.end('hung-up', false);
    else if (body.kind === 'decline') this.end('declined', false);
    else if (this.#secret === undefined) this.#shakeHands(body);
    else if (body.kind === 'renew' && !this.#options.isCaller) this.#follow(body.peer, body.epoch);
    else if (body.kind === 'renewed' && this.#options.isCaller) this.#confirmed(body.peer, body.epoch);
    else if (body.kind === 'lost' && this.#options.isCaller) this.#theirEndIsGone(body.peer, body.epoch);
    else if (body.kind === 'signal') this.#takeSignal(body);
  }

  /** A signal of our own page. */
  signalled(peer: PeerKind, epoch: number, signal: string): void {
    const checked = checkSignal(signal);
    if (!checked.isGood || epoch !== this.#peers[peer].epoch) return;
    this.#send({ kind: 'signal', peer, epoch, signal, fingerprint: checked.fingerprint });
  }

  /** Whether the page is connected with whom the signed messages said. Otherwise the session ends. */
  async connected(
    peer: PeerKind,
    epoch: number,
    certificateSha256: string,
    isRelayed: boolean,
  ): Promise<boolean> {
    const record = this.#peers[peer];
    if (this.#hasEnded || epoch !== record.epoch || !this.#secret) return false;
    if (record.expected === undefined || certificateSha256.toLowerCase() !== record.expected) {
      this.end('wrong-peer', true);
      return false;
    }
    clearTimeout(this.#timers[peer]);
    record.state = 'connected';
    record.isRelayed = isRelayed;
    if (peer === 'live') {
      const keys = await deriveStreamKeys(this.#secret, this.sessionId, epoch);
      if (this.#hasEnded || record.epoch !== epoch) return false;
      this.#state = 'connected';
      this.#options.onLiveUp(epoch, keys);
    }
    this.#options.onChange();
    return true;
  }

  /** What the page says of a connection. */
  lost(peer: PeerKind, epoch: number, state: 'disconnected' | 'failed' | 'closed' | 'back'): void {
    const record = this.#peers[peer];
    if (this.#hasEnded || epoch !== record.epoch) return;
    if (peer === 'live') {
      this.#options.onLiveDown();
      this.#state = 'reconnecting';
    }
    // A path that comes back by itself is not trusted with motion: everything starts anew under new keys.
    record.state = state === 'disconnected' ? 'disconnected' : 'failed';
    if (state === 'disconnected') this.#later(peer, RENEWAL_MS);
    else this.#renewFrom(peer);
    this.#options.onChange();
  }

  /** A page that can carry this kind of peer has come, or has gone with its connections. */
  carriersChanged(peer: PeerKind, isThere: boolean): void {
    const record = this.#peers[peer];
    if (!this.#secret || this.#hasEnded) return;
    // Another page knows nothing of the connection the last one had.
    if (record.epoch > 0) this.lost(peer, record.epoch, 'closed');
    if (!isThere) record.state = 'absent';
  }

  get #ownEphemeral(): string {
    return String(this.#ephemeral.publicKey.export({ format: 'jwk' }).x);
  }

  #send(body: SignallingBody): void {
    this.#counterOut += 1;
    const { sessionId, isCaller, send } = this.#options;
    send({ sessionId, fromCaller: isCaller, counter: this.#counterOut, body });
  }

  /** Fresh on both sides before anybody is called to the telephone: an old call that is repeated rings nowhere. */
  #shakeHands(body: SignallingBody): void {
    const { isCaller } = this.#options;
    if (body.kind === 'call' && !isCaller && this.#theirNonce === undefined) {
      this.#theirNonce = body.nonce;
      this.#theirEphemeral = body.ephemeral;
      this.#send({ kind: 'challenge', echo: body.nonce, nonce: this.#ownNonce });
    } else if (body.kind === 'challenge' && isCaller && body.echo === this.#ownNonce) {
      this.#theirNonce = body.nonce;
      this.#send({ kind: 'ring', echo: body.nonce });
    } else if (body.kind === 'ring' && !isCaller && body.echo === this.#ownNonce) {
      this.#state = 'ringing';
      this.#options.onChange();
    } else if (body.kind === 'accept' && isCaller && body.echo === this.#ownNonce) {
      this.#theirEphemeral = body.ephemeral;
      this.#agree();
    }
  }

  /** Both ephemeral keys are known and signed: one secret for this session, whatever becomes of the device keys. */
  #agree(): void {
    const { isCaller, ownDeviceId, peer, sessionId } = this.#options;
    if (this.#theirEphemeral === undefined || this.#theirNonce === undefined) return;
    const publicKey: KeyObject = createPublicKey({
      key: { kty: 'OKP', crv: 'X25519', x: this.#theirEphemeral },
      format: 'jwk',
    });
    const shared = diffieHellman({ privateKey: this.#ephemeral.privateKey, publicKey });
    const mine = [ownDeviceId, this.#ownEphemeral, this.#ownNonce];
    const theirs = [peer.deviceId, this.#theirEphemeral, this.#theirNonce];
    const transcript = JSON.stringify([sessionId, ...(isCaller ? [mine, theirs] : [theirs, mine])]);
    this.#secret = createHash('sha512').update(shared).update(transcript).digest();
    clearTimeout(this.#unanswered);
    this.#state = 'connecting';
    if (isCaller) for (const kind of ['live', 'bulk'] as const) this.#renew(kind);
    this.#options.onChange();
  }

  /** Caller: a new epoch, asked for until it is confirmed. */
  #renew(peer: PeerKind): void {
    const record = this.#peers[peer];
    record.epoch += 1;
    this.#begin(record);
    this.#ask(peer);
  }

  #ask(peer: PeerKind): void {
    if (this.#hasEnded) return;
    this.#send({ kind: 'renew', peer, epoch: this.#peers[peer].epoch });
    clearTimeout(this.#timers[peer]);
    this.#timers[peer] = setTimeout(() => this.#ask(peer), RENEWAL_MS);
  }

  #confirmed(peer: PeerKind, epoch: number): void {
    const record = this.#peers[peer];
    if (epoch !== record.epoch || record.state !== 'connecting') return;
    this.#later(peer, CONNECTING_MS);
    this.#open(peer, record);
  }

  /** Called side: does what the caller counts. */
  #follow(peer: PeerKind, epoch: number): void {
    const record = this.#peers[peer];
    if (epoch < record.epoch) return;
    if (epoch > record.epoch) {
      clearTimeout(this.#timers[peer]);
      if (peer === 'live') {
        this.#options.onLiveDown();
        this.#state = this.#state === 'connecting' ? 'connecting' : 'reconnecting';
      }
      record.epoch = epoch;
      this.#begin(record);
      this.#open(peer, record);
      this.#options.onChange();
    }
    this.#send({ kind: 'renewed', peer, epoch });
  }

  #begin(record: PeerRecord): void {
    record.state = 'connecting';
    record.isRelayed = null;
    record.expected = undefined;
  }

  #open(peer: PeerKind, record: PeerRecord): void {
    this.#options.openPeer(peer, record.epoch);
    const early = record.early.splice(0);
    for (const signal of early) if (signal.epoch === record.epoch) this.#pass(peer, record, signal);
  }

  #takeSignal({ peer, epoch, signal, fingerprint }: Extract<SignallingBody, { kind: 'signal' }>): void {
    const record = this.#peers[peer];
    const checked = checkSignal(signal);
    if (!checked.isGood || checked.fingerprint !== fingerprint || epoch < record.epoch) return;
    if (epoch > record.epoch) {
      if (record.early.length < MAXIMUM_EARLY_SIGNALS) record.early.push({ epoch, signal, fingerprint });
    } else this.#pass(peer, record, { signal, fingerprint });
  }

  #pass(
    peer: PeerKind,
    record: PeerRecord,
    { signal, fingerprint }: { readonly signal: string; readonly fingerprint: string | null },
  ): void {
    if (fingerprint !== null) {
      // One connection has one certificate; another one in a later offer is another peer.
      record.expected ??= fingerprint;
      if (record.expected !== fingerprint) return;
    }
    this.#options.passSignal(peer, record.epoch, signal);
  }

  #theirEndIsGone(peer: PeerKind, epoch: number): void {
    if (epoch === this.#peers[peer].epoch) this.lost(peer, epoch, 'closed');
  }

  #renewFrom(peer: PeerKind): void {
    if (this.#options.isCaller) this.#renew(peer);
    else this.#tellLost(peer);
  }

  /** Called side: says it until the caller makes a new epoch. */
  #tellLost(peer: PeerKind): void {
    if (this.#hasEnded || this.#peers[peer].state === 'connected') return;
    this.#send({ kind: 'lost', peer, epoch: this.#peers[peer].epoch });
    clearTimeout(this.#timers[peer]);
    this.#timers[peer] = setTimeout(() => this.#tellLost(peer), RENEWAL_MS);
  }

  #later(peer: PeerKind, delayMs: number): void {
    clearTimeout(this.#timers[peer]);
    this.#timers[peer] = setTimeout(() => {
      if (!this.#hasEnded && this.#peers[peer].state !== 'connected') this.#renewFrom(peer);
    }, delayMs);
  }
}

function newPeer(): PeerRecord {
  return { epoch: 0, state: 'absent', isRelayed: null, expected: undefined, early: [] };
}
