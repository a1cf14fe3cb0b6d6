import { randomUUID } from 'node:crypto';
import { commonHeaders } from './http-failure.ts';

/** Bytes that come when they are asked for, so that nothing is held for clients that do not read. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface Part {
  readonly contentType: string;
  /** Undefined if it cannot be known beforehand. */
  readonly byteLength?: number;
  readonly contentLocation?: string;
  chunks(): Chunks;
}

/** Ends, and closes what it reads, as soon as the client goes away. */
export function streamOf(chunks: Chunks): ReadableStream<Uint8Array> {
  const iterator = asyncIterator(chunks);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await iterator.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => void (await iterator.return(undefined)),
    },
    { highWaterMark: 0 },
  );
}

async function* asyncIterator(chunks: Chunks): AsyncGenerator<Uint8Array, undefined> {
  yield* chunks;
}

export interface BodyOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function singlePart(part: Part, { status = 200, headers = {} }: BodyOptions = {}): Response {
  return new Response(streamOf(part.chunks()), {
    status,
    headers: {
      ...commonHeaders,
      'Content-Type': part.contentType,
      ...(part.byteLength !== undefined && { 'Content-Length': String(part.byteLength) }),
      ...(part.contentLocation !== undefined && { 'Content-Location': part.contentLocation }),
      ...headers,
    },
  });
}

/** multipart/related, RFC 2387; the parts are made one after the other. */
export function multipart(
  type: string,
  parts: Iterable<Part> | AsyncIterable<Part>,
  { status = 200, headers = {} }: BodyOptions = {},
): Response {
  const boundary = `enkaku-${randomUUID()}`;
  return new Response(streamOf(multipartChunks(boundary, parts)), {
    status,
    headers: {
      ...commonHeaders,
      'Content-Type': `multipart/related; type="${type}"; boundary=${boundary}`,
      ...headers,
    },
  });
}

const utf8 = new TextEncoder();

async function* multipartChunks(
  boundary: string,
  parts: Iterable<Part> | AsyncIterable<Part>,
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    const lines = [
      `--${boundary}`,
      `Content-Type: ${part.contentType}`,
      ...(part.byteLength === undefined ? [] : [`Content-Length: ${part.byteLength}`]),
      ...(part.contentLocation === undefined ? [] : [`Content-Location: ${part.contentLocation}`]),
    ];
    yield utf8.encode(`${lines.join('\r\n')}\r\n\r\n`);
    yield* part.chunks();
    yield utf8.encode('\r\n');
  }
  yield utf8.encode(`--${boundary}--\r\n`);
}

export function jsonResponse(value: unknown, options: BodyOptions = {}): Response {
  return new Response(JSON.stringify(value), {
    status: options.status ?? 200,
    headers: { ...commonHeaders, 'Content-Type': 'application/dicom+json', ...options.headers },
  });
}

/** Bytes with known length that can be read from anywhere: ranges, RFC 9110 section 14. */
export interface RangedSource {
  readonly contentType: string;
  readonly byteLength: number;
  readonly etag: string;
  readonly contentLocation?: string;
  read(offset: number, byteLength: number): Chunks;
}

/** Answers `Range`, `If-Range` and `If-None-Match`. Several ranges at once are answered with everything. */
export function rangedResponse(request: Request, source: RangedSource): Response {
  const { byteLength, etag, contentType } = source;
  const headers = { ETag: etag, 'Accept-Ranges': 'bytes' };
  if (isSame(request.headers.get('If-None-Match'), etag)) {
    return new Response(null, { status: 304, headers: { ...commonHeaders, ...headers } });
  }
  const ifRange = request.headers.get('If-Range');
  const wanted = ifRange === null || ifRange === etag ? request.headers.get('Range') : null;
  const range = wanted === null ? undefined : parseRange(wanted, byteLength);
  if (range === 'unsatisfiable') {
    return new Response(null, {
      status: 416,
      headers: { ...commonHeaders, ...headers, 'Content-Range': `bytes */${byteLength}` },
    });
  }
  const { offset, length } = range ?? { offset: 0, length: byteLength };
  const { contentLocation } = source;
  const part: Part = {
    contentType,
    byteLength: length,
    ...(contentLocation !== undefined && { contentLocation }),
    chunks: () => source.read(offset, length),
  };
  if (!range) return singlePart(part, { headers });
  const contentRange = `bytes ${offset}-${offset + length - 1}/${byteLength}`;
  return singlePart(part, { status: 206, headers: { ...headers, 'Content-Range': contentRange } });
}

/** Undefined for what RFC 9110 tells to ignore. */
function parseRange(
  text: string,
  byteLength: number,
): { offset: number; length: number } | 'unsatisfiable' | undefined {
  const groups = /^bytes=(?<first>\d*)-(?<last>\d*)$/.exec(text.trim())?.groups;
  const { first = '', last = '' } = groups ?? {};
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), byteLength);
    return length === 0 ? 'unsatisfiable' : { offset: byteLength - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? byteLength : Math.min(Number(last) + 1, byteLength);
  if (offset >= byteLength) return 'unsatisfiable';
  return end <= offset ? undefined : { offset, length: end - offset };
}

/** `If-None-Match`: a list of tags, or '*'; weak comparison. */
export function isSame(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
