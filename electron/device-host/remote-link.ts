import { createOpener, createSealer } from '#shared/link/seal.ts';
import type { Opener, SealRefusal, SealedStream, Sealer } from '#shared/link/seal.ts';
import { IdentifiedRequest, MotionIntent } from '#shared/motion/intent.ts';
import type { DeviceReply, RefusalReason } from '#shared/motion/intent.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { ControlDesk } from './control-desk.ts';

export interface RemoteKeys {
  readonly sessionId: string;
  readonly linkEpoch: number;
  readonly motionKey: Uint8Array;
  readonly requestKey: Uint8Array;
  readonly telemetryKey: Uint8Array;
  readonly replyKey: Uint8Array;
}

type OutgoingStream = Extract<SealedStream, 'telemetry' | 'reply'>;

interface OpenLink {
  readonly openers: Readonly<Record<'motion' | 'request', Opener>>;
  readonly sealers: Readonly<Record<OutgoingStream, Sealer>>;
}

const reasonOf: Readonly<Record<SealRefusal, RefusalReason>> = {
  malformed: 'malformed',
  'wrong-stream': 'malformed',
  'wrong-epoch': 'old-lease',
  replayed: 'old-sequence',
  tampered: 'malformed',
};

/** The end of the sealed link: what cannot be opened with the keys of this epoch never reaches the desk. */
export class RemoteLink {
  readonly #desk: ControlDesk;
  readonly #send: (stream: OutgoingStream, sealed: Uint8Array) => void;
  #open: OpenLink | undefined;
  #sessionId: string | undefined;

  constructor(desk: ControlDesk, send: (stream: OutgoingStream, sealed: Uint8Array) => void) {
    this.#desk = desk;
    this.#send = send;
  }

  open({ sessionId, linkEpoch: epoch, motionKey, requestKey, telemetryKey, replyKey }: RemoteKeys): void {
    this.#desk.remoteChanged({ isSameSession: sessionId === this.#sessionId });
    this.#sessionId = sessionId;
    this.#open = {
      openers: {
        motion: createOpener({ key: motionKey, stream: 'motion', epoch, order: 'window' }),
        request: createOpener({ key: requestKey, stream: 'request', epoch, order: 'strict' }),
      },
      sealers: {
        telemetry: createSealer({ key: telemetryKey, stream: 'telemetry', epoch }),
        reply: createSealer({ key: replyKey, stream: 'reply', epoch }),
      },
    };
  }

  close(): void {
    this.#open = undefined;
    this.#desk.remoteLost();
  }

  async receive(stream: 'motion' | 'request', sealed: Uint8Array): Promise<void> {
    const link = this.#open;
    if (!link) {
      this.#desk.countRefusal('not-holder');
      return;
    }
    const opened = await link.openers[stream].open(sealed);
    // The path may have been lost while it was opened.
    if (this.#open !== link) return;
    if (!opened.isOpened) {
      this.#desk.countRefusal(reasonOf[opened.refused]);
      return;
    }
    if (stream === 'motion') this.#intend(opened.bytes);
    else await this.#answer(opened.bytes, link);
  }

  async tell(telemetry: Telemetry): Promise<void> {
    const link = this.#open;
    if (!link) return;
    const sealed = await link.sealers.telemetry.seal(toBytes(telemetry));
    if (this.#open === link) this.#send('telemetry', sealed);
  }

  #intend(bytes: Uint8Array): void {
    const intent = MotionIntent.safeParse(fromBytes(bytes));
    if (intent.success) this.#desk.intent(intent.data, 'remote');
    else this.#desk.countRefusal('malformed');
  }

  async #answer(bytes: Uint8Array, link: OpenLink): Promise<void> {
    const parsed = IdentifiedRequest.safeParse(fromBytes(bytes));
    if (!parsed.success) {
      this.#desk.countRefusal('malformed');
      return;
    }
    const { requestId, request } = parsed.data;
    const refused = this.#desk.request(request, 'remote');
    const sealed = await link.sealers.reply.seal(toBytes({ requestId, refused } satisfies DeviceReply));
    if (this.#open === link) this.#send('reply', sealed);
  }
}

function toBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function fromBytes(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
