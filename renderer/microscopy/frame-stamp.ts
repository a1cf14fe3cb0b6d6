import type { PositionUm } from '#shared/motion/position.ts';

/**
 * When and where a frame was exposed, drawn into the frame itself as black and white cells: the only mark that
 * goes through every encoder, jitter buffer and scaler together with the picture it belongs to. The strip covers
 * the last rows of the picture, whose optical centre stays the centre of the whole frame.
 */
export interface FrameStamp {
  /** Clock of the device host, whole ms. */
  readonly deviceTimeMs: number;
  /** To 0.1 µm. */
  readonly positionUm: PositionUm;
  /** Null while the turret turns. */
  readonly objectiveId: number | null;
}

/** The strip is a 45th of the frame high: 16 rows of 720, 8 of 360. */
export const STRIP_PART = 1 / 45;
const COLUMNS = 64;
const ROWS = 2;
const CELLS = COLUMNS * ROWS;
const CHECKED_BITS = 112;
const WIDTHS = { deviceTimeMs: 32, x: 28, y: 28, z: 20, objectiveId: 4 } as const;
/** A cell in between is no cell of a strip: a torn, cropped or foreign picture. */
const BLACK_BELOW = 120;
const WHITE_ABOVE = 136;

/** How many rows at the bottom of a frame are not picture. */
export function stripHeight(frameHeight: number): number {
  return Math.ceil(frameHeight * STRIP_PART);
}

/** Cells of the strip, row by row: 1 is white. */
export function encodeStamp({ deviceTimeMs, positionUm, objectiveId }: FrameStamp): Uint8Array {
  const bits = new Uint8Array(CELLS);
  let at = 0;
  const put = (value: number, width: number) => {
    // Two's complement; device time wraps after 49 days.
    const whole = Math.round(value);
    const modulus = 2 ** width;
    const wrapped = ((whole % modulus) + modulus) % modulus;
    for (let bit = width - 1; bit >= 0; bit--) bits[at++] = Math.floor(wrapped / 2 ** bit) % 2;
  };
  put(deviceTimeMs, WIDTHS.deviceTimeMs);
  put(clamped(positionUm.x * 10, WIDTHS.x), WIDTHS.x);
  put(clamped(positionUm.y * 10, WIDTHS.y), WIDTHS.y);
  put(clamped(positionUm.z * 10, WIDTHS.z), WIDTHS.z);
  put(objectiveId ?? 0, WIDTHS.objectiveId);
  put(checksum(bits), 16);
  return bits;
}

/**
 * @param levels brightness of the cells from 0 to 255, row by row
 * @returns undefined where there is no strip, or a damaged one
 */
export function decodeStamp(levels: ArrayLike<number>): FrameStamp | undefined {
  if (levels.length !== CELLS) return undefined;
  const bits = new Uint8Array(CELLS);
  for (let cell = 0; cell < CELLS; cell++) {
    const level = levels[cell] ?? 128;
    if (level > BLACK_BELOW && level < WHITE_ABOVE) return undefined;
    bits[cell] = level >= WHITE_ABOVE ? 1 : 0;
  }
  let at = 0;
  const take = (width: number, isSigned = false) => {
    let value = 0;
    for (let bit = 0; bit < width; bit++) value = value * 2 + (bits[at++] ?? 0);
    return isSigned && value >= 2 ** (width - 1) ? value - 2 ** width : value;
  };
  const deviceTimeMs = take(WIDTHS.deviceTimeMs);
  const x = take(WIDTHS.x, true) / 10;
  const y = take(WIDTHS.y, true) / 10;
  const z = take(WIDTHS.z, true) / 10;
  const objectiveId = take(WIDTHS.objectiveId);
  if (take(16) !== checksum(bits)) return undefined;
  return { deviceTimeMs, positionUm: { x, y, z }, objectiveId: objectiveId === 0 ? null : objectiveId };
}

/** Draws the strip over the last rows of a frame. */
export function drawStamp(
  context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D,
  stamp: FrameStamp,
): void {
  const { width, height } = context.canvas;
  const top = height - stripHeight(height);
  const cellWidth = width / COLUMNS;
  const cellHeight = (height - top) / ROWS;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 1;
  context.globalCompositeOperation = 'source-over';
  context.fillStyle = '#000';
  context.fillRect(0, top, width, height - top);
  context.fillStyle = '#fff';
  const bits = encodeStamp(stamp);
  for (let cell = 0; cell < CELLS; cell++) {
    if (bits[cell] !== 1) continue;
    const left = (cell % COLUMNS) * cellWidth;
    const row = Math.floor(cell / COLUMNS);
    context.fillRect(left, top + row * cellHeight, cellWidth, cellHeight);
  }
  context.restore();
}

