import { liveChannels } from '#shared/contract/page.ts';
import type { LiveChannel } from '#shared/contract/page.ts';
import type { PeerHandlers } from './carried-peer.ts';
import { ChannelGuard, liveChannelOptions, liveLimits } from './live-channels.ts';
import { lineOf, mediaSlots, prepareMediaLines, sendTrack } from './media-lines.ts';
import type { MediaSlot } from './media-lines.ts';
import { Peer } from './peer.ts';
import { governPicture } from './picture-governor.ts';

export type OutgoingTracks = Readonly<Record<MediaSlot, MediaStreamTrack | null>>;

export interface LivePeerOptions extends PeerHandlers {
  readonly outgoing: OutgoingTracks;
  readonly onBytes: (channel: LiveChannel, bytes: Uint8Array) => void;
  /** The tracks of the other end have come into being. */
  readonly onTracks: (tracks: Readonly<Record<MediaSlot, MediaStreamTrack | null>>) => void;
}

/** Until the backend has compared the certificate nothing is passed on; ordered messages wait, up to this. */
const MAXIMUM_WAITING_MESSAGES = 256;

/** The live connection of one epoch: media, and three channels of sealed bytes. */
export class LivePeer {
  readonly peer: Peer;
  readonly guard = new ChannelGuard();
  readonly #options: LivePeerOptions;
  readonly #waiting: Uint8Array[] = [];
  #outgoing: OutgoingTracks;
  #isAccepted = false;
  #stopGoverning: (() => void) | undefined;

  constructor(options: LivePeerOptions) {
    this.#options = options;
    this.#outgoing = options.outgoing;
    this.peer = new Peer({
      ...options,
      channels: liveChannelOptions,
      prepareMedia: (connection, isInitiator) => this.#prepareMedia(connection, isInitiator),
      onConnected: () => {
        // Parameters of an encoding can only be set once it has been negotiated.
        for (const slot of mediaSlots) this.#send(slot);
        this.#stopGoverning = governPicture(this.peer.connection);
        options.onConnected();
      },
      onLost: (loss) => {
        if (loss === 'failed' || loss === 'closed') this.#stopGoverning?.();
        options.onLost(loss);
      },
      onMessage: (name, data) => this.#receive(name as LiveChannel, data),
    });
  }

  /** The certificate is the right one: what waited is passed on, and what follows. */
  accept(): void {
    this.#isAccepted = true;
    for (const bytes of this.#waiting.splice(0)) this.#options.onBytes('control', bytes);
  }

  /** False where it was given up: not connected, or too much is waiting already. */
  send(name: LiveChannel, bytes: Uint8Array<ArrayBuffer>): boolean {
    const channel = this.peer.channel(name);
    const count = this.guard.counts[name];
    const { unsentBytes, messageBytes } = liveLimits[name];
    const isTooMuch = (channel?.bufferedAmount ?? 0) + bytes.length > unsentBytes;
    if (channel?.readyState !== 'open' || bytes.length > messageBytes || isTooMuch) {
      count.dropped++;
      return false;
    }
    channel.send(bytes);
    count.sent++;
    return true;
  }

  /** Shows another track in a slot, or none, while connected or not. */
  show(slot: MediaSlot, track: MediaStreamTrack | null): void {
    this.#outgoing = { ...this.#outgoing, [slot]: track };
    this.#send(slot);
  }

  signal(text: string): boolean {
    return this.peer.signal(text);
  }

  close(): void {
    this.#stopGoverning?.();
    this.peer.close();
  }

  #prepareMedia(connection: RTCPeerConnection, isInitiator: boolean): void {
    prepareMediaLines(connection, isInitiator);
    for (const slot of mediaSlots) void sendTrack(connection, slot, this.#outgoing[slot]).catch(ignoreEnd);
    const tracks = mediaSlots.map((slot) => [slot, lineOf(connection, slot)?.receiver.track ?? null]);
    this.#options.onTracks(Object.fromEntries(tracks) as Record<MediaSlot, MediaStreamTrack | null>);
  }

  #send(slot: MediaSlot): void {
    void sendTrack(this.peer.connection, slot, this.#outgoing[slot]).catch(ignoreEnd);
  }

  #receive(name: LiveChannel, data: unknown): void {
    if (!liveChannels.includes(name)) return;
    const bytes = this.guard.admit(name, data, performance.now());
    if (!bytes) return;
    if (this.#isAccepted) this.#options.onBytes(name, bytes);
    else if (name === 'control' && this.#waiting.length < MAXIMUM_WAITING_MESSAGES) this.#waiting.push(bytes);
    else this.guard.refuse(name, 'not-accepted');
  }
}

/** A connection that ends while a track is exchanged has no use for the track. */
function ignoreEnd(error: unknown): void {
  const { name } = error as Error;
  if (name !== 'InvalidStateError' && name !== 'InvalidModificationError') throw error;
}
