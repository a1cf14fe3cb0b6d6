import { create } from 'zustand';

/** A source that this page sends, or will send when its turn comes. */
export interface Upload {
  readonly id: string;
  /** Undefined while it waits for its turn. */
  readonly jobId: string | undefined;
  readonly label: string;
  readonly state: 'waiting' | 'sending' | 'ended';
  /** Whether folders are still being read, so that the totals will grow. */
  readonly isFinding: boolean;
  readonly filesFound: number;
  readonly bytesFound: number;
  readonly filesSent: number;
  readonly bytesSent: number;
  /** Files this computer itself could not read. */
  readonly unreadable: readonly string[];
}

export const useUploadStore = create<{ readonly uploads: readonly Upload[] }>(() => ({ uploads: [] }));

/** Often enough for the eye; a folder of a hundred thousand files changes far more often. */
const SHOWN_EVERY_MS = 100;

/** What one upload counts while it runs, shown a few times a second. */
export class UploadRecord {
  readonly id = crypto.randomUUID();
  #upload: Upload;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(label: string) {
    this.#upload = {
      id: this.id,
      jobId: undefined,
      label,
      state: 'waiting',
      isFinding: true,
      filesFound: 0,
      bytesFound: 0,
      filesSent: 0,
      bytesSent: 0,
      unreadable: [],
    };
    useUploadStore.setState(({ uploads }) => ({ uploads: [...uploads, this.#upload] }));
  }

  get now(): Upload {
    return this.#upload;
  }

  change(part: Partial<Upload>): void {
    this.#upload = { ...this.#upload, ...part };
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#show(), SHOWN_EVERY_MS);
  }

  #show(): void {
    this.#timer = undefined;
    useUploadStore.setState(({ uploads }) => ({
      uploads: uploads.map((upload) => (upload.id === this.id ? this.#upload : upload)),
    }));
  }
}
