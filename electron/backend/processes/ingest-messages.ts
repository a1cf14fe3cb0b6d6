import type { ReadInstance } from '#shared/dicom/read-instance.ts';
import type { RefusalCode } from '#shared/domain/refusal.ts';

/** Backend to ingest process: copy this file to the staging path and read its header. */
export interface IngestRequest {
  readonly id: number;
  readonly sourcePath: string;
  readonly stagingPath: string;
}

export interface IngestedFile extends Omit<ReadInstance, 'metadata'> {
  readonly fileSha256: string;
  readonly dataSetSha256: string;
  readonly byteLength: number;
  /** DICOM JSON, deflated as the database keeps it. */
  readonly metadata: Uint8Array;
}

/** Ingest process to backend: the staged bytes are durable, or the file is refused. */
export type IngestReply =
  | { readonly id: number; readonly ok: true; readonly file: IngestedFile }
  | { readonly id: number; readonly ok: false; readonly code: RefusalCode; readonly detail: string };
