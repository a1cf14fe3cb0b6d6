import charlsFactory from '@cornerstonejs/codec-charls/decodewasmjs';
import charlsUrl from '@cornerstonejs/codec-charls/decodewasm?url';
import libjpegTurboFactory from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import libjpegTurboUrl from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url';
import openjpegFactory from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import openjpegUrl from '@cornerstonejs/codec-openjpeg/decodewasm?url';
import openjphFactory from '@cornerstonejs/codec-openjph/wasmjs';
import openjphUrl from '@cornerstonejs/codec-openjph/wasm?url';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import { needsColourTransform, withColourMarker } from '#shared/dicom/pixels/codestream.ts';
import type { Codestream } from '#shared/dicom/pixels/codestream.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import type { DecodedCells } from '#shared/dicom/pixels/stored-frame.ts';
import { isLosslessFrame } from '#shared/dicom/pixels/frame-syntax.ts';

/** Starts a WebAssembly module once; forgotten after a failure, because an aborted one is not usable again. */
function lazily<Module>(start: () => Promise<Module>): { get(): Promise<Module>; forget(): void } {
  let started: Promise<Module> | undefined;
  return {
    get: () => (started ??= start()),
    forget: () => (started = undefined),
  };
}

const quiet = { print: () => {}, printErr: () => {} };
const charls = lazily(() => charlsFactory({ ...quiet, locateFile: () => charlsUrl }));
const openjpeg = lazily(() => openjpegFactory({ ...quiet, locateFile: () => openjpegUrl }));
const openjph = lazily(() => openjphFactory({ ...quiet, locateFile: () => openjphUrl }));
const libjpegTurbo = lazily(() => libjpegTurboFactory({ ...quiet, locateFile: () => libjpegTurboUrl }));
/** 12-bit and lossless JPEG: 4 MB that most workstations never load. */
const jpegDecoder = lazily(async () => (await import('./dcmjs-codecs.ts')).startJpegDecoder());

/** Decodes one compressed frame whose codestream has been read and matches the description. */
export function decodeCodestream(
  codestream: Codestream,
  description: PixelDescription,
): Promise<DecodedCells> {
  const { format, precision } = codestream;
  if (format === 'jpeg-ls') {
    return guarded(charls, (module) => decodeJpegLs(codestream, description, module));
  }
  if (format === 'jpeg2000') {
    return guarded(openjpeg, ({ J2KDecoder }) => decodeWavelets(codestream, description, new J2KDecoder()));
  }
  if (format === 'htj2k') {
    return guarded(openjph, ({ HTJ2KDecoder }) =>
      decodeWavelets(codestream, description, new HTJ2KDecoder()),
    );
  }
  if (format === 'jpeg' && precision === 8) {
    return guarded(libjpegTurbo, ({ JPEGDecoder }) => decodeJpeg(codestream, description, new JPEGDecoder()));
  }
  return guarded(jpegDecoder, (decoder) => decoder.decode(codestream, description));
}

async function guarded<Module>(
  codec: { get(): Promise<Module>; forget(): void },
  decode: (module: Module) => DecodedCells,
): Promise<DecodedCells> {
  try {
    return decode(await codec.get());
  } catch (error) {
    codec.forget();
    if (error instanceof FrameFailure) throw error;
    throw new FrameFailure('corrupt', error instanceof Error ? error.message : String(error));
  }
}

function decodeJpegLs(
  codestream: Codestream,
  description: PixelDescription,
  module: Awaited<ReturnType<typeof charls.get>>,
): DecodedCells {
  const decoder = new module.JpegLSDecoder();
  try {
    return cellsOf(codestream, description, run(decoder, codestream.bytes));
  } catch (error) {
    throw typeof error === 'number' ? new FrameFailure('corrupt', module.getExceptionMessage(error)) : error;
  } finally {
    decoder.delete();
  }
}

function decodeWavelets(
  codestream: Codestream,
  description: PixelDescription,
  decoder: WasmFrameDecoder,
): DecodedCells {
  try {
    if (codestream.precision > 16) {
      throw new FrameFailure('unsupported', `JPEG 2000 with ${codestream.precision} bits`);
    }
    const bytes = run(decoder, codestream.bytes);
    const cells = cellsOf(codestream, description, bytes);
    return codestream.hasComponentTransform ? { ...cells, photometricInterpretation: 'RGB' } : cells;
  } finally {
    decoder.delete();
  }
}

function decodeJpeg(
  codestream: Codestream,
  description: PixelDescription,
  decoder: WasmFrameDecoder,
): DecodedCells {
  try {
    const { photometricInterpretation } = description;
    const isColour = codestream.components === 3;
    const isYbr = isColour && needsColourTransform(codestream, photometricInterpretation);
    const bytes = run(decoder, isColour ? withColourMarker(codestream.bytes, isYbr) : codestream.bytes);
    const cells = cellsOf(codestream, description, bytes);
    return isColour ? { ...cells, photometricInterpretation: 'RGB' } : cells;
  } finally {
    decoder.delete();
  }
}

function run(decoder: WasmFrameDecoder, encoded: Uint8Array): Uint8Array {
  decoder.getEncodedBuffer(encoded.length).set(encoded);
  decoder.decode();
  // A copy: the buffer is WebAssembly memory and goes with the decoder.
  return decoder.getDecodedBuffer().slice();
}

function cellsOf(codestream: Codestream, description: PixelDescription, bytes: Uint8Array): DecodedCells {
  return {
    bytes,
    bitsPerCell: codestream.precision <= 8 ? 8 : 16,
    precision: codestream.precision,
    isSigned: codestream.isSigned,
    isExact: isLosslessFrame(description.transferSyntaxUid),
    photometricInterpretation: description.photometricInterpretation,
    planarConfiguration: codestream.isPlanar ? 1 : 0,
  };
}
