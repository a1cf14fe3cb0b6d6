import type { link } from '#shared/contract/link.ts';
import { liveChannels } from '#shared/contract/page.ts';
import type { LiveChannel, PageContracts } from '#shared/contract/page.ts';
import type { ServiceClient } from '#shared/rpc/connect.ts';
import type { ParsedInputOf, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { Epochs } from './epochs.ts';
import { LivePeer } from './live-peer.ts';
import { mediaLines, mediaSlots } from './media-lines.ts';
import type { MediaSlot, MediaStreamName } from './media-lines.ts';
import { isRelayed } from './peer.ts';
import type { PeerLoss } from './peer.ts';

/** What a carrying page tells its backend. */
export type LinkTold = Pick<
  ServiceClient<typeof link>,
  'peerSignal' | 'peerConnected' | 'peerLost' | 'received' | 'bulkProgress'
>;
export type CarrierService = Service<PageContracts['carrier'], 'backend'>;
type OpenPeer = ParsedInputOf<PageContracts['carrier'], 'openPeer'>;

export type LivePath = 'absent' | 'connecting' | 'connected' | 'disconnected';

/**
 * The live connection of this page, whichever epoch it is in. Tracks to send and streams to show are
 * set once and outlive every connection.
 */
export class LiveLink {
  /** What the other end shows; the same objects for the life of the page, empty while nothing comes. */
  readonly remote: Readonly<Record<MediaStreamName, MediaStream>> = {
    microscope: new MediaStream(),
    person: new MediaStream(),
    second: new MediaStream(),
  };
  readonly #told: LinkTold;
  readonly #epochs = new Epochs<LivePeer>();
  readonly #listeners = new Set<() => void>();
  readonly #outgoing: Record<MediaSlot, MediaStreamTrack | null> = {
    microscope: null,
    voice: null,
    person: null,
    second: null,
  };
  #sessionId = '';
  #path: LivePath = 'absent';

  constructor(told: LinkTold) {
    this.#told = told;
  }

  get path(): LivePath {
    return this.#path;
  }

  /** The connection of now, for its statistics. */
  get connection(): RTCPeerConnection | undefined {
    return this.#epochs.peer?.peer.connection;
  }

  /** Messages per channel of now: received, sent, dropped, refused. */
  get counts() {
    return this.#epochs.peer?.guard.counts;
  }

  /** Signals that came too late or were none. */
  get refusedSignals(): number {
    return this.#epochs.refusedSignals;
  }

  /** Told when the path or the incoming tracks change. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends a track in a slot from now on, in this connection and those that follow; null: nothing. */
  show(slot: MediaSlot, track: MediaStreamTrack | null): void {
    this.#outgoing[slot] = track;
    this.#epochs.peer?.show(slot, track);
  }

  /** Ids of the outgoing streams that carry something, for the other end. */
  get outgoingStreams(): Readonly<Record<MediaStreamName, string | null>> {
    const isUsed = (stream: MediaStreamName) =>
      mediaSlots.some((slot) => mediaLines[slot].stream === stream && this.#outgoing[slot] !== null);
    return {
      microscope: isUsed('microscope') ? 'microscope' : null,
      person: isUsed('person') ? 'person' : null,
      second: isUsed('second') ? 'second' : null,
    };
  }

  /** Ends the connection, for good with this page or because its backend is gone. */
  close(): void {
    this.#epochs.reset();
    this.#setPath('absent');
  }

  readonly open = (order: OpenPeer): void => {
    const { sessionId, epoch } = order;
    if (sessionId !== this.#sessionId) this.#epochs.reset();
    this.#sessionId = sessionId;
    this.#epochs.open(epoch, () => this.#makePeer(order));
  };

  readonly signal = (epoch: number, text: string): void => this.#epochs.signal(epoch, text);

  readonly closePeer = (epoch: number): void => {
    if (!this.#epochs.isCurrent(epoch)) return;
    this.#epochs.close(epoch);
    this.#setPath('absent');
  };

  readonly send = (channel: LiveChannel, base64: string): void => {
    if (this.#epochs.peer?.send(channel, fromBase64(base64)) !== true) {
      throw new RpcError('unavailable', 'not connected, or too much is waiting');
    }
  };

  #makePeer({ epoch, isInitiator, iceServers, isRelayOnly }: OpenPeer): LivePeer {
    this.#setPath('connecting');
    const live: LivePeer = new LivePeer({
      isInitiator,
      iceServers: iceServers.map(withoutUndefined),
      isRelayOnly,
      outgoing: { ...this.#outgoing },
      onSignal: (signal) => this.#tell(this.#told.peerSignal({ peer: 'live', epoch, signal })),
      onConnected: () => this.#tell(this.#introduce(epoch, live)),
      onLost: (loss) => this.#lost(epoch, loss),
      onBytes: (channel, bytes) => this.#received(epoch, channel, bytes),
      onTracks: (tracks) => this.#takeTracks(tracks),
    });
    return live;
  }

  /** Nothing of the other end is passed on before the backend has compared its certificate. */
  async #introduce(epoch: number, live: LivePeer): Promise<void> {
    const { connection } = live.peer;
    const { isAccepted } = await this.#told.peerConnected({
      peer: 'live',
      epoch,
      remoteCertificateSha256: await live.peer.remoteCertificateSha256(),
      isRelayed: (await isRelayed(connection)) ?? false,
    });
    if (!this.#epochs.isCurrent(epoch)) return;
    if (!isAccepted) {
      this.closePeer(epoch);
      return;
    }
    live.accept();
    this.#setPath('connected');
  }

  #received(epoch: number, channel: LiveChannel, bytes: Uint8Array): void {
    if (!this.#epochs.isCurrent(epoch)) return;
    this.#tell(this.#told.received({ channel, epoch, bytes: toBase64(bytes) }));
  }

  #lost(epoch: number, loss: PeerLoss): void {
    if (!this.#epochs.isCurrent(epoch)) return;
    if (loss === 'failed' || loss === 'closed') this.#epochs.close(epoch);
    this.#setPath(loss === 'back' ? 'connected' : loss === 'disconnected' ? 'disconnected' : 'absent');
    this.#tell(this.#told.peerLost({ peer: 'live', epoch, state: loss }));
  }

  #takeTracks(tracks: Readonly<Record<MediaSlot, MediaStreamTrack | null>>): void {
    for (const stream of Object.values(this.remote)) {
      for (const track of stream.getTracks()) stream.removeTrack(track);
    }
    for (const slot of mediaSlots) {
      const track = tracks[slot];
      if (track) this.remote[mediaLines[slot].stream].addTrack(track);
    }
    this.#changed();
  }

  /** The backend may be gone; then the page closes everything anyway (see `close`). */
  #tell(call: Promise<unknown>): void {
    call.catch((error: unknown) => {
      if (!(error instanceof RpcError)) throw error;
    });
  }

  #setPath(path: LivePath): void {
    if (this.#path === path) return;
    this.#path = path;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The `carrier` contract of a page that carries the live connection only. */
export function liveCarrier(live: LiveLink): CarrierService {
  return {
    describe: () => ({ peers: ['live'] }),
    openPeer: (order) => only('live', order.peer, () => live.open(order)),
    signal: ({ peer, epoch, signal }) => only('live', peer, () => live.signal(epoch, signal)),
    closePeer: ({ peer, epoch }) => only('live', peer, () => live.closePeer(epoch)),
    send: ({ channel, bytes }) => {
      if (!liveChannels.includes(channel)) throw new RpcError('invalid-input', 'no such channel');
      live.send(channel, bytes);
      return null;
    },
    sendBulk: refuseBulk,
    cancelBulk: refuseBulk,
  };
}

export function only(kind: string, asked: string, run: () => void): null {
  if (kind !== asked) throw new RpcError('unavailable', `this page carries ${kind} only`);
  run();
  return null;
}

function refuseBulk(): never {
  throw new RpcError('unavailable', 'this page carries no files');
}

function withoutUndefined(server: OpenPeer['iceServers'][number]): RTCIceServer {
  const { urls, username, credential } = server;
  return {
    urls,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  };
}
