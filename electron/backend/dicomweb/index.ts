import type { WebInstance } from '#shared/domain/instance-search.ts';
import type { Log } from '#backend/log.ts';
import type { Codec } from '../processes/codec-pool.ts';
import type { FetchHandler } from '../transport/fetch-handler.ts';
import type { ArchiveSource } from './archive-source.ts';
import { respondWithBulkData } from './bulk-data.ts';
import { FrameReader } from './frame-reader.ts';
import { respondWithFrames } from './frames.ts';
import { HttpFailure } from './http-failure.ts';
import { respondWithInstances } from './instances.ts';
import { HeaderCache, respondWithMetadata } from './metadata.ts';
import { ObjectReader } from './object-reader.ts';
import { Pictures } from './pictures.ts';
import type { Pictured } from './pictures.ts';
import { parseRoute } from './route.ts';
import type { Route } from './route.ts';
import { respondWithSearch } from './search.ts';
import { respondWithStore } from './store.ts';
import type { ThumbnailCache } from './thumbnail-cache.ts';

export interface DicomwebOptions {
  readonly archive: ArchiveSource;
  readonly codec: Codec;
  readonly thumbnails: ThumbnailCache;
  readonly log: Log;
}

/** DICOMweb, PS3.18: QIDO-RS, WADO-RS and STOW-RS over one `Request -> Response` function. */
export function createDicomweb(options: DicomwebOptions): FetchHandler {
  const service = new Service(options);
  return async (request) => {
    try {
      return await service.answer(request);
    } catch (error) {
      if (error instanceof HttpFailure) return error.toResponse();
      if (!request.signal.aborted) options.log.error({ err: error }, 'request failed');
      return new HttpFailure(500, 'Something unexpected went wrong; the log says what.').toResponse();
    }
  };
}

type Action = Route['action'];

class Service {
  readonly #archive: ArchiveSource;
  readonly #objects: ObjectReader;
  readonly #frames: FrameReader;
  readonly #pictures: Pictures;

  constructor({ archive, codec, thumbnails }: DicomwebOptions) {
    this.#archive = archive;
    this.#objects = new ObjectReader(archive);
    this.#frames = new FrameReader(archive, this.#objects, new HeaderCache(archive), codec);
    this.#pictures = new Pictures(this.#frames, thumbnails);
  }

  answer(request: Request): Response | Promise<Response> {
    const url = new URL(request.url);
    const route = parseRoute(url.pathname);
    const baseUrl = `${url.origin}/dicomweb`;
    const isStudies =
      route.action.kind === 'studies' || (route.action.kind === 'retrieve' && !route.seriesUid);
    if (request.method === 'POST' && isStudies) {
      return respondWithStore(this.#archive, route.studyUid, request, baseUrl);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new HttpFailure(405, 'This resource can only be read.', {
        Allow: isStudies ? 'GET, HEAD, POST' : 'GET, HEAD',
      });
    }
    return this.#read(route, request, baseUrl);
  }

  #read(route: Route, request: Request, baseUrl: string): Response | Promise<Response> {
    const { action } = route;
    switch (action.kind) {
      case 'studies':
        return respondWithSearch(this.#archive, 'study', route, request, baseUrl);
      case 'search':
        return respondWithSearch(this.#archive, action.level, route, request, baseUrl);
      case 'metadata':
        return respondWithMetadata(this.#archive, this.#instances(route, request), request, baseUrl);
      case 'retrieve':
        return respondWithInstances(
          { objects: this.#objects, frames: this.#frames },
          this.#instances(route, request),
          request,
          { baseUrl, isOne: route.sopUid !== undefined },
        );
      case 'rendered':
        return this.#pictures.rendered(this.#firstFrames(route, request), request, baseUrl);
      case 'thumbnail':
        return this.#pictures.thumbnail(this.#representative(route, request), request);
      default:
        return this.#readInstance(action, this.#instance(route), request, baseUrl);
    }
  }

  #readInstance(
    action: Extract<Action, { kind: 'frames' | 'rendered-frames' | 'frame-thumbnail' | 'bulk-data' }>,
    instance: WebInstance,
    request: Request,
    baseUrl: string,
  ): Promise<Response> {
    if (action.kind === 'bulk-data') {
      const readers = { objects: this.#objects, frames: this.#frames };
      return respondWithBulkData(readers, instance, action.path, request, baseUrl);
    }
    const { kind, frameNumbers } = action;
    if (kind === 'frames') return respondWithFrames(this.#frames, instance, frameNumbers, request, baseUrl);
    const pictured = frameNumbers.map((frameNumber) => this.#picturedFrame(instance, frameNumber));
    const [first] = pictured;
    return kind === 'frame-thumbnail' && first
      ? this.#pictures.thumbnail(first, request)
      : this.#pictures.rendered(pictured, request, baseUrl);
  }

  #picturedFrame(instance: WebInstance, frameNumber: number): Pictured {
    if (frameNumber > instance.numberOfFrames)
      throw new HttpFailure(404, `There is no frame ${frameNumber}.`);
    return { instance, frameNumber };
  }

  /** @throws HttpFailure 404 */
  #instance({ studyUid, seriesUid, sopUid }: Route): WebInstance {
    const found = sopUid && this.#archive.findInstance(sopUid);
    if (!found || found.studyUid !== studyUid || found.seriesUid !== seriesUid) {
      throw new HttpFailure(404, 'There is no such instance.');
    }
    return found;
  }

  /** @throws HttpFailure 404, 409 */
  #instances(route: Route, request: Request): WebInstance[] {
    if (route.sopUid) return [this.#instance(route)];
    const { studyUid, seriesUid } = route;
    const parameters = new URL(request.url).searchParams;
    const patientId = parameters.get('PatientID');
    const issuer = parameters.get('IssuerOfPatientID');
    const found = this.#archive.listInstances({
      ...(studyUid && { studyUid }),
      ...(seriesUid && { seriesUid }),
      ...(patientId !== null && { patientId }),
      ...(issuer !== null && { issuer }),
    });
    if (found.length === 0) throw new HttpFailure(404, 'There is nothing under this address.');
    // Two patients' images under one study UID are never handed out as if they were one patient's.
    if (found.some(({ studyKey }) => studyKey !== found[0]?.studyKey)) {
      throw new HttpFailure(
        409,
        'Two patients have images under this UID. Say whose: ?PatientID=...&IssuerOfPatientID=...',
      );
    }
    return found;
  }

  /** Of an instance its first frame, of a study or series the first frame of every image. */
  #firstFrames(route: Route, request: Request): Pictured[] {
    return this.#instances(route, request)
      .filter(({ numberOfFrames }) => numberOfFrames > 0)
      .map((instance) => ({ instance, frameNumber: 1 }));
  }

  /** The middle of what was asked for: in a series of slices it shows more than the first. */
  #representative(route: Route, request: Request): Pictured {
    const images = this.#instances(route, request).filter(({ numberOfFrames }) => numberOfFrames > 0);
    const [first] = images;
    if (!first) throw new HttpFailure(404, 'There are no images.');
    const ofOneSeries = route.seriesUid ? images : largestSeries(images);
    const instance = ofOneSeries[Math.floor(ofOneSeries.length / 2)] ?? first;
    return { instance, frameNumber: Math.floor(instance.numberOfFrames / 2) + 1 };
  }
}

function largestSeries(images: readonly WebInstance[]): readonly WebInstance[] {
  const bySeries = Map.groupBy(images, ({ seriesUid }) => seriesUid);
  return [...bySeries.values()].reduce(
    (largest, series) => (series.length > largest.length ? series : largest),
    [],
  );
}
