import { randomUUID } from 'node:crypto';
import { createOpener, createSealer } from '#shared/link/seal.ts';
import type { Opener, SealedStream, Sealer, SealingKey } from '#shared/link/seal.ts';
import { DeviceReply } from '#shared/motion/intent.ts';
import type { DeviceRequest, MotionIntent } from '#shared/motion/intent.ts';
import { Telemetry } from '#shared/motion/telemetry.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { LiveChannel } from '#shared/contract/page.ts';

export type StreamKeys = Readonly<Record<SealedStream, SealingKey>>;

export interface RemoteMicroscopeOptions {
  readonly keys: StreamKeys;
  readonly epoch: number;
  readonly sendOn: (channel: LiveChannel, bytes: Uint8Array) => void;
  readonly onTelemetry: (telemetry: Telemetry) => void;
}

/** A device host that does not answer within this has not got the request, or the link is gone. */
const REPLY_TIMEOUT_MS = 5000;

interface Waiting {
  readonly resolve: (reply: DeviceReply) => void;
  readonly timer: NodeJS.Timeout;
}

/** The microscope at the other end of the link, for one epoch of it. Says only what the page means now. */
export class RemoteMicroscope {
  readonly #options: RemoteMicroscopeOptions;
  readonly #motion: Sealer;
  readonly #requests: Sealer;
  readonly #telemetry: Opener;
  readonly #replies: Opener;
  readonly #waiting = new Map<string, Waiting>();
  #newestDeviceTimeMs = -Infinity;

  constructor(options: RemoteMicroscopeOptions) {
    const { keys, epoch } = options;
    this.#options = options;
    this.#motion = createSealer({ key: keys.motion, stream: 'motion', epoch });
    this.#requests = createSealer({ key: keys.request, stream: 'request', epoch });
    this.#telemetry = createOpener({ key: keys.telemetry, stream: 'telemetry', epoch, order: 'window' });
    this.#replies = createOpener({ key: keys.reply, stream: 'reply', epoch, order: 'strict' });
  }

  async intend(intent: MotionIntent): Promise<void> {
    this.#options.sendOn('motion', await this.#motion.seal(toBytes(intent)));
  }

  async request(request: DeviceRequest): Promise<DeviceReply> {
    const requestId = randomUUID();
    const reply = new Promise<DeviceReply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(requestId);
        reject(new RpcError('timeout', 'the microscope does not answer'));
      }, REPLY_TIMEOUT_MS);
      this.#waiting.set(requestId, { resolve, timer });
    });
    this.#options.sendOn('control', await this.#requests.seal(toBytes({ requestId, request })));
    return reply;
  }

  async telemetryArrived(bytes: Uint8Array): Promise<void> {
    const telemetry = await opened(this.#telemetry, bytes, Telemetry);
    // The channel reorders: what is older than what was told is history.
    if (!telemetry || telemetry.deviceTimeMs <= this.#newestDeviceTimeMs) return;
    this.#newestDeviceTimeMs = telemetry.deviceTimeMs;
    this.#options.onTelemetry(telemetry);
  }

  async replyArrived(bytes: Uint8Array): Promise<void> {
    const reply = await opened(this.#replies, bytes, DeviceReply);
    const waiting = reply && this.#waiting.get(reply.requestId);
    if (!waiting) return;
    this.#waiting.delete(reply.requestId);
    clearTimeout(waiting.timer);
    waiting.resolve(reply);
  }

  /** The path is gone: nobody waits for an answer any more. */
  close(): void {
    for (const { resolve, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      resolve({ requestId: randomUUID(), refused: 'not-permitted' });
    }
    this.#waiting.clear();
  }
}

function toBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Undefined for anything that is not what the seal and the schema say; the opener counts those. */
async function opened<T>(
  opener: Opener,
  bytes: Uint8Array,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): Promise<T | undefined> {
  const message = await opener.open(bytes);
  if (!message.isOpened) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(message.bytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
