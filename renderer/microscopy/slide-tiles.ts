import type { PointUm } from '#shared/motion/position.ts';
import type { SlideWorker, TileAnswer } from './slide-worker.ts';

type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Whether a piece of the slide is drawn exactly, and where. */
export interface SlideView {
  readonly centreUm: PointUm;
  /** Of the drawing. */
  readonly micrometresPerPixel: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** Of the tiles it is drawn from: finer than the drawing where that is blurred. */
  readonly tileMicrometresPerPixel: number;
}

interface Place {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

const TILE_PIXELS = 256;
/** Two screens at each of the scales somebody changes between. */
const MAXIMUM_TILES = 400;
/** One is drawn while the next waits: a view that moves on leaves nothing behind that nobody sees. */
const MAXIMUM_ASKED = 2;
/** The whole slide, shown wherever nothing finer is there yet. */
const GROUND_LEVEL = 20;
const GLASS = '#f2f2f2';

/** The slide as tiles that are drawn, or read, when they are first seen. */
export class SlideTiles {
  readonly #worker: SlideWorker;
  /** Oldest use first. */
  readonly #tiles = new Map<string, ImageBitmap>();
  readonly #asked = new Map<number, Place>();
  readonly #onTile = new Set<() => void>();
  #wanted: readonly Place[] = [];
  #nextId = 1;

  constructor(worker: SlideWorker) {
    this.#worker = worker;
    this.#worker.addEventListener('message', ({ data }: MessageEvent<TileAnswer>) => this.#take(data));
  }

  close(): void {
    this.#worker.terminate();
    for (const tile of this.#tiles.values()) tile.close();
    this.#tiles.clear();
  }

  /** Draws what is there, coarser where it has to be, and asks for the rest. True where nothing is missing. */
  draw(context: Drawing, view: SlideView): boolean {
    context.fillStyle = GLASS;
    context.fillRect(0, 0, view.widthPixels, view.heightPixels);
    const places = placesOf(view, view.tileMicrometresPerPixel, 0);
    const missing = places.filter((place) => !this.#tiles.has(keyOf(place)));
    if (missing.length > 0) this.#drawCoarser(context, view);
    for (const place of places) this.#drawTile(context, view, place);
    const ground = placesOf(view, GROUND_LEVEL, 0);
    // First anything at all, then the view from its middle, then what lies beside it.
    this.#wanted = [
      ...ground,
      ...fromTheMiddle(missing),
      ...placesOf(view, view.tileMicrometresPerPixel, 1),
    ].filter((place) => !this.#tiles.has(keyOf(place)));
    this.#ask();
    return missing.length === 0;
  }

  /** Resolves when the view can be drawn exactly. */
  async complete(view: SlideView): Promise<void> {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    for (;;) {
      if (!canvas) return;
      const places = placesOf(view, view.tileMicrometresPerPixel, 0);
      const missing = places.filter((place) => !this.#tiles.has(keyOf(place)));
      if (missing.length === 0) return;
      this.#wanted = missing;
      this.#ask();
      await new Promise<void>((resolve) => {
        const onTile = () => {
          this.#onTile.delete(onTile);
          resolve();
        };
        this.#onTile.add(onTile);
      });
    }
  }

  #drawCoarser(context: Drawing, view: SlideView): void {
    const levels = new Set([...this.#tiles.keys()].map((key) => Number(key.split(' ')[0])));
    const coarser = [...levels].filter((level) => level > view.tileMicrometresPerPixel).sort((a, b) => b - a);
    for (const level of coarser) {
      for (const place of placesOf(view, level, 0)) this.#drawTile(context, view, place);
    }
  }

  #drawTile(context: Drawing, view: SlideView, place: Place): void {
    const key = keyOf(place);
    const tile = this.#tiles.get(key);
    if (!tile) return;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    const { centreUm, micrometresPerPixel, widthPixels, heightPixels } = view;
    const scale = place.level / micrometresPerPixel;
    const side = TILE_PIXELS * scale;
    const left = place.column * side + widthPixels / 2 - centreUm.x / micrometresPerPixel;
    const top = place.row * side + heightPixels / 2 - centreUm.y / micrometresPerPixel;
    // Whole pixels where tiles are drawn as they are: otherwise a seam shows between two of them.
    if (Math.abs(scale - 1) < 1e-6) context.drawImage(tile, Math.round(left), Math.round(top));
    else context.drawImage(tile, Math.floor(left), Math.floor(top), Math.ceil(side) + 1, Math.ceil(side) + 1);
  }

  #ask(): void {
    for (const place of this.#wanted) {
      if (this.#asked.size >= MAXIMUM_ASKED) return;
      if ([...this.#asked.values()].some((asked) => keyOf(asked) === keyOf(place))) continue;
      const id = this.#nextId++;
      this.#asked.set(id, place);
      const { level, column, row } = place;
      const side = TILE_PIXELS * level;
      const area = {
        xUm: column * side,
        yUm: row * side,
        micrometresPerPixel: level,
        widthPixels: TILE_PIXELS,
        heightPixels: TILE_PIXELS,
      };
      this.#worker.postMessage({ id, area }, []);
    }
  }

  #take({ id, image }: TileAnswer): void {
    const place = this.#asked.get(id);
    this.#asked.delete(id);
    if (place) this.#tiles.set(keyOf(place), image);
    for (const [key, tile] of this.#tiles) {
      if (this.#tiles.size <= MAXIMUM_TILES) break;
      // The ground is never given up.
      if (key.startsWith(`${GROUND_LEVEL} `)) continue;
      this.#tiles.delete(key);
      tile.close();
    }
    this.#wanted = this.#wanted.filter((wanted) => !this.#tiles.has(keyOf(wanted)));
    this.#ask();
    for (const listener of this.#onTile) listener();
  }
}

const keyOf = ({ level, column, row }: Place) => `${level} ${column} ${row}`;

function placesOf(view: SlideView, level: number, margin: number): Place[] {
  const side = TILE_PIXELS * level;
  const halfWidth = (view.widthPixels / 2) * view.micrometresPerPixel;
  const halfHeight = (view.heightPixels / 2) * view.micrometresPerPixel;
  const { x, y } = view.centreUm;
  const places: Place[] = [];
  for (
    let row = Math.floor((y - halfHeight) / side) - margin;
    row * side < y + halfHeight + margin * side;
    row++
  ) {
    for (
      let column = Math.floor((x - halfWidth) / side) - margin;
      column * side < x + halfWidth + margin * side;
      column++
    ) {
      places.push({ level, column, row });
    }
  }
  return places;
}

function fromTheMiddle(places: readonly Place[]): Place[] {
  const column = places.reduce((sum, place) => sum + place.column, 0) / places.length;
  const row = places.reduce((sum, place) => sum + place.row, 0) / places.length;
  const distance = (place: Place) => Math.hypot(place.column - column, place.row - row);
  return [...places].sort((a, b) => distance(a) - distance(b));
}
