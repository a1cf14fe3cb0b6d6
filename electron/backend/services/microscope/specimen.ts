import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { OpenedSpecimen, SpecimenChoice } from '#shared/contract/specimen.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Log } from '#backend/log.ts';
import { SpecimenFiles } from '#backend/processes/specimen/read-specimen.ts';
import { SpecimenRefusal } from '#backend/processes/specimen/specimen-index.ts';

const TILE =
  /^\/microscope\/specimen\/(?<id>[0-9a-f-]{36})\/(?<level>\d{1,2})\/(?<column>\d{1,6})\/(?<row>\d{1,6})$/;

interface Opened {
  readonly choice: SpecimenChoice;
  readonly specimenId: string;
  readonly files: SpecimenFiles;
}

/** The slide under the simulated microscope: opened when its picture is, read tile by tile. */
export class SpecimenOnStage {
  readonly #chosen: () => SpecimenChoice | null;
  readonly #log: Log;
  #opened: Opened | undefined;
  #isLabelled = false;
  /** One after the other: a page that comes back asks while the last answer is still being made. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(chosen: () => SpecimenChoice | null, log: Log) {
    this.#chosen = chosen;
    this.#log = log;
  }

  /** What is labelled on the stage of this workstation's own microscope; null: nothing, or it is being changed. */
  slideIs(slide: unknown): void {
    this.#isLabelled = slide !== null;
  }

  /**
   * As with a real slide, another one comes between two labels: no map and no still is ever of another slide.
   *
   * @throws RpcError while a labelled slide lies there
   */
  examine(chosen: SpecimenChoice | null): void {
    const isSame = JSON.stringify(chosen) === JSON.stringify(this.#chosen());
    if (isSame || !this.#isLabelled) return;
    throw new RpcError('conflict', 'a labelled slide is on the stage', { problem: 'slide-on-stage' });
  }

  open(): Promise<OpenedSpecimen> {
    const next = this.#opening.then(() => this.#open());
    this.#opening = next.catch(() => {});
    return next;
  }

  async handle(request: Request): Promise<Response> {
    const { id, level, column, row } = TILE.exec(new URL(request.url).pathname)?.groups ?? {};
    if (request.method !== 'GET') return new Response(null, { status: 405 });
    const { files, specimenId } = this.#opened ?? {};
    if (!files || id !== specimenId) return new Response(null, { status: 404 });
    const tile = await files.tile(Number(level), Number(column), Number(row));
    if (!tile) return new Response(null, { status: 404 });
    return new Response(new Blob([tile]).stream(), {
      headers: {
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(tile.byteLength),
        'Cache-Control': 'no-store',
      },
    });
  }

  close(): void {
    void this.#opened?.files.close();
    this.#opened = undefined;
  }

  async #open(): Promise<OpenedSpecimen> {
    const chosen = this.#chosen();
    if (!chosen) {
      this.close();
      return { chosen, specimen: null, problem: null };
    }
    const isSame = JSON.stringify(this.#opened?.choice) === JSON.stringify(chosen);
    if (!isSame) this.close();
    try {
      this.#opened ??= { choice: chosen, specimenId: randomUUID(), files: await SpecimenFiles.open(chosen) };
    } catch (error) {
      if (!(error instanceof SpecimenRefusal)) throw error;
      this.#log.warn({ problem: error.problem }, 'the chosen specimen cannot be shown');
      return { chosen, specimen: null, problem: error.problem };
    }
    const { specimenId, files } = this.#opened;
    const levels = files.levels.map(
      ({ micrometresPerPixel, widthPixels, heightPixels, tileWidth, tileHeight, form }) => ({
        micrometresPerPixel,
        widthPixels,
        heightPixels,
        tileWidth,
        tileHeight,
        form,
      }),
    );
    return { chosen, specimen: { specimenId, name: path.basename(chosen.path), levels }, problem: null };
  }
}
