import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** Numbers of one record: monotonic time in ms, x, y, z of the optics in µm, time of the newest accepted intent. */
const RECORD_NUMBERS = 5;
export const RECORD_BYTES = RECORD_NUMBERS * 8;
const BUFFERED_RECORDS = 50;
/** About half an hour of motion; the older half is kept beside it as `<file>.1`. */
const MAXIMUM_BYTES = 64 * 1024 * 1024;
/** After this long at rest, one sample in a hundred is enough. */
const FULL_RATE_AFTER_MOTION_MS = 500;
const THINNED = 100;

export interface LoggedPosition {
  readonly atMs: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** NaN before the first intent. */
  readonly acceptedAtMs: number;
}

/**
 * What the stage itself says about where it was: little-endian doubles, `RECORD_NUMBERS` each, one record a
 * millisecond while it moves and for half a second after, then one every 100 ms.
 */
export class PositionLog {
  readonly #path: string;
  readonly #buffer = new DataView(new ArrayBuffer(BUFFERED_RECORDS * RECORD_BYTES));
  #file: number;
  #records = 0;
  #written: number;
  #atRest = 0;

  constructor(path: string, { isContinued = false } = {}) {
    this.#path = path;
    this.#file = openSync(path, isContinued ? 'a' : 'w', 0o600);
    this.#written = fstatSync(this.#file).size;
  }

  add({ atMs, x, y, z, acceptedAtMs }: LoggedPosition, isMoving: boolean): void {
    this.#atRest = isMoving ? 0 : this.#atRest + 1;
    if (this.#atRest > FULL_RATE_AFTER_MOTION_MS && this.#atRest % THINNED !== 0) return;
    const at = this.#records * RECORD_BYTES;
    [atMs, x, y, z, acceptedAtMs].forEach((value, index) => {
      this.#buffer.setFloat64(at + index * 8, value, true);
    });
    this.#records += 1;
    if (this.#records === BUFFERED_RECORDS || this.#atRest >= FULL_RATE_AFTER_MOTION_MS) this.flush();
  }

  flush(): void {
    if (this.#records === 0) return;
    const bytes = new Uint8Array(this.#buffer.buffer, 0, this.#records * RECORD_BYTES);
    writeSync(this.#file, bytes);
    this.#written += bytes.length;
    this.#records = 0;
    if (this.#written < MAXIMUM_BYTES) return;
    closeSync(this.#file);
    renameSync(this.#path, `${this.#path}.1`);
    this.#file = openSync(this.#path, 'w', 0o600);
    this.#written = 0;
  }
}

/** Reads whole records; a torn one at the end is left out. */
export function readPositionLog(bytes: Uint8Array): LoggedPosition[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (record: number, index: number) => view.getFloat64(record * RECORD_BYTES + index * 8, true);
  return Array.from({ length: Math.floor(bytes.length / RECORD_BYTES) }, (_, record) => ({
    atMs: number(record, 0),
    x: number(record, 1),
    y: number(record, 2),
    z: number(record, 3),
    acceptedAtMs: number(record, 4),
  }));
}
