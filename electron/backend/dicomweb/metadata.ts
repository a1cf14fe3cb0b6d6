import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { WebInstance } from '#shared/domain/instance-search.ts';
import { acceptedBy, chooseType } from './accept.ts';
import type { ArchiveSource } from './archive-source.ts';
import { isSame, streamOf } from './body.ts';
import { commonHeaders } from './http-failure.ts';
import { withAbsoluteBulkData, withAttribute } from './json-text.ts';

export const JSON_TYPES = ['application/dicom+json', 'application/json'] as const;

/** Between these, other requests get their turn. */
const INSTANCES_AT_ONCE = 16;
const AVAILABLE_TRANSFER_SYNTAX = '00083002';

/** Address of an instance, as the client sees it. */
export function instanceUrl(baseUrl: string, { studyUid, seriesUid, sopUid }: WebInstance): string {
  return `${baseUrl}/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
}

/** Retrieve metadata, PS3.18 section 10.4: what the database holds, put together without being parsed. */
export function respondWithMetadata(
  archive: ArchiveSource,
  instances: readonly WebInstance[],
  request: Request,
  baseUrl: string,
): Response {
  const contentType = chooseType(acceptedBy(request, new URL(request.url)), JSON_TYPES);
  const etag = etagOf(instances, baseUrl);
  const headers = { ...commonHeaders, ETag: etag, 'Content-Type': contentType };
  if (isSame(request.headers.get('If-None-Match'), etag)) return new Response(null, { status: 304, headers });
  return new Response(streamOf(metadataChunks(archive, instances, baseUrl)), { headers });
}

function etagOf(instances: readonly WebInstance[], baseUrl: string): string {
  const hash = createHash('sha256').update(baseUrl);
  for (const { fileSha256, sopUid } of instances) hash.update(`\n${sopUid} ${fileSha256}`);
  return `"${hash.digest('base64url').slice(0, 32)}"`;
}

async function* metadataChunks(
  archive: ArchiveSource,
  instances: readonly WebInstance[],
  baseUrl: string,
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < instances.length; start += INSTANCES_AT_ONCE) {
    const pieces: Buffer[] = [];
    for (const instance of instances.slice(start, start + INSTANCES_AT_ONCE)) {
      const isFirst = pieces.length === 0 && start === 0;
      pieces.push(Buffer.from(isFirst ? '[' : ','), ...instanceMetadata(archive, instance, baseUrl));
    }
    yield Buffer.concat(pieces);
    await new Promise(setImmediate);
  }
  yield Buffer.from(instances.length === 0 ? '[]' : ']');
}

function instanceMetadata(archive: ArchiveSource, instance: WebInstance, baseUrl: string): Buffer[] {
  const json = storedJson(archive, instance.instanceKey);
  const available = { vr: 'UI', Value: [instance.transferSyntaxUid] };
  const [head = Buffer.alloc(0), ...tail] = withAttribute(json, AVAILABLE_TRANSFER_SYNTAX, available);
  const url = instanceUrl(baseUrl, instance);
  return [head, ...tail].flatMap((piece) => withAbsoluteBulkData(piece, url));
}

export function storedJson(archive: ArchiveSource, instanceKey: number): Buffer {
  return inflateRawSync(archive.metadataOf(instanceKey));
}

/** Parsed headers of the instances asked for last: their frames come one request at a time. */
export class HeaderCache {
  readonly #archive: ArchiveSource;
  readonly #headers = new Map<number, { readonly header: DicomJson; readonly textBytes: number }>();
  #textBytes = 0;

  constructor(archive: ArchiveSource) {
    this.#archive = archive;
  }

  of(instance: WebInstance): DicomJson {
    const { instanceKey, transferSyntaxUid } = instance;
    const known = this.#headers.get(instanceKey);
    if (known) return known.header;
    const text = storedJson(this.#archive, instanceKey);
    const header = JSON.parse(text.toString('utf8')) as DicomJson;
    header[AVAILABLE_TRANSFER_SYNTAX] = { vr: 'UI', Value: [transferSyntaxUid] };
    this.#keep(instanceKey, header, text.byteLength);
    return header;
  }

  #keep(instanceKey: number, header: DicomJson, textBytes: number): void {
    this.#headers.set(instanceKey, { header, textBytes });
    this.#textBytes += textBytes;
    for (const [oldest, each] of this.#headers) {
      const fits = this.#headers.size <= MAXIMUM_HEADERS && this.#textBytes <= MAXIMUM_TEXT_BYTES;
      // The one just asked for stays: its other frames come next.
      if (fits || oldest === instanceKey) break;
      this.#headers.delete(oldest);
      this.#textBytes -= each.textBytes;
    }
  }
}

const MAXIMUM_HEADERS = 16;
/** The header of an ordinary image has 10 KB, that of a large enhanced object 100 MB. */
const MAXIMUM_TEXT_BYTES = 64 * 1024 * 1024;
