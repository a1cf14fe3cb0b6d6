/** Backend to care process: slow work on whole files that nobody should wait for. */
export type CareWork =
  /** SHA-256 of the plain bytes of a stored object. */
  | { readonly kind: 'hash'; readonly path: string }
  /** Copies a stored object, durable and read back, if what is there already is not the same. */
  | { readonly kind: 'copy'; readonly from: string; readonly to: string; readonly sha256: string }
  /** What SQLite finds wrong with a database; nothing if it is intact. */
  | { readonly kind: 'check-database'; readonly file: string };

export type CareRequest = CareWork & { readonly id: number };

export type CopyOutcome = 'copied' | 'already-there' | 'source-missing' | 'source-damaged';

/** `value` is the hash, the `CopyOutcome`, or what was found. */
export type CareResult =
  | { readonly ok: true; readonly value: string | readonly string[] }
  /** `code` is that of the file system or of SQLite. */
  | { readonly ok: false; readonly code: string; readonly detail: string };

export type CareReply = CareResult & { readonly id: number };
