import type { SlideMap } from '#shared/contract/microscope.ts';
import type { PointUm } from '#shared/motion/position.ts';
import { toStageVector } from './camera-axes.ts';
import type { CameraAxes } from './camera-axes.ts';
import type { FedFrame } from './frame-feed.ts';
import { isTissue, VisitedArea, visitedColour } from './visited-area.ts';

/** µm of the slide per pixel of the mosaic: a slide of 26 × 20 mm in 21 MB. */
export const MOSAIC_UM_PER_PIXEL = 10;
const OBSERVED_FROM = 10;

export interface SlideArea {
  readonly slideId: string;
  readonly limits: {
    readonly x: { readonly minimum: number; readonly maximum: number };
    readonly y: { readonly minimum: number; readonly maximum: number };
  };
}

/** One picture of the whole slide, drawn from the overview and from every field that was looked at since. */
export class SlideMosaic {
  readonly map: SlideMap;
  readonly canvas: OffscreenCanvas;
  /** Colours of the objectives, one pixel per cell. */
  readonly visited: OffscreenCanvas;
  readonly #area: VisitedArea;
  readonly #drawing: OffscreenCanvasRenderingContext2D;
  #tissue: boolean[] = [];

  constructor({ slideId, limits }: SlideArea) {
    const widthUm = limits.x.maximum - limits.x.minimum;
    const heightUm = limits.y.maximum - limits.y.minimum;
    this.map = {
      slideId,
      originUm: { x: limits.x.minimum, y: limits.y.minimum },
      micrometresPerPixel: MOSAIC_UM_PER_PIXEL,
      widthPixels: Math.ceil(widthUm / MOSAIC_UM_PER_PIXEL),
      heightPixels: Math.ceil(heightUm / MOSAIC_UM_PER_PIXEL),
    };
    this.canvas = new OffscreenCanvas(this.map.widthPixels, this.map.heightPixels);
    const drawing = this.canvas.getContext('2d');
    if (!drawing) throw new Error('no 2d context');
    this.#drawing = drawing;
    this.#area = new VisitedArea({ originUm: this.map.originUm, widthUm, heightUm });
    this.visited = new OffscreenCanvas(this.#area.columns, this.#area.rows);
  }

  /** The overview that came from the bench lies under everything seen since. */
  underlay(image: CanvasImageSource, map: SlideMap): void {
    const context = this.#drawing;
    context.save();
    context.globalCompositeOperation = 'destination-over';
    const scale = map.micrometresPerPixel / MOSAIC_UM_PER_PIXEL;
    context.drawImage(
      image,
      (map.originUm.x - this.map.originUm.x) / MOSAIC_UM_PER_PIXEL,
      (map.originUm.y - this.map.originUm.y) / MOSAIC_UM_PER_PIXEL,
      map.widthPixels * scale,
      map.heightPixels * scale,
    );
    context.restore();
    this.#tissue = [];
  }

  /** A frame of a resting stage; its edges, where lenses shade, are left out. */
  add(
    frame: Pick<FedFrame, 'image' | 'width' | 'height' | 'pictureHeight'>,
    axes: CameraAxes,
    centreUm: PointUm,
  ): void {
    const { image, width, height, pictureHeight } = frame;
    const right = toStageVector(axes, { x: 1, y: 0 });
    const down = toStageVector(axes, { x: 0, y: 1 });
    const context = this.#drawing;
    context.save();
    context.setTransform(
      right.x / MOSAIC_UM_PER_PIXEL,
      right.y / MOSAIC_UM_PER_PIXEL,
      down.x / MOSAIC_UM_PER_PIXEL,
      down.y / MOSAIC_UM_PER_PIXEL,
      (centreUm.x - this.map.originUm.x) / MOSAIC_UM_PER_PIXEL,
      (centreUm.y - this.map.originUm.y) / MOSAIC_UM_PER_PIXEL,
    );
    context.imageSmoothingQuality = 'medium';
    context.drawImage(image, 0, 0, width, pictureHeight, -width / 2, -height / 2, width, pictureHeight);
    context.restore();
    this.#tissue = [];
  }

  /** A field was looked at long enough to have been seen. Returns whether that is new. */
  see(
    axes: CameraAxes,
    frame: { width: number; height: number },
    centreUm: PointUm,
    magnification: number,
  ): boolean {
    if (!this.#area.see(axes, frame, centreUm, magnification)) return false;
    const context = this.visited.getContext('2d');
    context?.clearRect(0, 0, this.visited.width, this.visited.height);
    for (let row = 0; row < this.#area.rows; row += 1) {
      for (let column = 0; column < this.#area.columns; column += 1) {
        const colour = visitedColour(this.#area.strongestAt(column, row));
        if (!context || colour === undefined) continue;
        context.fillStyle = colour;
        context.fillRect(column, row, 1, 1);
      }
    }
    return true;
  }

  /** Part of the photographed tissue nobody has looked at with 10× or more; null before any tissue is known. */
  unseenPart(): number | null {
    if (this.#tissue.length === 0) this.#tissue = this.#findTissue();
    return this.#area.unseenPart(this.#tissue, OBSERVED_FROM);
  }

  #findTissue(): boolean[] {
    const { columns, rows } = this.#area;
    const small = new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true });
    if (!small) return [];
    small.drawImage(this.canvas, 0, 0, columns, rows);
    const { data } = small.getImageData(0, 0, columns, rows);
    return Array.from({ length: columns * rows }, (_, index) =>
      isTissue(
        data[index * 4] ?? 0,
        data[index * 4 + 1] ?? 0,
        data[index * 4 + 2] ?? 0,
        data[index * 4 + 3] ?? 0,
      ),
    );
  }
}
