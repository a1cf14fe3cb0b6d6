import type { WebInstance } from '#shared/domain/instance-search.ts';
import { acceptedBy, chooseType } from './accept.ts';
import { multipart, singlePart } from './body.ts';
import type { Part } from './body.ts';
import { failureOf } from './frame-reader.ts';
import type { FrameReader } from './frame-reader.ts';
import { HttpFailure } from './http-failure.ts';
import { instanceUrl } from './metadata.ts';
import { PICTURE_TYPES, readWishes, renderingOf } from './rendering.ts';
import type { PictureType, Wishes } from './rendering.ts';
import type { ThumbnailCache } from './thumbnail-cache.ts';

const THUMBNAIL_SIDE = 256;

export interface Pictured {
  readonly instance: WebInstance;
  readonly frameNumber: number;
}

/** Pictures for people who have no DICOM viewer, PS3.18 sections 10.4.1.1.3 and 10.4.1.1.4. */
export class Pictures {
  readonly #frames: FrameReader;
  readonly #thumbnails: ThumbnailCache;

  constructor(frames: FrameReader, thumbnails: ThumbnailCache) {
    this.#frames = frames;
    this.#thumbnails = thumbnails;
  }

  /** One picture alone, several as multipart. */
  async rendered(pictured: readonly Pictured[], request: Request, baseUrl: string): Promise<Response> {
    const url = new URL(request.url);
    const [first] = pictured;
    if (!first) throw new HttpFailure(404, 'There are no images.');
    const accepted = acceptedBy(request, url);
    const isMultipart = pictured.length > 1;
    const types = isMultipart ? accepted.map((range) => ({ ...range, isMultipart: false })) : accepted;
    const type = chooseType(types, PICTURE_TYPES);
    const wishes = readWishes(url, type);
    const partOf = async (each: Pictured): Promise<Part> => {
      const bytes = await this.#render(each, wishes, request.signal);
      return {
        contentType: type,
        byteLength: bytes.length,
        contentLocation: `${instanceUrl(baseUrl, each.instance)}/frames/${each.frameNumber}/rendered`,
        chunks: () => [bytes],
      };
    };
    const firstPart = await partOf(first);
    if (!isMultipart) return singlePart(firstPart);
    async function* parts(): AsyncGenerator<Part> {
      yield firstPart;
      for (const each of pictured.slice(1)) yield partOf(each);
    }
    return multipart(type, parts());
  }

  async thumbnail(pictured: Pictured, request: Request): Promise<Response> {
    const url = new URL(request.url);
    const type = chooseType(acceptedBy(request, url), PICTURE_TYPES);
    const wishes = readWishes(url, type);
    const bytes = await this.#thumbnail(pictured, wishes, type, request.signal);
    return singlePart({ contentType: type, byteLength: bytes.length, chunks: () => [bytes] });
  }

  async #thumbnail(
    pictured: Pictured,
    wishes: Wishes,
    type: PictureType,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const side = { columns: THUMBNAIL_SIDE, rows: THUMBNAIL_SIDE };
    const { fileSha256 } = pictured.instance;
    const { viewport = side, region, voi, quality } = wishes;
    const description = JSON.stringify([pictured.frameNumber, type, viewport, quality]);
    // What is cut out or windowed by hand is not asked for twice.
    const isUsual = !region && !voi;
    const known = isUsual ? await this.#thumbnails.find(fileSha256, description) : undefined;
    if (known) return known;
    const bytes = await this.#render(pictured, { ...wishes, viewport }, signal);
    if (isUsual) await this.#thumbnails.keep(fileSha256, description, bytes);
    return bytes;
  }

  async #render(
    { instance, frameNumber }: Pictured,
    wishes: Wishes,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const rendering = renderingOf(this.#frames.header(instance), frameNumber, wishes);
    const frame = await this.#frames.encoded(instance, frameNumber);
    try {
      const { bytes } = await this.#frames.run({ kind: 'render', frame, rendering }, signal);
      return bytes;
    } catch (error) {
      throw failureOf(error);
    }
  }
}
