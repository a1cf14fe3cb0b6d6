import type { Specimen, SpecimenLevel } from '#shared/contract/specimen.ts';
import type { TileArea } from '../tissue/stain.ts';
import { CLEAR_LEVEL } from '../tissue/stain.ts';
import { areaOnLevel, levelFor, tilesIn } from './levels.ts';
import type { LevelArea, TilePlace } from './levels.ts';
import type { SourceTile, SourceTiles } from './source-tiles.ts';

/** Up to here a piece of a level is put together as it is and scaled once; beyond, each tile is scaled alone. */
const MAXIMUM_WHOLE_SIDE = 2048;
const GLASS = `rgb(${CLEAR_LEVEL} ${CLEAR_LEVEL} ${CLEAR_LEVEL})`;
/** What cannot be read is not shown as glass. */
const UNREADABLE = '#808080';

/** Areas of a slide from files, at any scale, with glass around it. */
export class SpecimenPicture {
  readonly #specimen: Specimen;
  readonly #tiles: SourceTiles;

  constructor(specimen: Specimen, tiles: SourceTiles) {
    this.#specimen = specimen;
    this.#tiles = tiles;
  }

  async draw(area: TileArea): Promise<ImageBitmap> {
    const { widthPixels, heightPixels } = area;
    const levelIndex = levelFor(this.#specimen.levels, area.micrometresPerPixel);
    const level = this.#specimen.levels[levelIndex];
    if (!level) throw new RangeError('a slide without levels');
    const source = areaOnLevel(level, area);
    const whole = wholePixels(source);
    const isSmall = Math.max(whole.right - whole.left, whole.bottom - whole.top) <= MAXIMUM_WHOLE_SIDE;
    const canvas = glass(widthPixels, heightPixels);
    if (!isSmall) {
      await this.#drawTiles(canvas, levelIndex, level, source);
      return canvas.canvas.transferToImageBitmap();
    }
    const piece = glass(whole.right - whole.left, whole.bottom - whole.top);
    await this.#drawTiles(piece, levelIndex, level, whole);
    const scale = widthPixels / (source.right - source.left);
    canvas.imageSmoothingQuality = 'high';
    canvas.imageSmoothingEnabled = Math.abs(scale - 1) > 0.005;
    canvas.drawImage(
      piece.canvas,
      (whole.left - source.left) * scale,
      (whole.top - source.top) * scale,
      piece.canvas.width * scale,
      piece.canvas.height * scale,
    );
    return canvas.canvas.transferToImageBitmap();
  }

  async #drawTiles(
    context: OffscreenCanvasRenderingContext2D,
    levelIndex: number,
    level: SpecimenLevel,
    area: LevelArea,
  ): Promise<void> {
    const scale = context.canvas.width / (area.right - area.left);
    context.imageSmoothingQuality = 'high';
    await Promise.all(
      tilesIn(level, area).map((place) =>
        this.#tiles.with(levelIndex, place, (tile) => drawTile(context, level, place, tile, area, scale)),
      ),
    );
  }
}

/** What lies beyond the slide in its last tiles is padding, not slide. Whole pixels: no seam shows. */
function drawTile(
  context: OffscreenCanvasRenderingContext2D,
  { tileWidth, tileHeight, widthPixels, heightPixels }: SpecimenLevel,
  { column, row }: TilePlace,
  tile: SourceTile,
  area: LevelArea,
  scale: number,
): void {
  if (tile === 'none') return;
  const left = column * tileWidth;
  const top = row * tileHeight;
  const width = Math.min(tileWidth, widthPixels - left);
  const height = Math.min(tileHeight, heightPixels - top);
  const x = Math.round((left - area.left) * scale);
  const y = Math.round((top - area.top) * scale);
  const right = Math.round((left + width - area.left) * scale);
  const bottom = Math.round((top + height - area.top) * scale);
  if (right <= x || bottom <= y) return;
  if (tile === 'unreadable') {
    context.fillStyle = UNREADABLE;
    context.fillRect(x, y, right - x, bottom - y);
  } else context.drawImage(tile, 0, 0, width, height, x, y, right - x, bottom - y);
}

function wholePixels({ left, top, right, bottom }: LevelArea): LevelArea {
  return {
    left: Math.floor(left),
    top: Math.floor(top),
    right: Math.ceil(right),
    bottom: Math.ceil(bottom),
  };
}

function glass(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d context');
  context.fillStyle = GLASS;
  context.fillRect(0, 0, width, height);
  return context;
}
