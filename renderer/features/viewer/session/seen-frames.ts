import type { ViewedFrames } from '#shared/contract/viewing.ts';
import type { SopUid, StudyKey } from '#shared/domain/identifiers.ts';
import type { BackendClient } from '#renderer/backend/connection.ts';
import type { ImageStack } from '#renderer/imaging/index.ts';
import { loadable } from '#renderer/imaging/image-stack.ts';

const GATHERING_MS = 1500;

/** Keeps on record which stored images were painted, and shows what was seen before. */
export class SeenFrames {
  readonly #viewing: BackendClient['viewing'];
  readonly #known = new Map<string, Set<string>>();
  readonly #followed = new Map<string, { stack: ImageStack; stop: () => void }>();
  readonly #loaded = new Map<StudyKey, Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(viewing: BackendClient['viewing']) {
    this.#viewing = viewing;
  }

  /** Follows a stack of stored images for as long as the viewer is open. Computed images are nobody's proof. */
  async follow(stack: ImageStack): Promise<void> {
    if (stack.kind !== 'acquired' || this.#followed.has(stack.id)) return;
    const stop = stack.progress.subscribe(() => this.#flushSoon());
    this.#followed.set(stack.id, { stack, stop });
    await this.#load(stack.studyKey);
    const known = this.#knownOf(stack);
    const { keeper } = loadable(stack);
    stack.images.forEach(({ description }, index) => {
      if (known.has(frameName(description.sopUid, description.frameNumber))) keeper.setSeen(index);
    });
  }

  /** Sends what is not yet on record; what cannot be sent is tried again with the next images. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await Promise.all([...this.#followed.values()].map(({ stack }) => this.#flushStack(stack)));
  }

  dispose(): void {
    void this.flush();
    for (const { stop } of this.#followed.values()) stop();
    this.#followed.clear();
  }

  #load(studyKey: StudyKey): Promise<void> {
    const known = this.#loaded.get(studyKey);
    if (known) return known;
    const loading = this.#viewing.listViewed({ studyKey }).then(
      ({ series }) => {
        for (const { seriesUid, frames } of series) {
          const names = frames.flatMap(({ sopUid, frameNumbers }) =>
            frameNumbers.map((frame) => frameName(sopUid, frame)),
          );
          this.#known.set(`${studyKey}/${seriesUid}`, new Set(names));
        }
      },
      // Without the record everything counts as new; the backend knows better and keeps the first time.
      () => void this.#loaded.delete(studyKey),
    );
    this.#loaded.set(studyKey, loading);
    return loading;
  }

  #knownOf({ studyKey, seriesUid }: ImageStack): Set<string> {
    const key = `${studyKey}/${seriesUid}`;
    const known = this.#known.get(key) ?? new Set<string>();
    this.#known.set(key, known);
    return known;
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), GATHERING_MS);
  }

  async #flushStack(stack: ImageStack): Promise<void> {
    const known = this.#knownOf(stack);
    const progress = stack.progress.get();
    const fresh = stack.images.filter(({ description }, index) => {
      return progress.isSeen(index) && !known.has(frameName(description.sopUid, description.frameNumber));
    });
    if (fresh.length === 0) return;
    const bySop = Map.groupBy(fresh, ({ description }) => description.sopUid);
    const frames = [...bySop].map(([sopUid, images]): ViewedFrames => ({
      sopUid,
      frameNumbers: images.map(({ description }) => description.frameNumber),
    }));
    try {
      await this.#viewing.markViewed({ studyKey: stack.studyKey, seriesUid: stack.seriesUid, frames });
      for (const { description } of fresh) known.add(frameName(description.sopUid, description.frameNumber));
    } catch {
      // The bar on the screen stays true; the record follows when the connection is back.
      this.#flushSoon();
    }
  }
}

function frameName(sopUid: SopUid, frameNumber: number): string {
  return `${sopUid}/${frameNumber}`;
}
