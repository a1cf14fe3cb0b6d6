import { createHash, randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MAXIMUM_TRANSFER_BYTES } from '#shared/link/bulk-frame.ts';
import type { Log } from '#backend/log.ts';

export interface BulkStoreOptions {
  /** Folder of its own; whatever lies in it from an earlier run is removed. */
  readonly folder: string;
  readonly log: Log;
  /** A file has come whole, verified and durable. Who wants to keep it copies it before this resolves or soon after. */
  readonly onArrived: (transferId: string, file: string) => Promise<void> | void;
}

export interface Outgoing {
  readonly transferId: string;
  readonly sizeBytes: number;
}

/** Files on their way over the bulk peer: a carrying page fetches outgoing ones and puts incoming ones here. */
export interface BulkStore {
  /** From now on a carrying page may fetch the file; it has to stay where it is until `withdraw`. */
  offer(file: string): Promise<Outgoing>;
  withdraw(transferId: string): void;
  /** Answers everything below `/link/`. */
  handle(request: Request): Promise<Response>;
  /** Removes what has not come whole. */
  close(): void;
}

interface OutgoingFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly digest: string;
}

interface Incoming {
  offset: number;
  writing: Promise<void> | undefined;
  /** Of the bytes so far; undefined once a part broke off: then the file is read again at the end. */
  hash: Hash | undefined;
}

/** How long a file that has arrived waits for somebody who wants it. */
const KEPT_MS = 10 * 60_000;
/** What may lie here half-sent at once. */
const MAXIMUM_INCOMING = 64;
const PATH = /^\/link\/(outgoing|incoming)\/([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})$/;

