import type { ImportSource, UploadFile } from '#renderer/backend/shell.ts';
import type { BackendClient } from '#renderer/backend/connection.ts';
import { sendFile } from './send-file.ts';
import { UploadRecord } from './upload-store.ts';

type UploadSource = Extract<ImportSource, { kind: 'upload' }>;

/** So many files travel at once: enough to keep the disk busy, few enough to cancel at once. */
const FILES_IN_FLIGHT = 4;
/** Outlives a reload of this page, but not its window. */
const OPEN_JOBS_KEY = 'enkaku.open-uploads';

/** Sends what was chosen in this window, one source after the other. */
export class UploadQueue {
  readonly #archive: BackendClient['archive'];
  readonly #aborts = new Map<string, AbortController>();
  #last: Promise<void> = Promise.resolve();

  constructor(archive: BackendClient['archive']) {
    this.#archive = archive;
  }

  /** Files of this page are still on their way, and would not survive its end. */
  get isBusy(): boolean {
    return this.#aborts.size > 0;
  }

  add(source: UploadSource): void {
    const record = new UploadRecord(source.label);
    const abort = new AbortController();
    this.#aborts.set(record.id, abort);
    this.#last = this.#last.then(() => this.#send(record, source, abort.signal));
  }

  cancel(id: string): void {
    this.#aborts.get(id)?.abort();
  }

  /** A page that was loaded again has lost the files it was sending: its imports end with what they have. */
  async endInterrupted(): Promise<number> {
    const jobIds = openJobs();
    sessionStorage.removeItem(OPEN_JOBS_KEY);
    const { imports } = jobIds.length > 0 ? await this.#archive.listImports({}) : { imports: [] };
    const running = imports.filter(({ jobId, state }) => state === 'running' && jobIds.includes(jobId));
    for (const { jobId } of running) await this.#archive.closeUpload({ jobId });
    return running.length;
  }

  async #send(record: UploadRecord, source: UploadSource, signal: AbortSignal): Promise<void> {
    let jobId: string | undefined;
    try {
      if (signal.aborted) return;
      ({ jobId } = await this.#archive.openUpload({ label: source.label.slice(0, 500) }));
      rememberJobs([...openJobs(), jobId]);
      record.change({ jobId, state: 'sending' });
      const found = new FoundFiles();
      const finding = find(source, found, record, signal);
      const url = `/import/${jobId}`;
      const senders = Array.from({ length: FILES_IN_FLIGHT }, () => sendFound(url, found, record, signal));
      await Promise.all([finding, ...senders]);
    } catch {
      // The import itself says how it ended: cancelled, failed with a problem, or the connection is gone.
    } finally {
      await this.#finish(jobId, signal.aborted);
      this.#aborts.delete(record.id);
      record.change({ state: 'ended' });
    }
  }

  async #finish(jobId: string | undefined, isCancelled: boolean): Promise<void> {
    if (jobId === undefined) return;
    rememberJobs(openJobs().filter((other) => other !== jobId));
    const end = isCancelled ? this.#archive.cancelImport({ jobId }) : this.#archive.closeUpload({ jobId });
    await end.catch(() => undefined);
  }
}

async function find(
  source: UploadSource,
  found: FoundFiles,
  record: UploadRecord,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const file of source.files) {
      if (signal.aborted) break;
      found.add(file);
      const { filesFound, bytesFound } = record.now;
      record.change({ filesFound: filesFound + 1, bytesFound: bytesFound + file.byteCount });
    }
  } catch {
    record.change({ unreadable: [...record.now.unreadable, source.label] });
  } finally {
    found.end();
    record.change({ isFinding: false });
  }
}

/** One of several that send what is found until there is nothing more, or nothing more is taken. */
async function sendFound(
  url: string,
  found: FoundFiles,
  record: UploadRecord,
  signal: AbortSignal,
): Promise<void> {
  for (let file = await found.take(); file && !signal.aborted; file = await found.take()) {
    const body = await file.open().catch(() => undefined);
    if (!body) {
      record.change({ unreadable: [...record.now.unreadable, file.name] });
      continue;
    }
    let counted = 0;
    const count = (bytesSent: number) => {
      record.change({ bytesSent: record.now.bytesSent + bytesSent - counted });
      counted = bytesSent;
    };
    const status = await sendFile(`${url}?name=${encodeURIComponent(file.name)}`, body, signal, count);
    // Cancelled elsewhere, or the disk is full: nothing more will be taken.
    if (status !== 200) return;
    count(file.byteCount);
    record.change({ filesSent: record.now.filesSent + 1 });
  }
}

/** Files on their way from those who find them to those who send them. */
class FoundFiles {
  readonly #files: UploadFile[] = [];
  readonly #waiting: ((file: UploadFile | undefined) => void)[] = [];
  #next = 0;
  #isEnded = false;

  add(file: UploadFile): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(file);
    else this.#files.push(file);
  }

  end(): void {
    this.#isEnded = true;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }

  /** The next file; undefined when there will be none. */
  take(): Promise<UploadFile | undefined> {
    const file = this.#files[this.#next];
    if (file) {
      this.#next++;
      return Promise.resolve(file);
    }
    if (this.#isEnded) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

function openJobs(): readonly string[] {
  return (sessionStorage.getItem(OPEN_JOBS_KEY) ?? '').split(' ').filter(Boolean);
}

function rememberJobs(jobIds: readonly string[]): void {
  sessionStorage.setItem(OPEN_JOBS_KEY, jobIds.join(' '));
}
