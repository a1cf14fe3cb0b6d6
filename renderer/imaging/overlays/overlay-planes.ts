import { decodeInlineBinary } from '#shared/dicom/image/inline-binary.ts';
import { firstNumber, firstText, numbers } from '#shared/dicom/attributes.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';

/** A graphic of one bit per pixel over an image; PS3.3 section C.9.2. */
export interface OverlayPlane {
  /** '6000', '6002' ... */
  readonly group: string;
  readonly rows: number;
  readonly columns: number;
  /** Row and column of its first pixel on the image; 1, 1 is the image's first pixel, others may lie outside. */
  readonly origin: readonly [row: number, column: number];
  readonly frames: number;
  /** Image frame that the first overlay frame belongs to, from 1. */
  readonly firstImageFrame: number;
  readonly label: string;
  readonly data:
    | { readonly kind: 'inline'; readonly base64: string }
    | { readonly kind: 'bulk'; readonly uri: string }
    /** Bit of each stored pixel that holds it: retired in 2004, but still found in archives. */
    | { readonly kind: 'embedded'; readonly bit: number };
}

const GROUPS = Array.from({ length: 16 }, (_, index) => (0x6000 + 2 * index).toString(16));

/** What a header says about overlays; planes without size or data are left out. */
export function overlayPlanes(json: DicomJson): OverlayPlane[] {
  return GROUPS.flatMap((group) => {
    const tag = (element: string) => `${group}${element}`;
    const data = dataOf(json, group);
    const isEmbedded = data?.kind === 'embedded';
    const rows = firstNumber(json, tag('0010')) ?? (isEmbedded ? firstNumber(json, '00280010') : undefined);
    const columns =
      firstNumber(json, tag('0011')) ?? (isEmbedded ? firstNumber(json, '00280011') : undefined);
    if (!data || !rows || !columns) return [];
    const [row = 1, column = 1] = numbers(json, tag('0050')) ?? [];
    return [
      {
        group,
        rows,
        columns,
        origin: [row, column] as const,
        frames: Math.max(1, firstNumber(json, tag('0015')) ?? 1),
        firstImageFrame: Math.max(1, firstNumber(json, tag('0051')) ?? 1),
        label: firstText(json, tag('1500')) ?? firstText(json, tag('0022')) ?? '',
        data,
      },
    ];
  });
}

function dataOf(json: DicomJson, group: string): OverlayPlane['data'] | undefined {
  const attribute = json[`${group}3000`];
  if (attribute?.InlineBinary !== undefined) return { kind: 'inline', base64: attribute.InlineBinary };
  if (attribute?.BulkDataURI !== undefined) return { kind: 'bulk', uri: attribute.BulkDataURI };
  const bitsAllocated = firstNumber(json, `${group}0100`) ?? 1;
  const bit = firstNumber(json, `${group}0102`);
  return bit !== undefined && bitsAllocated > 1 ? { kind: 'embedded', bit } : undefined;
}

/** Which frame of the overlay belongs to a frame of the image, from 0; undefined for none. */
export function overlayFrame(
  { frames, firstImageFrame }: OverlayPlane,
  imageFrame: number,
): number | undefined {
  if (frames === 1 && firstImageFrame === 1) return 0;
  const frame = imageFrame - firstImageFrame;
  return frame >= 0 && frame < frames ? frame : undefined;
}

export type BitAt = (index: number) => boolean;

/** Eight pixels to a byte, the first in the lowest bit (PS3.5 section 8.1.2). */
export function packedBits(bytes: Uint8Array, { rows, columns }: OverlayPlane, frame: number): BitAt {
  const start = frame * rows * columns;
  return (index) => (((bytes[(start + index) >> 3] ?? 0) >> ((start + index) & 7)) & 1) === 1;
}

/** One bit of every stored 16 bit pixel, little endian. */
export function embeddedBits(frameBytes: Uint8Array, bit: number): BitAt {
  return (index) => {
    const word = (frameBytes[2 * index] ?? 0) | ((frameBytes[2 * index + 1] ?? 0) << 8);
    return ((word >> bit) & 1) === 1;
  };
}

export function inlineBytes(base64: string): Uint8Array {
  return decodeInlineBinary(base64);
}
