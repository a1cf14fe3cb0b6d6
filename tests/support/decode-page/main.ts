// Page of the decoding tests: decodes what it is told to and posts the pixels back, raw.
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import { createFrameDecoder } from '#renderer/imaging/decode/index.ts';
import type { FrameDecoder, FrameDecoderOptions } from '#renderer/imaging/decode/index.ts';

export interface DecodeOrder {
  readonly id: number;
  /** Where the page's server has the bytes of the frame. */
  readonly url: string;
  readonly description: PixelDescription;
  readonly bitOffset: number;
  /** Let the worker fetch the frame itself, as the workstation does. */
  readonly byUrl: boolean;
}

export interface DecodeReport {
  readonly id: number;
  readonly kind?: 'grey' | 'colour';
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly overlays?: readonly { readonly group: number; readonly ones: number }[];
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly milliseconds: number;
}

declare global {
  var decodeAll: (orders: readonly DecodeOrder[], options?: FrameDecoderOptions) => Promise<DecodeReport[]>;
  /** Aborts while the frame is being decoded, then decodes a small one. */
  var cancelSoon: (description: PixelDescription, url: string) => Promise<{ code: string; next: string }>;
}

let everyday: FrameDecoder | undefined;

globalThis.decodeAll = async (orders, options) => {
  const decoder = options ? createFrameDecoder(options) : (everyday ??= createFrameDecoder());
  const reports: DecodeReport[] = [];
  const queue = [...orders];
  const lane = async () => {
    for (let order = queue.shift(); order; order = queue.shift())
      reports.push(await decodeOne(decoder, order));
  };
  await Promise.all([lane(), lane(), lane()]);
  if (options) decoder.dispose();
  return reports;
};

async function decodeOne(
  decoder: FrameDecoder,
  { id, url, description, bitOffset, byUrl }: DecodeOrder,
): Promise<DecodeReport> {
  const start = performance.now();
  try {
    const source = byUrl
      ? { url }
      : { bytes: new Uint8Array(await (await fetch(url)).arrayBuffer()), bitOffset };
    const frame = await decoder.decode({ source, description });
    const milliseconds = performance.now() - start;
    await fetch(`/result/${id}`, { method: 'POST', body: frame.pixels as Uint8Array<ArrayBuffer> });
    if (frame.kind === 'colour') return { id, kind: 'colour', type: 'Uint8Array', milliseconds };
    const overlays = frame.overlays?.map(({ group, mask }) => ({
      group,
      ones: mask.reduce((sum, bit) => sum + bit, 0),
    }));
    const { minimum, maximum } = frame;
    const type = frame.pixels.constructor.name;
    return { id, kind: 'grey', type, minimum, maximum, milliseconds, ...(overlays && { overlays }) };
  } catch (error) {
    const failure =
      error instanceof FrameFailure
        ? { code: error.code, detail: error.message }
        : { code: 'unexpected', detail: String(error) };
    return { id, failure, milliseconds: performance.now() - start };
  }
}

globalThis.cancelSoon = async (description, url) => {
  const decoder = createFrameDecoder({ workers: 1 });
  const controller = new AbortController();
  const running = decoder.decode({ source: { url }, description, signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  const code = await running.then(
    () => 'decoded',
    (error: unknown) => (error instanceof FrameFailure ? error.code : 'unexpected'),
  );
  const small = { ...description, rows: 1, columns: 1, transferSyntaxUid: '1.2.840.10008.1.2.1' };
  const next = await decoder.decode({ source: { bytes: new Uint8Array(2) }, description: small });
  decoder.dispose();
  return { code, next: next.kind };
};
