import type { ReadInstance } from '#shared/dicom/read-instance.ts';
import type { SampleOptions } from './phantom/sample-study.ts';
import type { RefusalCode } from '#shared/domain/refusal.ts';

/** One file inside a zip archive, as its central directory says. */
export interface ZipEntryPlace {
  readonly localHeaderOffset: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc32: number;
}

export interface ZipEntry {
  /** Path inside the archive, decoded; only ever shown. */
  readonly name: string;
  /** Absent if the entry cannot be taken, for the reason in `refused`. */
  readonly place?: ZipEntryPlace;
  readonly refused?: { readonly code: RefusalCode; readonly detail: string };
}

/** Backend to ingest process: what to do with a file. */
export type IngestRequest =
  | {
      readonly kind: 'ingest';
      readonly id: number;
      readonly sourcePath: string;
      /** Absent: the whole file. */
      readonly zipEntry?: ZipEntryPlace | undefined;
      /** Where to write the original bytes; files that begin with this path may be written beside it. */
      readonly stagingPath: string;
    }
  | { readonly kind: 'list-zip'; readonly id: number; readonly path: string }
  | { readonly kind: 'read-directory'; readonly id: number; readonly path: string }
  | {
      readonly kind: 'generate-sample';
      readonly id: number;
      /** Made if it is not there. */
      readonly directory: string;
      readonly options: SampleOptions;
    };

export interface IngestedFile extends Omit<ReadInstance, 'metadata'> {
  readonly fileSha256: string;
  readonly dataSetSha256: string;
  readonly byteLength: number;
  /** DICOM JSON, deflated as the database keeps it. */
  readonly metadata: Uint8Array;
}

export interface Refused {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly detail: string;
}

/** The archive's own disk could not be written: nothing is wrong with the file. */
export interface NotStored {
  readonly ok: false;
  readonly code: 'not-stored';
  /** Of the file system: `ENOSPC`. */
  readonly systemCode: string;
}

/** The staged bytes are durable, or nothing is left of them. */
export type IngestResult = { readonly ok: true; readonly file: IngestedFile } | Refused | NotStored;

export type ZipListing = { readonly ok: true; readonly entries: readonly ZipEntry[] } | Refused;

/** Referenced File IDs of a DICOMDIR: each the names that lead from its folder to the file. */
export type DirectoryListing =
  | { readonly ok: true; readonly files: readonly (readonly string[])[] }
  | Refused;

export type SampleResult = { readonly ok: true; readonly files: number } | Refused | NotStored;

/** Ingest process to backend: a result, or a sign of life with the bytes copied so far; the first one with 0. */
export type IngestReply =
  | { readonly id: number; readonly bytesDone: number }
  | { readonly id: number; readonly result: AnyResult };

export type AnyResult = IngestResult | ZipListing | DirectoryListing | SampleResult;
