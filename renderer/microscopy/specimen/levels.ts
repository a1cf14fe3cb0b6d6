import type { SpecimenLevel } from '#shared/contract/specimen.ts';
import type { TileArea } from '../tissue/stain.ts';

/** A piece of one level, in its pixels; the right and lower edges are not in it. */
export interface LevelArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface TilePlace {
  readonly column: number;
  readonly row: number;
}

/** Scales are measured, and differ in the last digits. */
const SAME_SCALE = 1.01;

/** The coarsest level that has all the detail asked for; the finest where none has. */
export function levelFor(levels: readonly SpecimenLevel[], micrometresPerPixel: number): number {
  const index = levels.findLastIndex(
    (level) => level.micrometresPerPixel <= micrometresPerPixel * SAME_SCALE,
  );
  return Math.max(0, index);
}

/** The slide lies with its middle where the stage has its own. */
export function areaOnLevel(level: SpecimenLevel, area: TileArea): LevelArea {
  const { micrometresPerPixel, widthPixels, heightPixels } = level;
  const left = area.xUm / micrometresPerPixel + widthPixels / 2;
  const top = area.yUm / micrometresPerPixel + heightPixels / 2;
  const scale = area.micrometresPerPixel / micrometresPerPixel;
  return { left, top, right: left + area.widthPixels * scale, bottom: top + area.heightPixels * scale };
}

/** Tiles that have a part in an area, row by row. */
export function tilesIn(level: SpecimenLevel, area: LevelArea): TilePlace[] {
  const { tileWidth, tileHeight, widthPixels, heightPixels } = level;
  const places: TilePlace[] = [];
  const lastColumn = Math.ceil(Math.min(area.right, widthPixels) / tileWidth);
  const lastRow = Math.ceil(Math.min(area.bottom, heightPixels) / tileHeight);
  for (let row = Math.max(0, Math.floor(area.top / tileHeight)); row < lastRow; row += 1) {
    for (let column = Math.max(0, Math.floor(area.left / tileWidth)); column < lastColumn; column += 1) {
      places.push({ column, row });
    }
  }
  return places;
}
