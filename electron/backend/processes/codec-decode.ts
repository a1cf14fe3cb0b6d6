import { inflateRawSync } from 'node:zlib';
import dcmjsCodecs from 'dcmjs-codecs';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import {
  needsColourTransform,
  readCodestream,
  requireMatch,
  withColourMarker,
} from '#shared/dicom/pixels/codestream.ts';
import type { Codestream } from '#shared/dicom/pixels/codestream.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import {
  DEFLATED_IMAGE_FRAME,
  RLE_LOSSLESS,
  isLosslessFrame,
  isNativeFrame,
} from '#shared/dicom/pixels/frame-syntax.ts';
import { decodeRle } from '#shared/dicom/pixels/rle.ts';
import { nativeFrameBytes, requireSaneSize } from '#shared/dicom/pixels/stored-frame.ts';
import type { DecodedCells } from '#shared/dicom/pixels/stored-frame.ts';

const { Context, NativeCodecs } = dcmjsCodecs;

/** Compressed frames become cells; native ones stay the bytes they are. */
export type Decompressed =
  | { readonly kind: 'cells'; readonly cells: DecodedCells }
  | { readonly kind: 'native'; readonly bytes: Uint8Array };

/** Decodes one frame. @throws FrameFailure */
export async function decompress(bytes: Uint8Array, description: PixelDescription): Promise<Decompressed> {
  requireSaneSize(description);
  const { transferSyntaxUid } = description;
  if (isNativeFrame(transferSyntaxUid)) return { kind: 'native', bytes };
  if (transferSyntaxUid === RLE_LOSSLESS) return { kind: 'cells', cells: decodeRle(bytes, description) };
  if (transferSyntaxUid === DEFLATED_IMAGE_FRAME) {
    return { kind: 'native', bytes: inflate(bytes, nativeFrameBytes(description)) };
  }
  const codestream = readCodestream(bytes);
  requireMatch(codestream, description);
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  try {
    return { kind: 'cells', cells: decodeCodestream(codestream, description) };
  } catch (error) {
    // What a failure left behind in the WebAssembly memory is not trusted: the next frame gets a new one.
    NativeCodecs.release();
    if (error instanceof FrameFailure) throw error;
    throw new FrameFailure('corrupt', error instanceof Error ? error.message.trim() : String(error));
  }
}

function inflate(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength });
  } catch {
    throw new FrameFailure('corrupt', 'the deflated frame cannot be inflated');
  }
}

function decodeCodestream(codestream: Codestream, description: PixelDescription): DecodedCells {
  const { format, components, precision } = codestream;
  if (precision > 16) throw new FrameFailure('unsupported', `${precision} bits in a compressed sample`);
  const isColourJpeg = format === 'jpeg' && components === 3;
  const isYbr = isColourJpeg && needsColourTransform(codestream, description.photometricInterpretation);
  const isWide = precision > 8;
  const context = new Context({
    width: codestream.columns,
    height: codestream.rows,
    bitsAllocated: isWide ? 16 : 8,
    bitsStored: precision,
    samplesPerPixel: components,
    pixelRepresentation: description.isSigned ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: isYbr ? 'YBR_FULL' : components === 3 ? 'RGB' : 'MONOCHROME2',
    encodedBuffer: isColourJpeg ? withColourMarker(codestream.bytes, isYbr) : codestream.bytes,
  });
  const decoded = decoderOf(format)(context, isColourJpeg);
  const isConverted = isColourJpeg || codestream.hasComponentTransform;
  return {
    bytes: decoded.getDecodedBuffer() ?? new Uint8Array(),
    bitsPerCell: isWide ? 16 : 8,
    precision,
    isSigned: codestream.isSigned,
    isExact: isLosslessFrame(description.transferSyntaxUid),
    photometricInterpretation: isConverted ? 'RGB' : description.photometricInterpretation,
    planarConfiguration: codestream.isPlanar ? 1 : 0,
  };
}

type NativeDecoder = (
  context: InstanceType<typeof Context>,
  isColourJpeg: boolean,
) => InstanceType<typeof Context>;

function decoderOf(format: Codestream['format']): NativeDecoder {
  switch (format) {
    case 'jpeg-ls':
      return (context) => NativeCodecs.decodeJpegLs(context);
    case 'jpeg2000':
      return (context) => NativeCodecs.decodeJpeg2000(context);
    case 'htj2k':
      return (context) => NativeCodecs.decodeHtJpeg2000(context);
    default:
      return (context, convertColorspaceToRgb) =>
        NativeCodecs.decodeJpeg(context, { convertColorspaceToRgb });
  }
}
