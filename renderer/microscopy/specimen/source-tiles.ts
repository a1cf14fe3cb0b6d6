import type { Specimen, SpecimenLevel } from '#shared/contract/specimen.ts';
import type { TilePlace } from './levels.ts';

/** Of decoded tiles, four bytes each: 128 MB, or one plain image if that is larger. */
const MAXIMUM_CACHED_PIXELS = 32_000_000;
/** The backend reads, the page decodes: more at once only wait for each other. */
const MAXIMUM_READING = 6;

/** A tile the slide does not have: glass. */
export type SourceTile = ImageBitmap | 'none' | 'unreadable';

interface Cached {
  readonly tile: Promise<SourceTile>;
  readonly pixels: number;
  /** Drawings that need it now: it is not closed under them. */
  users: number;
}

/** Tiles of the slide as its files have them, decoded; the least recently used are given up. */
export class SourceTiles {
  readonly #specimen: Specimen;
  /** Oldest use first. */
  readonly #cached = new Map<string, Cached>();
  #pixels = 0;
  #reading = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(specimen: Specimen) {
    this.#specimen = specimen;
  }

  /** Gives the tile to `use` and keeps it at least until that returns. */
  async with(levelIndex: number, place: TilePlace, use: (tile: SourceTile) => void): Promise<void> {
    const cached = this.#take(levelIndex, place);
    cached.users += 1;
    try {
      use(await cached.tile);
    } finally {
      cached.users -= 1;
      this.#giveUp();
    }
  }

  #take(levelIndex: number, { column, row }: TilePlace): Cached {
    const key = `${levelIndex}/${column}/${row}`;
    const known = this.#cached.get(key);
    if (known) {
      this.#cached.delete(key);
      this.#cached.set(key, known);
      return known;
    }
    const level = this.#specimen.levels[levelIndex];
    if (!level) throw new RangeError(`level ${levelIndex}`);
    const address = `/microscope/specimen/${this.#specimen.specimenId}/${key}`;
    const fresh = {
      tile: this.#read(level, address),
      pixels: level.tileWidth * level.tileHeight,
      users: 0,
    };
    this.#cached.set(key, fresh);
    this.#pixels += fresh.pixels;
    return fresh;
  }

  #giveUp(): void {
    for (const [key, { tile, pixels, users }] of this.#cached) {
      if (this.#pixels <= MAXIMUM_CACHED_PIXELS || this.#cached.size <= 1) return;
      if (users > 0) continue;
      this.#cached.delete(key);
      this.#pixels -= pixels;
      void tile.then((each) => {
        if (each instanceof ImageBitmap) each.close();
      });
    }
  }

  async #read(level: SpecimenLevel, address: string): Promise<SourceTile> {
    while (this.#reading >= MAXIMUM_READING) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#reading += 1;
    try {
      const answer = await fetch(address);
      if (answer.status === 404) return 'none';
      if (!answer.ok) return 'unreadable';
      return await decoded(level, await answer.arrayBuffer());
    } catch {
      return 'unreadable';
    } finally {
      this.#reading -= 1;
      this.#waiting.shift()?.();
    }
  }
}

/** The numbers of the file as they are: the picture is compared with it. */
const asStored: ImageBitmapOptions = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' };

function decoded({ form, tileWidth, tileHeight }: SpecimenLevel, bytes: ArrayBuffer): Promise<ImageBitmap> {
  if (form === 'encoded') return createImageBitmap(new Blob([bytes]), asStored);
  const rgb = new Uint8Array(bytes);
  const image = new ImageData(tileWidth, tileHeight);
  for (let pixel = 0; pixel < tileWidth * tileHeight; pixel += 1) {
    image.data[pixel * 4] = rgb[pixel * 3] ?? 0;
    image.data[pixel * 4 + 1] = rgb[pixel * 3 + 1] ?? 0;
    image.data[pixel * 4 + 2] = rgb[pixel * 3 + 2] ?? 0;
    image.data[pixel * 4 + 3] = 255;
  }
  return createImageBitmap(image, asStored);
}
