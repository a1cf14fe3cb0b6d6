import type { link } from '#shared/contract/link.ts';
import type { PageContracts, PeerKind } from '#shared/contract/page.ts';
import type { ServiceClient } from '#shared/rpc/connect.ts';
import type { ParsedInputOf, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { Epochs } from './epochs.ts';
import type { EpochPeer } from './epochs.ts';
import { isRelayed } from './peer.ts';
import type { Peer, PeerLoss, PeerOptions } from './peer.ts';

/** What a carrying page tells its backend. */
export type LinkTold = Pick<
  ServiceClient<typeof link>,
  'peerSignal' | 'peerConnected' | 'peerLost' | 'received' | 'bulkProgress'
>;
export type CarrierService = Service<PageContracts['carrier'], 'backend'>;
export type OpenPeer = ParsedInputOf<PageContracts['carrier'], 'openPeer'>;

export type PeerPath = 'absent' | 'connecting' | 'connected' | 'disconnected';

export type PeerHandlers = Pick<
  PeerOptions,
  'isInitiator' | 'iceServers' | 'isRelayOnly' | 'onSignal' | 'onConnected' | 'onLost'
>;

/** A connection of one epoch that can be introduced to the backend. */
export interface IntroducedPeer extends EpochPeer {
  readonly peer: Peer;
  /** The certificate is the right one: what came is passed on from now on. */
  accept(): void;
}

interface CarriedOptions<P> {
  /** For what comes over it, see `epoch`. */
  readonly make: (order: OpenPeer, handlers: PeerHandlers) => P;
  readonly onPath: (path: PeerPath) => void;
}

/** One kind of connection of this page, whichever epoch it is in, and what the backend hears of it. */
export class CarriedPeer<P extends IntroducedPeer> {
  readonly #kind: PeerKind;
  readonly #told: LinkTold;
  readonly #options: CarriedOptions<P>;
  readonly #epochs = new Epochs<P>();
  #sessionId = '';
  #path: PeerPath = 'absent';

  constructor(kind: PeerKind, told: LinkTold, options: CarriedOptions<P>) {
    this.#kind = kind;
    this.#told = told;
    this.#options = options;
  }

  get path(): PeerPath {
    return this.#path;
  }

  /** The newest one, connected or not. */
  get current(): P | undefined {
    return this.#epochs.peer;
  }

  /** The newest one, if the backend has accepted its other end. */
  get connected(): P | undefined {
    return this.#path === 'connected' || this.#path === 'disconnected' ? this.#epochs.peer : undefined;
  }

  /** Signals that came too late or were none. */
  get refusedSignals(): number {
    return this.#epochs.refusedSignals;
  }

  isCurrent(epoch: number): boolean {
    return this.#epochs.isCurrent(epoch);
  }

  open(order: OpenPeer): null {
    this.#require(order.peer);
    if (order.sessionId !== this.#sessionId) this.#epochs.reset();
    this.#sessionId = order.sessionId;
    this.#epochs.open(order.epoch, () => this.#make(order));
    return null;
  }

  signal({ peer, epoch, signal }: { peer: PeerKind; epoch: number; signal: string }): null {
    this.#require(peer);
    this.#epochs.signal(epoch, signal);
    return null;
  }

  closePeer({ peer, epoch }: { peer: PeerKind; epoch: number }): null {
    this.#require(peer);
    if (this.#epochs.isCurrent(epoch)) {
      this.#epochs.close(epoch);
      this.#enter('absent');
    }
    return null;
  }

  /** Ends the connection, for good with this page or because its backend is gone. */
  close(): void {
    this.#epochs.reset();
    this.#enter('absent');
  }

  #require(kind: PeerKind): void {
    if (kind !== this.#kind) throw new RpcError('unavailable', `this page carries ${this.#kind} only`);
  }

  #make(order: OpenPeer): P {
    const { epoch, isInitiator, iceServers, isRelayOnly } = order;
    const peer = this.#kind;
    this.#enter('connecting');
    const made: P = this.#options.make(order, {
      isInitiator,
      iceServers: iceServers.map(withoutUndefined),
      isRelayOnly,
      onSignal: (signal) => ignoreRefusal(this.#told.peerSignal({ peer, epoch, signal })),
      onConnected: () => ignoreRefusal(this.#introduce(epoch, made)),
      onLost: (loss) => this.#lost(epoch, loss),
    });
    return made;
  }

  /** Nothing of the other end is passed on before the backend has compared its certificate. */
  async #introduce(epoch: number, made: P): Promise<void> {
    const { isAccepted } = await this.#told.peerConnected({
      peer: this.#kind,
      epoch,
      remoteCertificateSha256: await made.peer.remoteCertificateSha256(),
      isRelayed: (await isRelayed(made.peer.connection)) ?? false,
    });
    if (!this.#epochs.isCurrent(epoch)) return;
    if (!isAccepted) {
      this.closePeer({ peer: this.#kind, epoch });
      return;
    }
    made.accept();
    this.#enter('connected');
  }

  #lost(epoch: number, loss: PeerLoss): void {
    if (!this.#epochs.isCurrent(epoch)) return;
    const isOver = loss === 'failed' || loss === 'closed';
    if (isOver) this.#epochs.close(epoch);
    // Before it was accepted there is no path to lose.
    if (isOver) this.#enter('absent');
    else if (this.#path !== 'connecting') this.#enter(loss === 'back' ? 'connected' : 'disconnected');
    ignoreRefusal(this.#told.peerLost({ peer: this.#kind, epoch, state: loss }));
  }

  #enter(path: PeerPath): void {
    if (this.#path === path) return;
    this.#path = path;
    this.#options.onPath(path);
  }
}

/** The backend may be gone, or know better; then the page closes everything anyway. */
export function ignoreRefusal(call: Promise<unknown>): void {
  call.catch((error: unknown) => {
    if (!(error instanceof RpcError)) throw error;
  });
}

function withoutUndefined(server: OpenPeer['iceServers'][number]): RTCIceServer {
  const { urls, username, credential } = server;
  return {
    urls,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  };
}
