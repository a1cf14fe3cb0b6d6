import { greyLevel, greyTable, opaqueGrey } from '#shared/dicom/grey-scale/voi.ts';
import type { Voi } from '#shared/dicom/grey-scale/voi.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';

/** How one frame is to look. Two equal objects look the same; the object itself is what is compared. */
export interface Look {
  readonly voi: Voi;
  readonly isInverted: boolean;
  /** Modality values that are no image; always black. */
  readonly padding?: { readonly from: number; readonly to: number } | undefined;
}

const BLACK = 0xff000000;
/** Every value the integer types can hold fits one table, so that scrolling never builds one. */
const tableRanges: Readonly<Record<string, readonly [number, number]>> = {
  Int8Array: [-128, 127],
  Uint8Array: [0, 255],
  Int16Array: [-32_768, 32_767],
  Uint16Array: [0, 65_535],
};

/** A canvas of exactly the image's pixels, in grey levels or colours. */
export class ImageSurface {
  readonly canvas = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D;
  #data: ImageData | undefined;
  #shown: { frame: DecodedFrame; look: Look } | undefined;
  #table: { type: string; look: Look; values: Uint32Array } | undefined;

  constructor() {
    const context = this.canvas.getContext('2d', { alpha: true });
    if (!context) throw new Error('no 2d context');
    this.#context = context;
  }

  /** Draws the frame unless it is there already. */
  update(frame: DecodedFrame, columns: number, rows: number, look: Look): void {
    if (this.#shown?.frame === frame && this.#shown.look === look) return;
    if (!this.#data || this.canvas.width !== columns || this.canvas.height !== rows) {
      this.canvas.width = columns;
      this.canvas.height = rows;
      this.#data = new ImageData(columns, rows);
    }
    const target = new Uint32Array(this.#data.data.buffer);
    if (frame.kind === 'colour') fillColours(target, frame.pixels, look.isInverted);
    else this.#fillGreys(target, frame, look);
    this.#context.putImageData(this.#data, 0, 0);
    this.#shown = { frame, look };
  }

  #fillGreys(target: Uint32Array, frame: Extract<DecodedFrame, { kind: 'grey' }>, look: Look): void {
    const { pixels } = frame;
    const range = tableRanges[pixels.constructor.name];
    if (!range) {
      fillByFunction(target, pixels, look);
      return;
    }
    const table = this.#tableFor(pixels.constructor.name, range, look);
    const lowest = range[0];
    for (let index = 0; index < target.length; index++) {
      target[index] = table[(pixels[index] ?? 0) - lowest] ?? BLACK;
    }
  }

  #tableFor(type: string, [from, to]: readonly [number, number], look: Look): Uint32Array {
    if (this.#table?.type === type && this.#table.look === look) return this.#table.values;
    const values = greyTable(look.voi, look.isInverted, from, to);
    if (look.padding) {
      values.fill(BLACK, Math.max(0, look.padding.from - from), Math.max(0, look.padding.to - from + 1));
    }
    this.#table = { type, look, values };
    return values;
  }
}

function fillByFunction(
  target: Uint32Array,
  pixels: ArrayLike<number>,
  { voi, isInverted, padding }: Look,
): void {
  const level = greyLevel(voi, isInverted);
  for (let index = 0; index < target.length; index++) {
    const value = pixels[index] ?? 0;
    const isPadding = (padding && value >= padding.from && value <= padding.to) || Number.isNaN(value);
    target[index] = isPadding ? BLACK : opaqueGrey(level(value));
  }
}

function fillColours(target: Uint32Array, pixels: Uint8Array, isInverted: boolean): void {
  const flip = isInverted ? 0xffffff : 0;
  for (let index = 0, at = 0; index < target.length; index++, at += 3) {
    const colour = ((pixels[at + 2] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at] ?? 0);
    target[index] = BLACK | (colour ^ flip);
  }
}
