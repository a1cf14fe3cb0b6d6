// Runs in a web worker: fetches one frame and decodes it, so that the page never waits for either.
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import { limits } from '#shared/dicom/limits.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import { isNativeFrame } from '#shared/dicom/pixels/frame-syntax.ts';
import { decodeFrame } from './decode-frame.ts';
import { pixelBuffer, shared } from './shared-pixels.ts';
import type { FrameSource, FromWorker, ToWorker } from './messages.ts';

const FETCH_TIMEOUT_MS = 120_000;

const running = new Map<number, AbortController>();

addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.type === 'cancel') running.get(message.id)?.abort();
  else void answer(message);
});

async function answer({ id, source, description }: ToWorker & { type: 'decode' }): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const fetched = await bytesOf(source, controller.signal);
    await inTurn(async () => {
      if (controller.signal.aborted) throw new FrameFailure('cancelled', 'no longer wanted');
      reply({ type: 'decoding', id });
      const transferSyntaxUid = fetched.transferSyntaxUid ?? description.transferSyntaxUid;
      const frame = shared(
        await decodeFrame(fetched.bytes, { ...description, transferSyntaxUid }, fetched.bitOffset),
      );
      reply({ type: 'decoded', id, frame }, buffersOf(frame));
    });
  } catch (error) {
    const isFailure = error instanceof FrameFailure;
    const detail = error instanceof Error ? error.message : String(error);
    reply({ type: 'failed', id, code: isFailure ? error.code : 'corrupt', detail });
  } finally {
    running.delete(id);
  }
}

let lastTurn: Promise<void> = Promise.resolve();

/** One frame at a time, so that the page knows which one a worker hangs on. */
function inTurn(decode: () => Promise<void>): Promise<void> {
  const turn = lastTurn.then(decode);
  lastTurn = turn.catch(() => {});
  return turn;
}

interface FetchedFrame {
  readonly bytes: Uint8Array;
  readonly bitOffset: number;
  /** What the server says these bytes are; uncompressed ones always come in little endian. */
  readonly transferSyntaxUid?: string;
}

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

async function bytesOf(source: FrameSource, signal: AbortSignal): Promise<FetchedFrame> {
  if ('bytes' in source) return { bytes: source.bytes, bitOffset: source.bitOffset ?? 0 };
  try {
    const response = await fetch(source.url, {
      headers: { Accept: 'application/octet-stream; transfer-syntax=*' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]),
    });
    if (!response.ok) throw new FrameFailure('unavailable', `frame: ${response.status}`);
    const contentType = response.headers.get('Content-Type') ?? '';
    const named = /transfer-syntax="?(?<uid>[\d.]+)"?/.exec(contentType)?.groups?.['uid'];
    const transferSyntaxUid = named ?? EXPLICIT_LITTLE_ENDIAN;
    // Uncompressed pixels are decoded in place: they may as well arrive where they will stay.
    const bytes = await readBody(response, isNativeFrame(transferSyntaxUid));
    return { bytes, bitOffset: 0, transferSyntaxUid };
  } catch (error) {
    if (signal.aborted) throw new FrameFailure('cancelled', 'no longer wanted');
    if (error instanceof FrameFailure) throw error;
    throw new FrameFailure('unavailable', error instanceof Error ? error.message : String(error));
  }
}

/**
 * Into memory of the announced size. `arrayBuffer()` would leave a second copy of every frame to a garbage
 * collector that does not know how large it is: 150 MB for 300 slices of CT.
 */
async function readBody(response: Response, isToStay: boolean): Promise<Uint8Array> {
  const length = Number(response.headers.get('Content-Length'));
  if (!response.body || !(length > 0) || response.headers.has('Content-Encoding')) {
    return new Uint8Array(await response.arrayBuffer());
  }
  if (length > limits.frameBytes) throw new FrameFailure('too-large', `${length} bytes`);
  const bytes = new Uint8Array(isToStay ? pixelBuffer(length) : new ArrayBuffer(length));
  let at = 0;
  for await (const chunk of response.body) {
    if (at + chunk.length > length) throw new FrameFailure('unavailable', 'more bytes than announced');
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at < length) throw new FrameFailure('unavailable', `${at} of ${length} bytes`);
  return bytes;
}

function buffersOf(frame: DecodedFrame): ArrayBuffer[] {
  const arrays: ArrayBufferView[] = [frame.pixels];
  if (frame.kind === 'grey') {
    if (frame.colours) arrays.push(frame.colours);
    for (const { mask } of frame.overlays ?? []) arrays.push(mask);
  }
  const buffers = new Set(arrays.map((array) => array.buffer));
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer);
}

function reply(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  postMessage(message, { transfer });
}
