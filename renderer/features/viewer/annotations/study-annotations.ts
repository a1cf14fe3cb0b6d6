import type { Annotation, AnnotationContent } from '#shared/contract/viewing.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { BackendClient } from '#renderer/backend/connection.ts';

export interface AnnotationsSnapshot {
  /** What is to be seen, oldest first. */
  readonly annotations: readonly AnnotationContent[];
  /** Changes that are on the screen but not yet known to be stored. */
  readonly unsavedCount: number;
  /** Why they are not: storing failed, and is tried again when the connection is back or on `retry`. */
  readonly isFailing: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

interface Entry {
  content: AnnotationContent;
  isDeleted: boolean;
  /** Newest version the backend is known to have; 0 for none. */
  storedVersion: number;
  isUnsaved: boolean;
  readonly createdAtMs: number;
}

/** One step of undo: what an annotation was and became; null where it was not there. */
interface Step {
  readonly annotationUid: string;
  readonly before: AnnotationContent | null;
  readonly after: AnnotationContent | null;
}

/**
 * The annotations of one study as this window shows them: changed at once here, stored behind, and
 * followed when another window changes them. Nothing is dropped because the backend is away.
 */
export class StudyAnnotations {
  readonly #viewing: BackendClient['viewing'];
  readonly #studyKey: StudyKey;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  readonly #stopListening: () => void;
  #snapshot: AnnotationsSnapshot = emptySnapshot;
  #isSaving = false;
  #isFailing = false;

  constructor(viewing: BackendClient['viewing'], studyKey: StudyKey) {
    this.#viewing = viewing;
    this.#studyKey = studyKey;
    this.#stopListening = viewing.on('annotationsChanged', (changed) => {
      if (changed.studyKey !== studyKey) return;
      for (const annotation of changed.annotations) this.#accept(annotation);
      this.#changed();
    });
  }

  /** Fetches what is stored; also after the connection was lost and came back. */
  async load(): Promise<void> {
    const { annotations } = await this.#viewing.listAnnotations({
      studyKey: this.#studyKey,
      includeDeleted: true,
    });
    for (const annotation of annotations) this.#accept(annotation);
    this.#changed();
    await this.retry();
  }

  readonly snapshot = (): AnnotationsSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  find(annotationUid: string): AnnotationContent | undefined {
    const entry = this.#entries.get(annotationUid);
    return entry?.isDeleted === false ? entry.content : undefined;
  }

  /** Adds, or replaces what has the same uid. */
  put(content: AnnotationContent): void {
    const before = this.find(content.annotationUid) ?? null;
    this.#apply(content.annotationUid, content);
    this.#record({ annotationUid: content.annotationUid, before, after: content });
  }

  remove(annotationUid: string): void {
    const before = this.find(annotationUid);
    if (!before) return;
    this.#apply(annotationUid, null);
    this.#record({ annotationUid, before, after: null });
  }

  /** Returns the annotation that changed, so that it can be shown. */
  undo(): string | undefined {
    const step = this.#done.pop();
    if (!step) return undefined;
    this.#undone.push(step);
    this.#apply(step.annotationUid, step.before);
    return step.annotationUid;
  }

  redo(): string | undefined {
    const step = this.#undone.pop();
    if (!step) return undefined;
    this.#done.push(step);
    this.#apply(step.annotationUid, step.after);
    return step.annotationUid;
  }

  /** Stores what is not yet stored. */
  async retry(): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    this.#isFailing = false;
    try {
      for (let entry = this.#nextUnsaved(); entry; entry = this.#nextUnsaved()) await this.#save(entry);
    } catch {
      // Kept and shown as unsaved; the doctor is told how many, and the next change or reconnection tries again.
      this.#isFailing = true;
    } finally {
      this.#isSaving = false;
      this.#changed();
    }
  }

  dispose(): void {
    this.#stopListening();
    this.#listeners.clear();
  }

  #record(step: Step): void {
    this.#done.push(step);
    this.#undone.length = 0;
    this.#changed();
  }

  #apply(annotationUid: string, content: AnnotationContent | null): void {
    const entry = this.#entries.get(annotationUid);
    const shown = content ?? entry?.content;
    if (!shown) return;
    this.#entries.set(annotationUid, {
      content: shown,
      isDeleted: content === null,
      storedVersion: entry?.storedVersion ?? 0,
      isUnsaved: true,
      createdAtMs: entry?.createdAtMs ?? Date.now(),
    });
    this.#changed();
    void this.retry();
  }

  #nextUnsaved(): Entry | undefined {
    return [...this.#entries.values()].find((entry) => entry.isUnsaved);
  }

  async #save(entry: Entry): Promise<void> {
    const { content, isDeleted } = entry;
    const version = entry.storedVersion + 1;
    try {
      await this.#viewing.saveAnnotation({
        studyKey: this.#studyKey,
        annotation: content,
        version,
        isDeleted,
      });
      this.#saved(content.annotationUid, entry, version);
    } catch (error) {
      if (!(error instanceof RpcError) || error.code !== 'conflict') throw error;
      // Another window was faster. This change is the doctor's newest, and the history keeps the other.
      const { versions } = await this.#viewing.annotationHistory({
        studyKey: this.#studyKey,
        annotationUid: content.annotationUid,
      });
      const current = this.#entries.get(content.annotationUid);
      if (current) current.storedVersion = versions.at(-1)?.version ?? 0;
    }
  }

  #saved(annotationUid: string, saved: Entry, version: number): void {
    const current = this.#entries.get(annotationUid);
    if (!current) return;
    current.storedVersion = Math.max(current.storedVersion, version);
    // Changed again meanwhile: the newer content is still to be stored.
    if (current === saved) current.isUnsaved = false;
    this.#changed();
  }

  /** Takes over what the backend has, unless something newer is on its way there. */
  #accept(annotation: Annotation): void {
    const { version, isDeleted, createdAtMs, ...rest } = annotation;
    const entry = this.#entries.get(annotation.annotationUid);
    if (entry && entry.storedVersion >= version) return;
    if (entry?.isUnsaved) {
      // Our own call's announcement may come before its answer; a foreign one is settled by the conflict.
      return;
    }
    this.#entries.set(annotation.annotationUid, {
      content: contentOf(rest),
      isDeleted,
      storedVersion: version,
      isUnsaved: false,
      createdAtMs,
    });
  }

  #changed(): void {
    const entries = [...this.#entries.values()];
    this.#snapshot = {
      annotations: entries
        .filter((entry) => !entry.isDeleted)
        .toSorted((a, b) => a.createdAtMs - b.createdAtMs)
        .map((entry) => entry.content),
      unsavedCount: entries.filter((entry) => entry.isUnsaved).length,
      isFailing: this.#isFailing,
      canUndo: this.#done.length > 0,
      canRedo: this.#undone.length > 0,
    };
    for (const listener of this.#listeners) listener();
  }
}

const emptySnapshot: AnnotationsSnapshot = {
  annotations: [],
  unsavedCount: 0,
  isFailing: false,
  canUndo: false,
  canRedo: false,
};

function contentOf(annotation: AnnotationContent): AnnotationContent {
  const { annotationUid, tool, target, geometry, label, values } = annotation;
  return { annotationUid, tool, target, geometry, label, values };
}