/** Samples across and down each cell; the outer ones carry the encoder's ringing and are passed over. */
const SAMPLES = 4;

/** Reads strips from frames of any size. Each reader has a tiny canvas of its own; no other pixel is read back. */
export class StampReader {
  readonly #context = new OffscreenCanvas(COLUMNS * SAMPLES, ROWS * SAMPLES).getContext('2d', {
    willReadFrequently: true,
    alpha: false,
  });
  readonly #levels = new Float32Array(CELLS);

  /** @returns undefined where the frame has no readable strip */
  read(source: HTMLVideoElement | VideoFrame | ImageBitmap | OffscreenCanvas): FrameStamp | undefined {
    const context = this.#context;
    const { width, height } = frameSize(source);
    if (!context || width === 0 || height === 0) return undefined;
    const strip = height * STRIP_PART;
    const [columns, rows] = [COLUMNS * SAMPLES, ROWS * SAMPLES];
    const last = lastRows(source, width, height);
    const { image, top: above } = last ?? { image: source, top: 0 };
    context.drawImage(image, 0, height - strip - above, width, strip, 0, 0, columns, rows);
    last?.image.close();
    const { data } = context.getImageData(0, 0, columns, rows);
    for (let cell = 0; cell < CELLS; cell++) {
      const left = (cell % COLUMNS) * SAMPLES;
      const top = Math.floor(cell / COLUMNS) * SAMPLES;
      let sum = 0;
      for (let y = 1; y < SAMPLES - 1; y++) {
        // Green alone: the brightest part of luma, and never smeared by halved chroma as the others are.
        for (let x = 1; x < SAMPLES - 1; x++) sum += data[((top + y) * columns + left + x) * 4 + 1] ?? 0;
      }
      this.#levels[cell] = sum / (SAMPLES - 2) ** 2;
    }
    return decodeStamp(this.#levels);
  }
}

function frameSize(source: HTMLVideoElement | VideoFrame | ImageBitmap | OffscreenCanvas) {
  if ('videoWidth' in source) return { width: source.videoWidth, height: source.videoHeight };
  if ('displayWidth' in source) return { width: source.displayWidth, height: source.displayHeight };
  return { width: source.width, height: source.height };
}

/**
 * The frame cropped to the rows of the strip, as a view of the same memory: drawn from the whole frame, all of its
 * pixels would be converted to RGB for the sake of the last few. Undefined where it cannot be cropped.
 */
function lastRows(
  source: HTMLVideoElement | VideoFrame | ImageBitmap | OffscreenCanvas,
  width: number,
  height: number,
): { readonly image: VideoFrame; readonly top: number } | undefined {
  const isWhole =
    'visibleRect' in source && source.visibleRect?.width === width && source.codedHeight === height;
  const isPlaying = 'videoWidth' in source && source.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  if (!isWhole && !isPlaying) return undefined;
  // Halved chroma wants even rows.
  const top = 2 * Math.floor((height - stripHeight(height)) / 2);
  try {
    return {
      image: new VideoFrame(source, { visibleRect: { x: 0, y: top, width, height: height - top } }),
      top,
    };
  } catch {
    // Rotated, padded or just gone: then the whole frame is drawn.
    return undefined;
  }
}

let sharedReader: StampReader | undefined;

/** The stamp of the frame a video element shows now. */
export function readStamp(video: HTMLVideoElement | VideoFrame): FrameStamp | undefined {
  sharedReader ??= new StampReader();
  return sharedReader.read(video);
}

function clamped(value: number, width: number): number {
  const limit = 2 ** (width - 1);
  return Math.min(limit - 1, Math.max(-limit, Math.round(value)));
}

/** CRC-16/CCITT-FALSE of the cells before it: an all-black or all-white strip is none. */
function checksum(bits: Uint8Array): number {
  let register = 0xffff;
  for (let at = 0; at < CHECKED_BITS; at++) {
    const carries = ((register >> 15) & 1) !== bits[at];
    register = (register << 1) & 0xffff;
    if (carries) register ^= 0x1021;
  }
  return register;
}
