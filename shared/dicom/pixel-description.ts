import { firstNumber, firstText, numbers } from './attributes.ts';
import type { DicomJson } from './dicom-json.ts';
import { groupItem } from './pixels/functional-groups.ts';
import { readLookupTable } from './pixels/lookup-table.ts';
import type { LookupTable } from './pixels/lookup-table.ts';
import { readPalette } from './pixels/palette.ts';
import type { Palette } from './pixels/palette.ts';

export type { LookupTable };

/** Stored values to modality units (HU, optical density, ...), PS3.3 section C.11.1. */
export type ModalityTransform =
  | { readonly kind: 'linear'; readonly slope: number; readonly intercept: number }
  | { readonly kind: 'table'; readonly table: LookupTable };

/** Everything needed to turn the stored bytes of one frame into values; PS3.3 sections C.7.6.3 and C.11.1. */
export interface PixelDescription {
  readonly transferSyntaxUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly planarConfiguration: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** Two's complement if true. */
  readonly isSigned: boolean;
  /** Pixel Data (7FE0,0010), Float Pixel Data (7FE0,0008) or Double Float Pixel Data (7FE0,0009). */
  readonly element: 'integer' | 'float' | 'double';
  readonly modality: ModalityTransform;
  /** Of PALETTE COLOR images, and of grey ones whose highest values are colours (supplemental). */
  readonly palette?: Palette;
  /** Stored values that are no image: one value, or a range up to and including `to`. */
  readonly padding?: { readonly from: number; readonly to: number };
  /** Overlays in bits of the pixels that no value uses (retired in 2004, still written): bit from 0, by group. */
  readonly embeddedOverlays?: readonly EmbeddedOverlay[];
}

export interface EmbeddedOverlay {
  /** 0x6000 to 0x601E. */
  readonly group: number;
  readonly bitPosition: number;
}

export type GreyPixels = Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array;

/** One frame as the screen and the measurements use it. */
export type DecodedFrame = GreyFrame | ColourFrame;

export interface GreyFrame {
  readonly kind: 'grey';
  /**
   * In modality units (HU; SUV factor not yet applied), row by row. The smallest type that holds every
   * value exactly; values that are no integers are rounded to 32-bit floats, and so are integers beyond 32 bit.
   */
  readonly pixels: GreyPixels;
  /** Over everything that is not padding; over everything if all of it is. */
  readonly minimum: number;
  readonly maximum: number;
  /** Colours of a supplemental palette: red, green, blue, alpha, pixel by pixel; alpha 0 where the grey value counts. */
  readonly colours?: Uint8Array;
  /** Overlays found in unused bits: one byte (0 or 1) per pixel. */
  readonly overlays?: readonly { readonly group: number; readonly mask: Uint8Array }[];
}

export interface ColourFrame {
  readonly kind: 'colour';
  /** Red, green, blue, 8 bit each, pixel by pixel. */
  readonly pixels: Uint8Array;
}

const OVERLAY_GROUPS = 16;

/**
 * Reads the description of one frame (from 1) out of an instance's DICOM JSON.
 *
 * Per-frame and shared functional groups are followed. Returns undefined if the instance has no image.
 */
export function describePixels(json: DicomJson, frameNumber = 1): PixelDescription | undefined {
  const rows = firstNumber(json, '00280010');
  const columns = firstNumber(json, '00280011');
  if (rows === undefined || columns === undefined) return undefined;
  const element = pixelElement(json);
  const bitsAllocated = firstNumber(json, '00280100') ?? { integer: 16, float: 32, double: 64 }[element];
  const bitsStored = firstNumber(json, '00280101') ?? bitsAllocated;
  const isSigned = firstNumber(json, '00280103') === 1;
  const photometricInterpretation = (firstText(json, '00280004') ?? 'MONOCHROME2').trim();
  const palette = readPalette(json, isSigned);
  const padding = readPadding(json, element, isSigned);
  const embeddedOverlays = readEmbeddedOverlays(json, bitsAllocated);
  return {
    transferSyntaxUid: firstText(json, '00083002') ?? '1.2.840.10008.1.2.1',
    rows,
    columns,
    samplesPerPixel: firstNumber(json, '00280002') ?? 1,
    photometricInterpretation,
    planarConfiguration: firstNumber(json, '00280006') ?? 0,
    bitsAllocated,
    bitsStored,
    highBit: firstNumber(json, '00280102') ?? bitsStored - 1,
    isSigned,
    element,
    modality: readModality(json, frameNumber, isSigned),
    ...(palette && (photometricInterpretation === 'PALETTE COLOR' || palette.isSupplemental) && { palette }),
    ...(padding && { padding }),
    ...(embeddedOverlays.length > 0 && { embeddedOverlays }),
  };
}

function pixelElement(json: DicomJson): PixelDescription['element'] {
  if (json['7FE00008']) return 'float';
  return json['7FE00009'] ? 'double' : 'integer';
}

/** Pixel Value Transformation of the frame if there are functional groups, else the image's own. */
function readModality(json: DicomJson, frameNumber: number, isSigned: boolean): ModalityTransform {
  const holder = groupItem(json, frameNumber, '00289145') ?? json;
  const [tableItem] = json['00283000']?.Value ?? [];
  const table = tableItem && readLookupTable(tableItem as DicomJson, isSigned);
  if (table) return { kind: 'table', table };
  const slope = firstNumber(holder, '00281053') ?? 1;
  // A slope of 0 would make one grey of everything; equipment that writes it means "none".
  return { kind: 'linear', slope: slope === 0 ? 1 : slope, intercept: firstNumber(holder, '00281052') ?? 0 };
}

/** Pixel Padding Value and Range Limit, PS3.3 section C.7.5.1.1.2. */
function readPadding(
  json: DicomJson,
  element: PixelDescription['element'],
  isSigned: boolean,
): PixelDescription['padding'] {
  const [valueTag, limitTag] = {
    integer: ['00280120', '00280121'],
    float: ['00280122', '00280124'],
    double: ['00280123', '00280125'],
  }[element] as [string, string];
  const value = firstNumber(json, valueTag);
  if (value === undefined) return undefined;
  const limit = firstNumber(json, limitTag) ?? value;
  // Written as US where the pixels are signed: the same 16 bits, read as two's complement.
  const asStored = (written: number) =>
    element === 'integer' && isSigned && written > 0x7fff && written <= 0xffff ? written - 0x10000 : written;
  const [from, to] = [asStored(value), asStored(limit)];
  return { from: Math.min(from, to), to: Math.max(from, to) };
}

/** Overlays without data of their own, PS3.3 section C.9.2 of editions before 2004. */
function readEmbeddedOverlays(json: DicomJson, bitsAllocated: number): EmbeddedOverlay[] {
  const overlays: EmbeddedOverlay[] = [];
  for (let index = 0; index < OVERLAY_GROUPS; index++) {
    const group = 0x6000 + index * 2;
    const prefix = group.toString(16).toUpperCase();
    if (!json[`${prefix}0010`] || json[`${prefix}3000`]) continue;
    const allocated = numbers(json, `${prefix}0100`)?.[0];
    const bitPosition = numbers(json, `${prefix}0102`)?.[0] ?? 0;
    if (allocated === bitsAllocated && bitPosition > 0 && bitPosition < bitsAllocated) {
      overlays.push({ group, bitPosition });
    }
  }
  return overlays;
}
