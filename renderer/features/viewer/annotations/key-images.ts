import type { ImageTarget, KeyImage } from '#shared/contract/viewing.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { BackendClient } from '#renderer/backend/connection.ts';

/** The key images of one study, as stored; a mark that could not be stored is not shown as one. */
export class KeyImages {
  readonly #viewing: BackendClient['viewing'];
  readonly #studyKey: StudyKey;
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  #keyImages: readonly KeyImage[] = [];

  constructor(viewing: BackendClient['viewing'], studyKey: StudyKey) {
    this.#viewing = viewing;
    this.#studyKey = studyKey;
    this.#stopListening = viewing.on('keyImagesChanged', (changed) => {
      if (changed.studyKey === studyKey) void this.load().catch(() => {});
    });
    // Without a connection the list comes with `load` when it is back.
    void this.load().catch(() => {});
  }

  readonly snapshot = (): readonly KeyImage[] => this.#keyImages;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async load(): Promise<void> {
    const { keyImages } = await this.#viewing.listKeyImages({ studyKey: this.#studyKey });
    this.#keyImages = keyImages;
    for (const listener of this.#listeners) listener();
  }

  find(target: ImageTarget): KeyImage | undefined {
    return this.#keyImages.find((keyImage) => isSameImage(keyImage.target, target));
  }

  /** Marks the image, or takes its mark away; rejects if that could not be stored. */
  async toggle(target: ImageTarget, window: KeyImage['window']): Promise<'added' | 'removed'> {
    const known = this.find(target);
    if (known) {
      await this.#viewing.removeKeyImage({ studyKey: this.#studyKey, keyImageUid: known.keyImageUid });
    } else {
      const keyImage = { keyImageUid: crypto.randomUUID(), target, window, note: '' };
      await this.#viewing.addKeyImage({ studyKey: this.#studyKey, keyImage });
    }
    await this.load();
    return known ? 'removed' : 'added';
  }

  dispose(): void {
    this.#stopListening();
    this.#listeners.clear();
  }
}

const SAME_PLANE_MM = 0.05;

function isSameImage(a: ImageTarget, b: ImageTarget): boolean {
  if (a.kind === 'frame') {
    return b.kind === 'frame' && a.sopUid === b.sopUid && a.frameNumber === b.frameNumber;
  }
  if (b.kind !== 'plane' || a.seriesUid !== b.seriesUid) return false;
  const apart = a.normal.reduce((sum, part, axis) => {
    return sum + part * ((a.pointMm[axis] ?? 0) - (b.pointMm[axis] ?? 0));
  }, 0);
  const alignment = a.normal.reduce((sum, part, axis) => sum + part * (b.normal[axis] ?? 0), 0);
  return Math.abs(apart) < SAME_PLANE_MM && Math.abs(alignment) > 0.9999;
}
