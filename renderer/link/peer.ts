import SimplePeer from 'simple-peer/simplepeer.min.js';
import { readPeerSignal } from '#shared/link/peer-signal.ts';
import { withStartBitrate } from './start-bitrate.ts';

/** What happened to a connection, in the words of the link's contract. */
export type PeerLoss = 'disconnected' | 'back' | 'failed' | 'closed';

export interface PeerOptions {
  readonly isInitiator: boolean;
  readonly iceServers: readonly RTCIceServer[];
  /** Only through a relay: nothing of this machine's addresses is told or used. */
  readonly isRelayOnly: boolean;
  /** Channels that both ends make with the same numbers, by name. */
  readonly channels: Readonly<Record<string, RTCDataChannelInit & { readonly id: number }>>;
  /** For lines that are made before the first offer, and again whenever a description is about to be answered. */
  readonly prepareMedia?: (connection: RTCPeerConnection, isInitiator: boolean) => void;
  readonly onSignal: (signal: string) => void;
  /** All channels are open. */
  readonly onConnected: () => void;
  /** At once, whenever the path is lost, back, or gone for good (`failed`, `closed`: nothing follows). */
  readonly onLost: (loss: PeerLoss) => void;
  readonly onMessage: (channel: string, data: unknown) => void;
}

const VIDEO_START_KILOBITS_PER_SECOND = 3000;

/**
 * One connection to the other workstation, for one epoch of a session. simple-peer sets it up; it
 * cannot be repaired (simple-peer has no ICE restart): after `failed` a new one is made.
 */
export class Peer {
  readonly connection: RTCPeerConnection;
  readonly #peer: SimplePeer;
  readonly #options: PeerOptions;
  readonly #channels: ReadonlyMap<string, RTCDataChannel>;
  #isSetUp = false;
  #isConnected = false;
  #isDisconnected = false;
  #isOver = false;
  #failure: PeerLoss = 'closed';

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#peer = new SimplePeer({
      initiator: options.isInitiator,
      // simple-peer's own channel carries nothing; its end is how the other end says goodbye.
      channelName: 'presence',
      channelConfig: { negotiated: true, id: 0 },
      config: {
        iceServers: [...options.iceServers],
        iceTransportPolicy: options.isRelayOnly ? 'relay' : 'all',
        bundlePolicy: 'max-bundle',
      },
    });
    const { _pc: connection } = this.#peer;
    this.connection = connection;
    this.#channels = new Map(
      Object.entries(options.channels).map(([name, init]) => [name, this.#openChannel(name, init)]),
    );
    this.#followMedia();
    this.connection.addEventListener('connectionstatechange', () => this.#followPath());
    this.connection.addEventListener('iceconnectionstatechange', () => this.#followPath());
    this.#peer.on('signal', (signal) => this.#tellSignal(signal));
    this.#peer.on('connect', () => {
      this.#isSetUp = true;
      this.#considerConnected();
    });
    // Read, so that it does not fill a buffer.
    this.#peer.on('data', () => {});
    this.#peer.on('error', () => (this.#failure = 'failed'));
    this.#peer.on('close', () => this.#end());
  }

  get isConnected(): boolean {
    return this.#isConnected && !this.#isOver;
  }

  /** The channel of that name, for its buffer; undefined if there is none. */
  channel(name: string): RTCDataChannel | undefined {
    return this.#channels.get(name);
  }

  /** False if it was no signal, or none that this connection can take. */
  signal(text: string): boolean {
    const signal = readPeerSignal(text);
    if (!signal || this.#isOver || this.#peer.destroyed || this.#peer.destroying) return false;
    try {
      this.#peer.signal(
        signal.type === 'candidate'
          ? signal
          : { ...signal, sdp: withStartBitrate(signal.sdp, VIDEO_START_KILOBITS_PER_SECOND) },
      );
      return true;
    } catch {
      // A candidate that is not one: the others may do.
      return false;
    }
  }

  /** Ends it without a word to `onLost`. */
  close(): void {
    this.#isOver = true;
    this.#peer.destroy();
  }

  /** SHA-256 of the certificate the other end has really shown, hex. */
  async remoteCertificateSha256(): Promise<string> {
    const [certificate] = this.connection.sctp?.transport.getRemoteCertificates() ?? [];
    if (!certificate) throw new Error('the other end has shown no certificate');
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', certificate));
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  #openChannel(name: string, init: RTCDataChannelInit): RTCDataChannel {
    const channel = this.connection.createDataChannel(name, { ...init, negotiated: true });
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('open', () => this.#considerConnected());
    channel.addEventListener('message', ({ data }) => {
      if (!this.#isOver) this.#options.onMessage(name, data);
    });
    return channel;
  }

  /** The answering end's lines come into being with the offer, and are prepared before it is answered. */
  #followMedia(): void {
    const { isInitiator, prepareMedia } = this.#options;
    if (!prepareMedia) return;
    if (isInitiator) prepareMedia(this.connection, true);
    else {
      this.connection.addEventListener('signalingstatechange', () => {
        if (this.connection.signalingState === 'have-remote-offer') prepareMedia(this.connection, false);
      });
    }
  }

  #tellSignal(signal: unknown): void {
    const text = JSON.stringify(signal);
    // Its requests for other media lines: there are never any to be had.
    if (!this.#isOver && readPeerSignal(text)) this.#options.onSignal(text);
  }

  #considerConnected(): void {
    if (this.#isConnected || this.#isOver || !this.#isSetUp) return;
    if ([...this.#channels.values()].some(({ readyState }) => readyState !== 'open')) return;
    this.#isConnected = true;
    this.#options.onConnected();
  }

  /** ICE notices a loss before the connection as a whole says so; the path is back when both say so. */
  #followPath(): void {
    if (this.#isOver) return;
    const { connectionState, iceConnectionState } = this.connection;
    const isLost = connectionState === 'disconnected' || iceConnectionState === 'disconnected';
    if (connectionState === 'failed' || iceConnectionState === 'failed') this.#failure = 'failed';
    if (isLost === this.#isDisconnected) return;
    this.#isDisconnected = isLost;
    if (isLost) this.#options.onLost('disconnected');
    else if (connectionState === 'connected') this.#options.onLost('back');
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onLost(this.#failure);
  }
}

/** Whether either end of the chosen path is a relay; null as long as none is chosen. */
export async function isRelayed(connection: RTCPeerConnection): Promise<boolean | null> {
  const stats = await connection.getStats();
  const reports = [...(stats as unknown as Map<string, Record<string, unknown>>).values()];
  const transport = reports.find(({ type }) => type === 'transport');
  const pair = reports.find(({ id }) => id === transport?.['selectedCandidatePairId']);
  if (!pair) return null;
  const ends = [pair['localCandidateId'], pair['remoteCandidateId']];
  return reports.some(({ id, candidateType }) => ends.includes(id) && candidateType === 'relay');
}
