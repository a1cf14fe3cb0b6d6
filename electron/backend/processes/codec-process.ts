// A process of its own: it decodes what strangers compressed and is killed when it takes too long.
import { parseArgs } from 'node:util';
import { encode as encodePng } from 'fast-png';
import dcmjsCodecs from 'dcmjs-codecs';
import type { GreyFrame } from '#shared/dicom/pixel-description.ts';
import { greyLevel } from '#shared/dicom/grey-scale/voi.ts';
import type { Voi } from '#shared/dicom/grey-scale/voi.ts';
import { finishFrame } from '#shared/dicom/pixels/decoded-frame.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import { nativeFrameOf, trimNativeFrame } from '#shared/dicom/pixels/native-frame.ts';
import { crop, resample } from '#shared/dicom/pixels/raster.ts';
import type { Raster } from '#shared/dicom/pixels/raster.ts';
import { readDecodedCells, readNativeFrame } from '#shared/dicom/pixels/stored-frame.ts';
import { decompress } from './codec-decode.ts';
import type { CodecReply, CodecRequest, CodecResult, EncodedFrame, Rendering } from './codec-messages.ts';
import { watchMemory } from './memory-watchdog.ts';
import { connectToParent } from './parent-channel.ts';

const { Context, NativeCodecs } = dcmjsCodecs;

/** WebAssembly memory never shrinks; above this the process asks to be replaced. */
const MAXIMUM_RESIDENT_BYTES = 1024 ** 3;

const { values } = parseArgs({ options: { 'resident-limit-bytes': { type: 'string' } } });
watchMemory(Number(values['resident-limit-bytes'] ?? Infinity));

const parent = connectToParent();
let lastTurn: Promise<void> = Promise.resolve();

parent.onMessage((message) => {
  lastTurn = lastTurn.then(() => answer(message as CodecRequest));
});

async function answer(request: CodecRequest): Promise<void> {
  const { id } = request;
  const outcome = await outcomeOf(request);
  const isExhausted = process.memoryUsage.rss() > MAXIMUM_RESIDENT_BYTES;
  parent.send({ id, isExhausted, ...outcome } satisfies CodecReply);
}

async function outcomeOf(request: CodecRequest) {
  try {
    const { frame } = request;
    const result = await (request.kind === 'decode' ? decode(frame) : render(frame, request.rendering));
    return { ok: true, result } as const;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, code: error instanceof FrameFailure ? error.code : 'corrupt', detail } as const;
  }
}

async function decode({ bytes, description, bitOffset }: EncodedFrame): Promise<CodecResult> {
  const decompressed = await decompress(bytes, description);
  return decompressed.kind === 'cells'
    ? nativeFrameOf(decompressed.cells, description)
    : trimNativeFrame(decompressed.bytes, description, bitOffset);
}

async function render(
  { bytes, description, bitOffset }: EncodedFrame,
  rendering: Rendering,
): Promise<CodecResult> {
  const decompressed = await decompress(bytes, description);
  const stored =
    decompressed.kind === 'cells'
      ? readDecodedCells(decompressed.cells, description)
      : readNativeFrame(decompressed.bytes, description, bitOffset);
  const frame = finishFrame(stored, description);
  const { columns, rows } = description;
  const whole: Raster =
    frame.kind === 'colour'
      ? { columns, rows, samplesPerPixel: 3, bytes: frame.pixels }
      : { columns, rows, samplesPerPixel: 1, bytes: greyLevelsOf(frame, rendering) };
  const part = rendering.region ? crop(whole, rendering.region) : whole;
  const picture = resample(part, rendering.columns, rendering.rows);
  return {
    bytes: rendering.format === 'png' ? png(picture) : await jpeg(picture, rendering.quality),
    photometricInterpretation: '',
    planarConfiguration: 0,
  };
}

function greyLevelsOf(frame: GreyFrame, { voi, isInverted }: Rendering): Uint8Array {
  const level = greyLevel(voi ?? fullRange(frame), isInverted);
  const { pixels } = frame;
  // Values of 16-bit images repeat: each is computed once.
  const known = new Map<number, number>();
  const isRepeating = pixels.BYTES_PER_ELEMENT < 4;
  return Uint8Array.from(pixels, (value) => {
    if (!isRepeating) return Math.round(level(value));
    let grey = known.get(value);
    if (grey === undefined) known.set(value, (grey = Math.round(level(value))));
    return grey;
  });
}

/** From the darkest value that is no padding to the brightest. */
function fullRange({ minimum, maximum }: GreyFrame): Voi {
  const width = Math.max(maximum - minimum, Number.MIN_VALUE);
  return { kind: 'window', window: { width, centre: (minimum + maximum) / 2 }, function: 'LINEAR_EXACT' };
}

function png({ columns, rows, samplesPerPixel, bytes }: Raster): Uint8Array {
  return encodePng({ width: columns, height: rows, data: bytes, depth: 8, channels: samplesPerPixel });
}

async function jpeg({ columns, rows, samplesPerPixel, bytes }: Raster, quality: number): Promise<Uint8Array> {
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  const context = new Context({
    width: columns,
    height: rows,
    bitsAllocated: 8,
    bitsStored: 8,
    samplesPerPixel,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
    decodedBuffer: bytes,
  });
  const encoded = NativeCodecs.encodeJpeg(context, { lossy: true, quality });
  return encoded.getEncodedBuffer() ?? new Uint8Array();
}
