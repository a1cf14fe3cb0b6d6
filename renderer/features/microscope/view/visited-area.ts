import type { PointUm } from '#shared/motion/position.ts';
import { toPictureVector } from './camera-axes.ts';
import type { CameraAxes } from './camera-axes.ts';
import type { Size } from './stage-view.ts';

/** Half the field of a 40× objective: fine enough to be fair, coarse enough for a whole slide. */
const CELL_UM = 100;

export interface AreaUm {
  readonly originUm: PointUm;
  readonly widthUm: number;
  readonly heightUm: number;
}

/** With what magnification each place of the slide has been looked at, at most. */
export class VisitedArea {
  readonly columns: number;
  readonly rows: number;
  readonly #originUm: PointUm;
  readonly #strongest: Float32Array;

  constructor({ originUm, widthUm, heightUm }: AreaUm) {
    this.#originUm = originUm;
    this.columns = Math.max(1, Math.ceil(widthUm / CELL_UM));
    this.rows = Math.max(1, Math.ceil(heightUm / CELL_UM));
    this.#strongest = new Float32Array(this.columns * this.rows);
  }

  /** A field was looked at. Cells count whose middle lay within it. Returns whether anything is new. */
  see(axes: CameraAxes, frame: Size, centreUm: PointUm, magnification: number): boolean {
    const reachUm = (Math.hypot(frame.width, frame.height) / 2) * axes.micrometresPerPixel;
    const from = this.#cellOf({ x: centreUm.x - reachUm, y: centreUm.y - reachUm });
    const to = this.#cellOf({ x: centreUm.x + reachUm, y: centreUm.y + reachUm });
    let isNew = false;
    for (let row = Math.max(0, from.row); row <= Math.min(this.rows - 1, to.row); row += 1) {
      for (
        let column = Math.max(0, from.column);
        column <= Math.min(this.columns - 1, to.column);
        column += 1
      ) {
        const index = row * this.columns + column;
        if ((this.#strongest[index] ?? 0) >= magnification) continue;
        const middle = this.#middleOf(column, row);
        const pixel = toPictureVector(axes, { x: middle.x - centreUm.x, y: middle.y - centreUm.y });
        // A field smaller than a cell has seen the cell it lies in.
        const slack = CELL_UM / 2 / axes.micrometresPerPixel;
        if (Math.abs(pixel.x) > Math.max(frame.width / 2, slack)) continue;
        if (Math.abs(pixel.y) > Math.max(frame.height / 2, slack)) continue;
        this.#strongest[index] = magnification;
        isNew = true;
      }
    }
    return isNew;
  }

  /** 0 where nobody has looked. */
  strongestAt(column: number, row: number): number {
    return this.#strongest[row * this.columns + column] ?? 0;
  }

  /**
   * Part of the tissue that was not looked at with at least this magnification, 0 to 1.
   * @param tissue one value per cell, row by row; null where there is none at all
   */
  unseenPart(tissue: readonly boolean[], magnification: number): number | null {
    let all = 0;
    let unseen = 0;
    for (const [index, isTissue] of tissue.entries()) {
      if (!isTissue) continue;
      all += 1;
      if ((this.#strongest[index] ?? 0) < magnification) unseen += 1;
    }
    return all === 0 ? null : unseen / all;
  }

  #cellOf(um: PointUm): { readonly column: number; readonly row: number } {
    return {
      column: Math.floor((um.x - this.#originUm.x) / CELL_UM),
      row: Math.floor((um.y - this.#originUm.y) / CELL_UM),
    };
  }

  #middleOf(column: number, row: number): PointUm {
    return {
      x: this.#originUm.x + (column + 0.5) * CELL_UM,
      y: this.#originUm.y + (row + 0.5) * CELL_UM,
    };
  }
}

/**
 * Whether a cell shows tissue: stained, or clearly darker than the lit glass. Unvisited cells of a mosaic are
 * transparent and count as none, so that the share speaks only of what has been photographed.
 */
export function isTissue(red: number, green: number, blue: number, alpha: number): boolean {
  if (alpha < 128) return false;
  const brightest = Math.max(red, green, blue);
  const saturation = brightest === 0 ? 0 : (brightest - Math.min(red, green, blue)) / brightest;
  return saturation > 0.08 || brightest < 150;
}

const coloursByMagnification: readonly (readonly [number, string])[] = [
  [40, 'rgb(224 82 255 / 55%)'],
  [20, 'rgb(72 132 255 / 50%)'],
  [10, 'rgb(46 204 160 / 45%)'],
  [4, 'rgb(240 208 64 / 30%)'],
];

/** Undefined for what was seen at overview only. */
export function visitedColour(magnification: number): string | undefined {
  return coloursByMagnification.find(([from]) => magnification >= from)?.[1];
}
