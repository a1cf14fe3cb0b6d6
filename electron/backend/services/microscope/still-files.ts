import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { open, rename, stat, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** One picture: a sensor of 100 megapixels, losslessly, with room to spare. */
const MAXIMUM_PICTURE_BYTES = 512 * 1024 * 1024;

const ID = /^[0-9a-f-]{36}$/;

export class PictureTooLarge extends Error {}

/** Pictures of the microscope on disk, one folder a still and one file a form; written whole or not at all. */
export class PictureFiles {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = path.join(dataDir, 'microscope');
    mkdirSync(path.join(this.#folder, 'stills'), { recursive: true, mode: 0o700 });
    mkdirSync(path.join(this.#folder, 'maps'), { recursive: true, mode: 0o700 });
  }

  stillPath(stillId: string, form: string): string {
    return path.join(this.#stillFolder(stillId), form);
  }

  mapPath(slideId: string): string {
    return path.join(this.#folder, 'maps', checked(slideId));
  }

  /** Takes a body over as the file of that path. Returns when it would survive power loss. */
  async receive(target: string, body: ReadableStream, signal: AbortSignal): Promise<void> {
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    const part = `${target}.part`;
    let size = 0;
    try {
      await pipeline(
        Readable.fromWeb(body),
        async function* bounded(chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            size += chunk.byteLength;
            if (size > MAXIMUM_PICTURE_BYTES) throw new PictureTooLarge();
            yield chunk;
          }
        },
        createWriteStream(part, { mode: 0o600, flush: true }),
        { signal },
      );
      await place(part, target);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    }
  }

  /** Puts a received file in its place; the original may be on another disk. */
  async adopt(source: string, target: string): Promise<void> {
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    const part = `${target}.part`;
    await copyFile(source, part);
    const file = await open(part, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await place(part, target);
  }

  async read(file: string): Promise<Response> {
    const { size } = await stat(file).catch(() => ({ size: -1 }));
    if (size < 0) return new Response(null, { status: 404 });
    const type = (await startsAsJpeg(file)) ? 'image/jpeg' : 'image/png';
    return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array<ArrayBuffer>>, {
      headers: { 'Content-Type': type, 'Content-Length': String(size), 'Cache-Control': 'private, no-cache' },
    });
  }

  async sha256(file: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  removeStill(stillId: string): void {
    rmSync(this.#stillFolder(stillId), { recursive: true, force: true });
  }

  removeMap(slideId: string): void {
    rmSync(this.mapPath(slideId), { force: true });
  }

  #stillFolder(stillId: string): string {
    return path.join(this.#folder, 'stills', checked(stillId));
  }
}

async function startsAsJpeg(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE(0) === 0xffd8;
  } finally {
    await file.close();
  }
}

/** What a page or a peer names becomes a path only if it is an id. */
function checked(id: string): string {
  if (!ID.test(id)) throw new RangeError('not an id');
  return id;
}

async function place(part: string, target: string): Promise<void> {
  await rename(part, target);
  const folder = await open(path.dirname(target), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
