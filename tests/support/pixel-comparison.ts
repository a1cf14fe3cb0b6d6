// Our two decoders, the page's and the codec process's, against other people's.
import type { DecodedFrame, PixelDescription } from '#shared/dicom/pixel-description.ts';
import { describePixels } from '#shared/dicom/pixel-description.ts';
import { finishFrame } from '#shared/dicom/pixels/decoded-frame.ts';
import { readNativeFrame } from '#shared/dicom/pixels/stored-frame.ts';
import type { CodecPool } from '#backend/processes/codec-pool.ts';
import type { DecodePage } from './decode-page.ts';
import type { FileFrames } from './dicom-frames.ts';
import type { Reference, ReferenceFrame } from './reference-pixels.ts';

/** Two decoders of lossy code streams may round their arithmetic apart; by this many stored steps. */
const LOSSY_TOLERANCE: Readonly<Record<string, number>> = { '1.2.840.10008.1.2.4.203': 1 };

/** One frame of a file together with what other decoders make of it. */
export interface Frame {
  readonly of: Reference;
  readonly reference: ReferenceFrame;
  readonly description: PixelDescription;
  readonly bytes: Uint8Array;
  readonly bitOffset: number;
}

/** Those frames of a file that were decoded by others. */
export function framesOf(file: FileFrames, reference: Reference): Frame[] {
  return [...reference.frames()].map((frame) => {
    const description = describePixels(file.json, frame.number);
    if (!description) throw new Error('no image');
    return { of: reference, reference: frame, description, ...file.frame(frame.number) };
  });
}

/** In modality units, or red, green, blue. */
export interface Pixels {
  readonly kind: 'grey' | 'colour';
  readonly values: ArrayLike<number>;
  readonly isFloat: boolean;
}

/** What differs, or undefined. */
export function difference(pixels: Pixels, { reference, description }: Frame): string | undefined {
  const { values, kind } = reference;
  if (pixels.kind !== kind || pixels.values.length !== values.length) {
    return `${pixels.kind} × ${pixels.values.length} instead of ${kind} × ${values.length}`;
  }
  const steps = LOSSY_TOLERANCE[description.transferSyntaxUid] ?? 0;
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    const expected = values[index] ?? 0;
    const isEqual = Object.is(pixels.values[index], pixels.isFloat ? Math.fround(expected) : expected);
    if (!isEqual) largest = Math.max(largest, Math.abs((pixels.values[index] ?? NaN) - expected));
  }
  return largest <= steps ? undefined : `frame ${reference.number} differs by up to ${largest}`;
}

export async function inBrowser(page: DecodePage, frames: readonly Frame[]): Promise<(Pixels | string)[]> {
  const orders = frames.map(({ description, bitOffset }, id) => ({
    id,
    description,
    bitOffset,
    byUrl: false,
  }));
  const { reports, pixelsOf } = await page.decode(orders, (id) => frames[id]?.bytes ?? new Uint8Array());
  return frames.map((_, id) => {
    const report = reports.find((each) => each.id === id);
    const bytes = pixelsOf(id);
    if (!report?.kind || !report.type || !bytes) return report?.failure?.detail ?? 'no answer';
    const values = typedArray(report.type, new Uint8Array(bytes));
    return { kind: report.kind, values, isFloat: report.type === 'Float32Array' };
  });
}

function typedArray(type: string, { buffer }: Uint8Array<ArrayBuffer>): ArrayLike<number> {
  const constructors = { Uint8Array, Int16Array, Uint16Array, Int32Array, Float32Array };
  const constructor = constructors[type as keyof typeof constructors];
  return new constructor(buffer);
}

/** The process gives stored words; from there on it is the same arithmetic as in the page. */
export async function inProcess(
  codec: CodecPool,
  { bytes, description, bitOffset }: Frame,
): Promise<Pixels | string> {
  try {
    const frame = { bytes, description, bitOffset };
    const decoded = await codec.run({ kind: 'decode', frame });
    const { photometricInterpretation, planarConfiguration } = decoded;
    const transferSyntaxUid = '1.2.840.10008.1.2.1';
    const native = { ...description, photometricInterpretation, planarConfiguration, transferSyntaxUid };
    return pixelsOf(finishFrame(readNativeFrame(new Uint8Array(decoded.bytes), native), native));
  } catch (error) {
    return (error as Error).message;
  }
}

function pixelsOf(frame: DecodedFrame): Pixels {
  return { kind: frame.kind, values: frame.pixels, isFloat: frame.pixels instanceof Float32Array };
}
