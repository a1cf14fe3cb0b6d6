import type { SopUid } from '#shared/domain/identifiers.ts';
import type { WebInstance, WebSearch, WebSearchResult, WebTarget } from '#shared/domain/instance-search.ts';

export interface FrameLocation {
  readonly fileOffset: number;
  readonly byteLength: number;
  readonly bitOffset: number;
}

/** What the byte interface asks of the archive; `compose.ts` passes the archive's own functions in. */
export interface ArchiveSource {
  findInstance(sopUid: SopUid): WebInstance | undefined;
  listInstances(target: WebTarget): WebInstance[];
  search(search: WebSearch): WebSearchResult;
  /** DICOM JSON, deflated, bulk data addresses relative to the instance. */
  metadataOf(instanceKey: number): Uint8Array;
  partsOfFrame(instanceKey: number, frameNumber: number): readonly FrameLocation[];
  /** @throws if there are fewer bytes than that */
  readObject(sha256: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Where a stream may be written that is to be stored; whoever asks removes it. */
  newUploadPath(): string;
  /** Resolves when the file's instance would survive pulling the plug, or is refused. */
  store(path: string, expectedStudyUid?: string): Promise<StoreOutcome>;
}

export type StoreOutcome =
  | {
      readonly kind: 'stored' | 'duplicate' | 'conflict' | 'other-study';
      readonly studyUid: string;
      readonly seriesUid: string;
      readonly sopClassUid: string;
      readonly sopUid: string;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  | { readonly kind: 'out-of-resources' };
