import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { Voi } from '#shared/dicom/grey-scale/voi.ts';
import { describeImages } from '#shared/dicom/image-description.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import type { VoiFunction } from '#shared/dicom/image/windows.ts';
import { fitInto, squarePixelSize } from '#shared/dicom/pixels/raster.ts';
import type { Region } from '#shared/dicom/pixels/raster.ts';
import type { Rendering } from '../processes/codec-messages.ts';
import { HttpFailure } from './http-failure.ts';

export const PICTURE_TYPES = ['image/jpeg', 'image/png'] as const;
export type PictureType = (typeof PICTURE_TYPES)[number];

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What a client wants to see of a frame, PS3.18 section 8.3.5. */
export interface Wishes {
  readonly format: Rendering['format'];
  readonly quality: number;
  /** The picture fits into this; its own size if left out. */
  readonly viewport?: Size;
  /** Part of the stored image. */
  readonly region?: Region;
  readonly voi?: Voi;
}

const DEFAULT_QUALITY = 90;
const MAXIMUM_SIDE = 16_384;

/** @throws HttpFailure 400 */
export function readWishes(url: URL, type: PictureType): Wishes {
  const quality = Number(url.searchParams.get('quality') ?? DEFAULT_QUALITY);
  if (!(quality >= 1 && quality <= 100)) throw new HttpFailure(400, 'quality is a number from 1 to 100.');
  return {
    format: type === 'image/png' ? 'png' : 'jpeg',
    quality: Math.round(quality),
    ...readViewport(url.searchParams.get('viewport')),
    ...readWindow(url.searchParams.get('window')),
  };
}

/** 'vw,vh[,sx,sy,sw,sh]'; what is left out of the second part means all of the image. */
function readViewport(text: string | null): Pick<Wishes, 'viewport' | 'region'> {
  if (text === null) return {};
  const [columns = NaN, rows = NaN, ...part] = text.split(',').map((number) => Number(number));
  const isSize = [columns, rows].every((side) => Number.isInteger(side) && side > 0 && side <= MAXIMUM_SIDE);
  if (!isSize || (part.length !== 0 && part.length !== 4) || part.some(Number.isNaN)) {
    throw new HttpFailure(
      400,
      `viewport is 'width,height[,left,top,width,height]', at most ${MAXIMUM_SIDE} wide.`,
    );
  }
  const [left = 0, top = 0, width = 0, height = 0] = part.map(Math.round);
  if (part.length === 0) return { viewport: { columns, rows } };
  if (width < 1 || height < 1 || left < 0 || top < 0) {
    throw new HttpFailure(400, 'The part of the image that viewport asks for is empty or mirrored.');
  }
  return { viewport: { columns, rows }, region: { left, top, columns: width, rows: height } };
}

const functions: Readonly<Record<string, VoiFunction>> = {
  linear: 'LINEAR',
  'linear-exact': 'LINEAR_EXACT',
  sigmoid: 'SIGMOID',
};

/** 'center,width,function' */
function readWindow(text: string | null): Pick<Wishes, 'voi'> {
  if (text === null) return {};
  const [center = '', width = '', name = 'linear'] = text.split(',').map((part) => part.trim());
  const voiFunction = functions[name.toLowerCase()];
  const window = { centre: Number(center), width: Number(width) };
  const isWide = voiFunction === 'LINEAR' ? window.width >= 1 : window.width > 0;
  if (center === '' || !voiFunction || !Number.isFinite(window.centre) || !isWide) {
    throw new HttpFailure(400, "window is 'center,width,linear|linear-exact|sigmoid'.");
  }
  return { voi: { kind: 'window', window, function: voiFunction } };
}

/** What the codec process has to do to fulfil them for one frame. */
export function renderingOf(header: DicomJson, frameNumber: number, wishes: Wishes): Rendering {
  const image = describeFrame(header, frameNumber);
  const stored: Size = { columns: image.columns, rows: image.rows };
  const region = wishes.region && withinImage(wishes.region, stored);
  const own = squarePixelSize((region ?? stored).columns, (region ?? stored).rows, heightToWidth(image));
  const size = wishes.viewport ? fitInto(own, wishes.viewport) : limited(own);
  const voi = wishes.voi ?? storedVoi(image);
  return {
    ...(voi && { voi }),
    isInverted: image.isInverted,
    ...(region && { region }),
    ...size,
    format: wishes.format,
    quality: wishes.quality,
  };
}

/** Only this frame's functional groups: an instance may have tens of thousands. */
function describeFrame(header: DicomJson, frameNumber: number): ImageDescription {
  const perFrame = header['52009230'];
  const groups = perFrame?.Value?.[frameNumber - 1];
  const single: DicomJson = {
    ...header,
    '00280008': { vr: 'IS', Value: [1] },
    ...(perFrame && { '52009230': { vr: 'SQ', Value: groups === undefined ? [] : [groups] } }),
  };
  const [image] = describeImages(single);
  if (!image) throw new HttpFailure(404, 'The instance has no image.');
  return image;
}

/** The header's own lookup table or first window; undefined means everything from darkest to brightest. */
function storedVoi({ voi }: ImageDescription): Voi | undefined {
  const [table] = voi.luts;
  if (table) return { kind: 'table', table };
  const [window] = voi.windows;
  return window && { kind: 'window', window, function: voi.function };
}

function heightToWidth({ spacing }: ImageDescription): number {
  const ratio = spacing.kind === 'mm' ? spacing.rowMm / spacing.columnMm : spacing.heightToWidth;
  // Outside of this it is a writing error, and the picture would fit no screen.
  return ratio >= 1 / 20 && ratio <= 20 ? ratio : 1;
}

function withinImage(region: Region, { columns, rows }: Size): Region {
  const left = Math.min(region.left, columns - 1);
  const top = Math.min(region.top, rows - 1);
  return {
    left,
    top,
    columns: Math.min(region.columns, columns - left),
    rows: Math.min(region.rows, rows - top),
  };
}

function limited(size: Size): Size {
  if (Math.max(size.columns, size.rows) <= MAXIMUM_SIDE) return size;
  return fitInto(size, { columns: MAXIMUM_SIDE, rows: MAXIMUM_SIDE });
}
