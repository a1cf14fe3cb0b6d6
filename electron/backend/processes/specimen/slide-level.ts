import { firstNumber, firstText, numbers } from '#shared/dicom/attributes.ts';
import type { ByteSource } from '#shared/dicom/byte-source.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { readFileStart } from '#shared/dicom/file-meta.ts';
import type { FramePart } from '#shared/dicom/frame-index.ts';
import { readInstance } from '#shared/dicom/read-instance.ts';
import type { ReadInstance } from '#shared/dicom/read-instance.ts';
import { EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from '#shared/dicom/transfer-syntax.ts';
import { vrOf } from '../dictionary.ts';
import { SpecimenRefusal } from './specimen-index.ts';
import type { IndexedLevel } from './specimen-index.ts';

/** VL Whole Slide Microscopy Image Storage, PS3.4 B.5. */
const WHOLE_SLIDE = '1.2.840.10008.5.1.4.1.1.77.1.6';
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const UNCOMPRESSED: readonly string[] = [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN];
/** Pictures of the glass, not of what lies on it. */
const BESIDE_THE_SPECIMEN: readonly unknown[] = ['LABEL', 'OVERVIEW'];

export interface SlideLevel {
  readonly seriesUid: string;
  readonly level: IndexedLevel;
}

/**
 * One level of a whole slide: header and frame offsets, never its pixels. Undefined for instances of other kinds and
 * for pictures of the label.
 *
 * @throws SpecimenRefusal for a whole slide that cannot be shown; Refusal for what is no readable DICOM file
 */
export function indexSlideLevel(path: string, source: ByteSource): SlideLevel | undefined {
  const start = readFileStart(source);
  const instance = readInstance(start, { source, offset: start.dataSetOffset }, { vrOf, toBase64 });
  const { metadata, summary } = instance;
  const imageType = metadata['00080008']?.Value?.[2];
  if (summary.sopClassUid !== WHOLE_SLIDE || BESIDE_THE_SPECIMEN.includes(imageType)) {
    return undefined;
  }
  return { seriesUid: summary.seriesUid, level: levelOf(path, instance) };
}

function levelOf(path: string, { metadata, summary, frames, transferSyntaxUid }: ReadInstance): IndexedLevel {
  const { image } = summary;
  const widthPixels = firstNumber(metadata, '00480006') ?? 0;
  const heightPixels = firstNumber(metadata, '00480007') ?? 0;
  if (!image || widthPixels < 1 || heightPixels < 1) throw new SpecimenRefusal('damaged', 'no pixel matrix');
  const isUncompressed = UNCOMPRESSED.includes(transferSyntaxUid);
  if (!isUncompressed && transferSyntaxUid !== JPEG_BASELINE) {
    throw new SpecimenRefusal('unknown-compression', transferSyntaxUid);
  }
  const photometric = image.photometricInterpretation;
  const isGrey = photometric === 'MONOCHROME2' && image.samplesPerPixel === 1;
  if (image.bitsAllocated !== 8 || (isUncompressed && !isGrey && photometric !== 'RGB')) {
    throw new SpecimenRefusal('unknown-compression', `${photometric}, ${image.bitsAllocated} bit`);
  }
  const tileWidth = image.columns;
  const tileHeight = image.rows;
  const columns = Math.ceil(widthPixels / tileWidth);
  const rows = Math.ceil(heightPixels / tileHeight);
  const isByPlane = firstNumber(metadata, '00280006') === 1;
  return {
    path,
    micrometresPerPixel: micrometresPerPixel(metadata, widthPixels),
    widthPixels,
    heightPixels,
    tileWidth,
    tileHeight,
    form: isUncompressed ? 'rgb' : 'encoded',
    isUnmarkedRgb: !isUncompressed && photometric === 'RGB',
    samples: isGrey ? 'grey' : isByPlane ? 'by-plane' : 'by-pixel',
    columns,
    rows,
    ...placed(metadata, frames, { columns, rows, tileWidth, tileHeight }),
  };
}

/** Pixel Measures (C.7.6.16.2.1), else what the whole level measures; of the rows, as tiles are square. */
function micrometresPerPixel(metadata: DicomJson, widthPixels: number): number {
  const shared = itemOf(metadata, '52009229');
  const [spacingMm] = numbers(itemOf(shared, '00289110'), '00280030') ?? [];
  const widthMm = firstNumber(metadata, '00480001');
  const measured = spacingMm ?? (widthMm === undefined ? undefined : widthMm / widthPixels);
  if (measured === undefined || !(measured > 0)) {
    throw new SpecimenRefusal('without-scale', 'neither Pixel Spacing nor Imaged Volume Width');
  }
  return measured * 1000;
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/** TILED_FULL has every tile in order; otherwise each says where it lies (C.8.12.14). */
function placed(metadata: DicomJson, frames: readonly FramePart[], grid: Grid) {
  const count = grid.columns * grid.rows;
  const perFrame = itemsOf(metadata, '52009230');
  const isFull =
    firstText(metadata, '00209311') === 'TILED_FULL' || (perFrame.length === 0 && frames.length >= count);
  const offsets = new Float64Array(count).fill(-1);
  const lengths = new Float64Array(count);
  const planes = firstNumber(metadata, '00480303') ?? 1;
  // Of several planes of focus the middle one: the microscope has a focus of its own.
  const first = isFull ? Math.floor(planes / 2) * count : 0;
  for (const [index, { frameNumber, fileOffset, byteLength }] of frames.entries()) {
    if (frameNumber !== index + 1)
      throw new SpecimenRefusal('unknown-compression', 'a tile in several pieces');
    const at = isFull ? index - first : indexOf(perFrame[index], grid);
    // Beyond the slide, or another plane or colour of a tile that is there.
    if (at < 0 || at >= count || (offsets[at] ?? -1) >= 0) continue;
    offsets[at] = fileOffset;
    lengths[at] = byteLength;
  }
  if (offsets.every((offset) => offset < 0)) throw new SpecimenRefusal('damaged', 'no tile has a place');
  return { offsets, lengths };
}

function indexOf(frame: DicomJson | undefined, { columns, rows, tileWidth, tileHeight }: Grid): number {
  const position = frame && itemOf(frame, '0048021A');
  const left = position && firstNumber(position, '0048021E');
  const top = position && firstNumber(position, '0048021F');
  if (left === undefined || top === undefined) return -1;
  const column = (left - 1) / tileWidth;
  const row = (top - 1) / tileHeight;
  if (!Number.isInteger(column) || !Number.isInteger(row)) {
    throw new SpecimenRefusal('damaged', 'tiles that overlap');
  }
  const isInside = column >= 0 && row >= 0 && column < columns && row < rows;
  return isInside ? row * columns + column : -1;
}

function itemsOf(metadata: DicomJson, tag: string): readonly DicomJson[] {
  return (metadata[tag]?.Value ?? []) as readonly DicomJson[];
}

const itemOf = (metadata: DicomJson, tag: string): DicomJson => itemsOf(metadata, tag)[0] ?? {};

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
