import { inflateRawSync } from 'node:zlib';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { isUid } from '#shared/domain/identifiers.ts';
import type { SeriesUid, SopUid, StudyUid } from '#shared/domain/identifiers.ts';
import type { FetchHandler } from '../transport/fetch-handler.ts';
import { knownTransferSyntax } from '#shared/dicom/transfer-syntax.ts';

/** What the byte interface asks of the archive; `compose.ts` passes the archive's own functions in. */
export interface DicomwebSource {
  listInstances(studyUid: StudyUid, seriesUid: SeriesUid): readonly DicomwebInstance[];
  findInstance(sopUid: SopUid): DicomwebInstance | undefined;
  listAllInstances(offset: number, limit: number): readonly DicomwebInstance[];
  partsOfFrame(
    instanceKey: number,
    frameNumber: number,
  ): readonly { fileOffset: number; byteLength: number; bitOffset: number }[];
  readObject(sha256: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>>;
}

export interface DicomwebInstance {
  readonly sopUid: SopUid;
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly transferSyntaxUid: string;
  readonly fileSha256: string;
  readonly byteLength: number;
  readonly instanceKey: number;
  /** DICOM JSON, deflated. */
  readonly metadata: Uint8Array;
}

const PATH =
  /^\/dicomweb\/studies\/(?<study>[^/]+)\/series\/(?<series>[^/]+)(?:\/instances\/(?<instance>[^/]+))?(?:\/(?<rest>metadata|frames\/\d+))?$/;

/** DICOMweb, PS3.18: WADO-RS and QIDO-RS over one `Request -> Response` function. */
export function createDicomweb(source: DicomwebSource): FetchHandler {
  return async (request) => {
    const url = new URL(request.url);
    if (url.pathname === '/dicomweb/studies') return json([]);
    if (url.pathname === '/dicomweb/instances') return listInstances(source, url);
    const groups = PATH.exec(url.pathname)?.groups;
    if (!groups) return new Response(null, { status: 404 });
    const { study = '', series = '', instance, rest = '' } = groups;
    if (!isUid(study) || !isUid(series) || (instance !== undefined && !isUid(instance))) {
      return new Response(null, { status: 400 });
    }
    if (instance === undefined) {
      if (rest !== 'metadata') return new Response(null, { status: 404 });
      const instances = source.listInstances(study as StudyUid, series as SeriesUid);
      return instances.length === 0 ? new Response(null, { status: 404 }) : json(instances.map(metadataOf));
    }
    const found = source.findInstance(instance as SopUid);
    if (!found || found.studyUid !== study || found.seriesUid !== series) {
      return new Response(null, { status: 404 });
    }
    if (rest === 'metadata') return json([metadataOf(found)]);
    if (rest.startsWith('frames/')) return frame(source, found, Number(rest.slice('frames/'.length)));
    return wholeInstance(source, found);
  };
}

function metadataOf(instance: DicomwebInstance): DicomJson {
  const metadata = JSON.parse(inflateRawSync(instance.metadata).toString('utf8')) as DicomJson;
  metadata['00083002'] = { vr: 'UI', Value: [instance.transferSyntaxUid] };
  return metadata;
}

function listInstances(source: DicomwebSource, url: URL): Response {
  const limit = Number(url.searchParams.get('limit') ?? '1000');
  const offset = Number(url.searchParams.get('offset') ?? '0');
  return json(
    source.listAllInstances(offset, limit).map((instance) => ({
      '00080018': { vr: 'UI', Value: [instance.sopUid] },
      '0020000D': { vr: 'UI', Value: [instance.studyUid] },
      '0020000E': { vr: 'UI', Value: [instance.seriesUid] },
    })),
  );
}

async function frame(
  source: DicomwebSource,
  instance: DicomwebInstance,
  frameNumber: number,
): Promise<Response> {
  const parts = source.partsOfFrame(instance.instanceKey, frameNumber);
  if (parts.length === 0) return new Response(null, { status: 404 });
  const pieces = await Promise.all(
    parts.map((part) => source.readObject(instance.fileSha256, part.fileOffset, part.byteLength)),
  );
  const isNative = knownTransferSyntax(instance.transferSyntaxUid)?.encapsulated === false;
  return new Response(new Blob(pieces), {
    headers: {
      'Content-Type': `application/octet-stream${isNative ? '' : `; transfer-syntax=${instance.transferSyntaxUid}`}`,
      'Content-Length': String(pieces.reduce((sum, piece) => sum + piece.byteLength, 0)),
    },
  });
}

async function wholeInstance(source: DicomwebSource, instance: DicomwebInstance): Promise<Response> {
  const bytes = await source.readObject(instance.fileSha256, 0, instance.byteLength);
  const boundary = `enkaku-${instance.fileSha256.slice(0, 16)}`;
  const head = `--${boundary}\r\nContent-Type: application/dicom; transfer-syntax=${instance.transferSyntaxUid}\r\n\r\n`;
  return new Response(new Blob([head, bytes, `\r\n--${boundary}--\r\n`]), {
    headers: { 'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
  });
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/dicom+json' } });
}