export function createBulkStore({ folder, log, onArrived }: BulkStoreOptions): BulkStore {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const outgoing = new Map<string, OutgoingFile>();
  /** Bytes that are there, by transfer; parts of one transfer come one after the other. */
  const incoming = new Map<string, Incoming>();
  const arrived = new Map<string, { readonly sizeBytes: number; readonly atMs: number }>();
  const partOf = (id: string) => path.join(folder, `${id}.part`);
  const fileOf = (id: string) => path.join(folder, id);

  function answerOutgoing(id: string, request: Request): Response {
    const found = outgoing.get(id);
    if (!found) return empty(404);
    if (request.method !== 'GET' && request.method !== 'HEAD') return empty(405, { Allow: 'GET, HEAD' });
    const range = request.headers.get('range');
    const start = Number(/^bytes=(\d{1,15})-$/.exec(range ?? 'bytes=0-')?.[1] ?? Number.NaN);
    if (!(start <= found.sizeBytes)) return empty(416);
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(found.sizeBytes - start),
      'Cache-Control': 'no-store',
      'Repr-Digest': found.digest,
    };
    if (request.method === 'HEAD' || start === found.sizeBytes) return empty(200, headers);
    const bytes = Readable.toWeb(createReadStream(found.file, { start, end: found.sizeBytes - 1 }));
    return new Response(bytes as ReadableStream<Uint8Array<ArrayBuffer>>, {
      status: range === null ? 200 : 206,
      headers,
    });
  }

  async function answerIncoming(id: string, request: Request): Promise<Response> {
    if (request.method === 'DELETE') {
      incoming.delete(id);
      await rm(partOf(id), { force: true });
      return empty(204);
    }
    // What is asked for is where to go on: a part that is being written may still count.
    if (request.method === 'GET') await incoming.get(id)?.writing;
    const finished = arrived.get(id);
    const offset = finished?.sizeBytes ?? incoming.get(id)?.offset ?? 0;
    if (request.method === 'GET') {
      return empty(204, {
        'Upload-Offset': String(offset),
        'Upload-Complete': finished ? '?1' : '?0',
        'Cache-Control': 'no-store',
      });
    }
    if (request.method !== 'PUT') return empty(405, { Allow: 'GET, PUT, DELETE' });
    if (finished) return empty(409, { 'Upload-Offset': String(offset), 'Upload-Complete': '?1' });
    return takePart(id, request, offset);
  }

  async function takePart(id: string, request: Request, offset: number): Promise<Response> {
    const range = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15})$/.exec(
      request.headers.get('content-range') ?? '',
    );
    const digest = request.headers.get('repr-digest');
    if (!range || digest === null) return empty(400);
    const [start, end, total] = [Number(range[1] ?? 0), Number(range[2] ?? -1) + 1, Number(range[3])];
    if (total > MAXIMUM_TRANSFER_BYTES) return empty(413);
    if (start > end || end > total) return empty(400);
    const known = incoming.get(id) ?? { offset: 0, writing: undefined, hash: createHash('sha256') };
    if (start !== offset || known.writing) return empty(409, { 'Upload-Offset': String(offset) });
    if (!incoming.has(id) && incoming.size >= MAXIMUM_INCOMING) return empty(429);
    incoming.set(id, known);
    const { hash } = known;
    known.hash = undefined;
    const written = append(partOf(id), start, end - start, request.body, hash);
    known.writing = written.catch(() => {});
    try {
      await written;
      known.offset = end;
      known.hash = hash;
    } finally {
      known.writing = undefined;
    }
    if (end < total) return empty(204, { 'Upload-Offset': String(end), 'Upload-Complete': '?0' });
    return finish(id, total, digest, hash);
  }

  async function finish(
    id: string,
    sizeBytes: number,
    digest: string,
    hash: Hash | undefined,
  ): Promise<Response> {
    incoming.delete(id);
    const found = hash ? digestText(hash) : await digestOf(partOf(id));
    if (found !== digest) {
      await rm(partOf(id), { force: true });
      return empty(422);
    }
    await syncAside(partOf(id));
    await rename(partOf(id), fileOf(id));
    forgetOld();
    arrived.set(id, { sizeBytes, atMs: performance.now() });
    await onArrived(id, fileOf(id));
    return empty(201, { 'Upload-Offset': String(sizeBytes), 'Upload-Complete': '?1' });
  }

  function forgetOld(): void {
    const nowMs = performance.now();
    for (const [id, { atMs }] of arrived) {
      if (nowMs - atMs < KEPT_MS) break;
      arrived.delete(id);
      rmSync(fileOf(id), { force: true });
    }
  }

  return {
    offer: async (file) => {
      const transferId = randomUUID();
      const { size } = await stat(file);
      outgoing.set(transferId, { file, sizeBytes: size, digest: await digestOf(file) });
      return { transferId, sizeBytes: size };
    },
    withdraw: (transferId) => void outgoing.delete(transferId),
    handle: async (request) => {
      const [, direction, id] = PATH.exec(new URL(request.url).pathname) ?? [];
      if (id === undefined) return empty(404);
      if (direction === 'outgoing') return answerOutgoing(id, request);
      try {
        return await answerIncoming(id, request);
      } catch (error) {
        if (request.signal.aborted) return empty(400);
        log.error({ err: error }, 'a part of an incoming file was not stored');
        return empty(507);
      }
    },
    close: () => {
      outgoing.clear();
      incoming.clear();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes exactly so many bytes at that place; otherwise throws, and the place is written again. */
async function append(
  file: string,
  start: number,
  length: number,
  body: Request['body'],
  hash: Hash | undefined,
): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) await (await open(file, 'wx', 0o600)).close();
  const handle = await open(file, 'r+');
  try {
    let written = 0;
    const chunks: AsyncIterable<Uint8Array> | null = body;
    for await (const chunk of chunks ?? []) {
      if (written + chunk.length > length) throw new Error('more bytes than announced');
      hash?.update(chunk);
      await handle.write(chunk, 0, chunk.length, start + written);
      written += chunk.length;
    }
    if (written !== length) throw new Error('fewer bytes than announced');
  } finally {
    await handle.close();
  }
}

/** RFC 9530. */
async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return digestText(hash);
}

const digestText = (hash: Hash) => `sha-256=:${hash.digest('base64')}:`;

/** Before it is told that the file is here, its bytes would survive power loss. */
async function syncAside(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function empty(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}
