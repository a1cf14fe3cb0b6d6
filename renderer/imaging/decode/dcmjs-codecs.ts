import dcmjsCodecs from 'dcmjs-codecs';
import wasmUrl from 'dcmjs-codecs/build/dcmjs-native-codecs.wasm?url';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import type { Codestream } from '#shared/dicom/pixels/codestream.ts';
import { isLosslessFrame } from '#shared/dicom/pixels/frame-syntax.ts';
import type { DecodedCells } from '#shared/dicom/pixels/stored-frame.ts';

const { Context, NativeCodecs } = dcmjsCodecs;

/** The library fetches its module inside `eval`, which the page's policy forbids (version 0.0.8). */
class PageCodecs extends NativeCodecs {
  static async _getWebAssemblyBytes(): Promise<ArrayBuffer> {
    const response = await fetch(wasmUrl);
    return response.arrayBuffer();
  }
}

export interface JpegDecoder {
  decode(codestream: Codestream, description: PixelDescription): DecodedCells;
}

/** JPEG with 12 bits (sequential and progressive) and lossless JPEG of every predictor, in a fresh WebAssembly instance. */
export async function startJpegDecoder(): Promise<JpegDecoder> {
  await PageCodecs.initializeAsync();
  return { decode };
}

function decode(codestream: Codestream, description: PixelDescription): DecodedCells {
  const isWide = codestream.precision > 8;
  const context = PageCodecs.decodeJpeg(
    new Context({
      width: codestream.columns,
      height: codestream.rows,
      bitsAllocated: isWide ? 16 : 8,
      bitsStored: codestream.precision,
      samplesPerPixel: codestream.components,
      pixelRepresentation: 0,
      planarConfiguration: 0,
      photometricInterpretation: description.photometricInterpretation,
      encodedBuffer: codestream.bytes,
    }),
    { convertColorspaceToRgb: false },
  );
  return {
    bytes: context.getDecodedBuffer() ?? new Uint8Array(),
    bitsPerCell: isWide ? 16 : 8,
    precision: codestream.precision,
    isSigned: false,
    isExact: isLosslessFrame(description.transferSyntaxUid),
    photometricInterpretation: description.photometricInterpretation,
    planarConfiguration: 0,
  };
}
