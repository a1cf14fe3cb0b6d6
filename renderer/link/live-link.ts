import type { LiveChannel } from '#shared/contract/page.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { CarriedPeer, ignoreRefusal } from './carried-peer.ts';
import type { CarrierService, LinkTold, PeerPath } from './carried-peer.ts';
import { LivePeer } from './live-peer.ts';
import { mediaLines, mediaSlots } from './media-lines.ts';
import type { MediaSlot, MediaStreamName } from './media-lines.ts';

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
  readonly #carried: CarriedPeer<LivePeer>;
  readonly #listeners = new Set<() => void>();
  readonly #outgoing: Record<MediaSlot, MediaStreamTrack | null> = {
    microscope: null,
    voice: null,
    person: null,
    second: null,
  };

  constructor(told: LinkTold) {
    this.#told = told;
    this.#carried = new CarriedPeer<LivePeer>('live', told, {
      make: (order, handlers) =>
        new LivePeer({
          ...handlers,
          outgoing: { ...this.#outgoing },
          onBytes: (channel, bytes) => this.#received(order.epoch, channel, bytes),
          onTracks: (tracks) => this.#takeTracks(tracks),
        }),
      onPath: () => this.#changed(),
    });
  }

  /** The `carrier` contract, for the live connection only. */
  readonly carrier: CarrierService = {
    describe: () => ({ peers: ['live'] }),
    openPeer: (order) => this.#carried.open(order),
    signal: (input) => this.#carried.signal(input),
    closePeer: (input) => this.#carried.closePeer(input),
    send: ({ channel, bytes }) => {
      this.send(channel, fromBase64(bytes));
      return null;
    },
    sendBulk: refuseBulk,
    cancelBulk: refuseBulk,
    yieldBulk: refuseBulk,
  };

  get path(): PeerPath {
    return this.#carried.path;
  }

  /** The connection of now, for its statistics. */
  get connection(): RTCPeerConnection | undefined {
    return this.#carried.current?.peer.connection;
  }

  /** Messages per channel of now: received, sent, dropped, refused. */
  get counts() {
    return this.#carried.current?.guard.counts;
  }

  /** Signals that came too late or were none. */
  get refusedSignals(): number {
    return this.#carried.refusedSignals;
  }

  /** Told when the path or the incoming tracks change. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends a track in a slot from now on, in this connection and those that follow; null: nothing. */
  show(slot: MediaSlot, track: MediaStreamTrack | null): void {
    this.#outgoing[slot] = track;
    this.#carried.current?.show(slot, track);
  }

  /** @throws RpcError `unavailable` where it was given up: not connected, or too much is waiting. */
  send(channel: LiveChannel, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#carried.current?.send(channel, bytes) !== true) {
      throw new RpcError('unavailable', 'not connected, or too much is waiting');
    }
  }

  /** Names of the outgoing streams that carry something, for the other end. */
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
    this.#carried.close();
  }

  #received(epoch: number, channel: LiveChannel, bytes: Uint8Array): void {
    if (!this.#carried.isCurrent(epoch)) return;
    ignoreRefusal(this.#told.received({ channel, epoch, bytes: toBase64(bytes) }));
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

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function refuseBulk(): never {
  throw new RpcError('unavailable', 'this page carries no files');
}
