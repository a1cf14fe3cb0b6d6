import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { SpecimenChoice, SpecimenProblem } from '#shared/contract/specimen.ts';
import { runThread } from '../threads.ts';
import { withRgbMark } from './plain-image.ts';
import { SpecimenRefusal } from './specimen-index.ts';
import type { IndexedLevel } from './specimen-index.ts';

export type SpecimenAnswer =
  | { readonly levels: readonly IndexedLevel[] }
  | { readonly problem: SpecimenProblem; readonly detail: string };

/** More than the largest tile or plain image of any real slide. */
const MAXIMUM_TILE_BYTES = 256 * 1024 * 1024;

/** A slide whose tiles are read from its files when they are asked for; nothing else of it is held. */
export class SpecimenFiles {
  readonly levels: readonly IndexedLevel[];
  readonly #handles: readonly FileHandle[];

  /** @throws SpecimenRefusal */
  static async open(choice: SpecimenChoice): Promise<SpecimenFiles> {
    const answer = (await runThread('specimen-thread', choice)) as SpecimenAnswer;
    if ('problem' in answer) throw new SpecimenRefusal(answer.problem, answer.detail);
    const handles: FileHandle[] = [];
    for (const { path } of answer.levels) handles.push(await open(path, 'r'));
    return new SpecimenFiles(answer.levels, handles);
  }

  private constructor(levels: readonly IndexedLevel[], handles: readonly FileHandle[]) {
    this.levels = levels;
    this.#handles = handles;
  }

  /** Encoded or as red, green, blue, by the level's form; undefined where the slide has none. */
  async tile(levelIndex: number, column: number, row: number): Promise<Uint8Array | undefined> {
    const level = this.levels[levelIndex];
    const handle = this.#handles[levelIndex];
    if (!level || !handle || column >= level.columns || row >= level.rows) return undefined;
    const at = row * level.columns + column;
    const offset = level.offsets[at] ?? -1;
    const length = level.lengths[at] ?? 0;
    if (offset < 0 || length < 1 || length > MAXIMUM_TILE_BYTES) return undefined;
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    if (bytesRead < length) throw new SpecimenRefusal('damaged', 'the file has become shorter');
    if (level.form === 'rgb') return level.samples === 'by-pixel' ? bytes : byPixel(bytes, level.samples);
    return level.isUnmarkedRgb ? withRgbMark(bytes) : bytes;
  }

  async close(): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.close()));
  }
}

function byPixel(samples: Uint8Array, order: 'by-plane' | 'grey'): Uint8Array {
  const planes = order === 'grey' ? 1 : 3;
  const count = Math.floor(samples.byteLength / planes);
  const rgb = new Uint8Array(count * 3);
  for (let channel = 0; channel < 3; channel++) {
    const from = planes === 1 ? 0 : channel * count;
    for (let pixel = 0; pixel < count; pixel++) rgb[pixel * 3 + channel] = samples[from + pixel] ?? 0;
  }
  return rgb;
}
