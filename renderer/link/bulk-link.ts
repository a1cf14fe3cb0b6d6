import type { BulkFrame } from '#shared/link/bulk-frame.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { BulkPace } from './bulk-pace.ts';
import { BulkPeer } from './bulk-peer.ts';
import { IncomingTransfer } from './bulk-receiver.ts';
import { OutgoingTransfer, TransferStopped } from './bulk-sender.ts';
import { CarriedPeer } from './carried-peer.ts';
import type { CarrierService, LinkTold, PeerHandlers } from './carried-peer.ts';

/** Running and refused at once; a person takes a still every few seconds. */
const MAXIMUM_INCOMING = 32;

/** The bulk connection of this page, whichever epoch it is in, and the files on their way. */
export class BulkLink {
  readonly #told: LinkTold;
  readonly #carried: CarriedPeer<BulkPeer>;
  readonly #outgoing = new Map<string, OutgoingTransfer>();
  readonly #incoming = new Map<string, IncomingTransfer>();
  readonly #pace = new BulkPace();

  constructor(told: LinkTold) {
    this.#told = told;
    this.#carried = new CarriedPeer<BulkPeer>('bulk', told, {
      make: (_order, handlers) => this.#makePeer(handlers),
      onPath: (path) => {
        if (path === 'connected') this.#goOn();
      },
    });
  }

  readonly carrier: CarrierService = {
    describe: () => ({ peers: ['bulk'] }),
    openPeer: (order) => this.#carried.open(order),
    signal: (input) => this.#carried.signal(input),
    closePeer: (input) => this.#carried.closePeer(input),
    send: () => {
      throw new RpcError('unavailable', 'this page carries files only');
    },
    sendBulk: async ({ transferId, sizeBytes }) => {
      const transfer = this.#outgoing.get(transferId) ?? this.#begin(transferId, sizeBytes);
      try {
        await transfer.done;
      } catch (error) {
        const reason = error instanceof TransferStopped ? error.reason : 'unavailable';
        throw new RpcError(reason === 'cancelled' ? 'cancelled' : 'unavailable', reason);
      } finally {
        this.#outgoing.delete(transferId);
      }
      return null;
    },
    yieldBulk: ({ forMs }) => {
      this.#pace.yieldFor(forMs);
      return null;
    },
    cancelBulk: ({ transferId }) => {
      this.#outgoing.get(transferId)?.cancel();
      return null;
    },
  };

  close(): void {
    this.#carried.close();
  }

  #begin(transferId: string, sizeBytes: number): OutgoingTransfer {
    const transfer = new OutgoingTransfer(transferId, sizeBytes, this.#pace, (sentBytes) =>
      this.#tell(transferId, 'outgoing', sentBytes, sizeBytes),
    );
    this.#outgoing.set(transferId, transfer);
    const { connected } = this.#carried;
    if (connected) transfer.start(connected);
    return transfer;
  }

  /** Over a new connection every file goes on where it was. */
  #goOn(): void {
    const { connected } = this.#carried;
    if (!connected) return;
    for (const transfer of this.#outgoing.values()) transfer.start(connected);
  }

  #makePeer(handlers: PeerHandlers): BulkPeer {
    this.#incoming.clear();
    const peer: BulkPeer = new BulkPeer({ ...handlers, onFrame: (frame) => this.#take(frame, peer) });
    return peer;
  }

  #take(frame: BulkFrame, peer: BulkPeer): void {
    const { transferId } = frame;
    if (frame.kind === 'begin') {
      if (this.#incoming.has(transferId)) return;
      if (this.#incoming.size >= MAXIMUM_INCOMING) {
        peer.send({ kind: 'stop', transferId, reason: 'unavailable' });
        return;
      }
      const transfer = new IncomingTransfer(
        frame,
        peer,
        (receivedBytes) => this.#tell(transferId, 'incoming', receivedBytes, frame.sizeBytes),
        () => {
          if (this.#incoming.get(transferId) === transfer) this.#incoming.delete(transferId);
        },
      );
      this.#incoming.set(transferId, transfer);
      transfer.start();
    } else if (frame.kind === 'data') {
      this.#incoming.get(transferId)?.take(frame);
    } else {
      (this.#outgoing.get(transferId) ?? this.#incoming.get(transferId))?.take(frame);
    }
  }

  #tell(transferId: string, direction: 'outgoing' | 'incoming', sentBytes: number, sizeBytes: number): void {
    void this.#told.bulkProgress({ transferId, direction, sentBytes, sizeBytes }).catch(() => {});
  }
}
