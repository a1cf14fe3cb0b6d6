import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { StudyUid } from '#shared/domain/identifiers.ts';
import { acceptedBy, chooseType } from './accept.ts';
import type { ArchiveSource, StoreOutcome } from './archive-source.ts';
import { jsonResponse } from './body.ts';
import { HttpFailure } from './http-failure.ts';
import { JSON_TYPES } from './metadata.ts';
import { readMultipart } from './multipart-reader.ts';

const DICOM = 'application/dicom';
/** Parts being stored while the next ones arrive. */
const PARTS_IN_FLIGHT = 4;

/** Failure Reason (0008,1197), PS3.18 table I.2-2 and PS3.7 annex C. */
const reasons = {
  outOfResources: 0xa700,
  otherStudy: 0xa900,
  cannotUnderstand: 0xc000,
  processingFailure: 0x0110,
  /** Another data set with this UID was here first; this one is kept aside for a person to look at. */
  duplicateInstance: 0x0111,
} as const;

/** Store instances, PS3.18 section 10.5: every part goes the way of any imported file. */
export async function respondWithStore(
  archive: ArchiveSource,
  studyUid: StudyUid | undefined,
  request: Request,
  baseUrl: string,
): Promise<Response> {
  chooseType(acceptedBy(request, new URL(request.url)), JSON_TYPES);
  if (!request.body) throw new HttpFailure(400, 'The request has no body.');
  const outcomes: StoreOutcome[] = [];
  const inFlight = new Set<Promise<void>>();
  try {
    for await (const body of instanceBodies(request)) {
      const path = archive.newUploadPath();
      const received = await receive(body, path, request.signal);
      const index = outcomes.push(received ?? { kind: 'refused', code: 'internal', detail: '' }) - 1;
      if (received) continue;
      const stored = storeOne(archive, path, studyUid).then((outcome) => void (outcomes[index] = outcome));
      const done = stored.finally(() => inFlight.delete(done));
      inFlight.add(done);
      if (inFlight.size >= PARTS_IN_FLIGHT) await Promise.race(inFlight);
    }
  } finally {
    await Promise.allSettled(inFlight);
  }
  if (outcomes.length === 0) throw new HttpFailure(400, 'The body holds no instance.');
  return responseOf(outcomes, baseUrl);
}

/** @throws HttpFailure 400, 415 */
async function* instanceBodies(request: Request): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const contentType = request.headers.get('Content-Type') ?? '';
  const chunks = request.body as AsyncIterable<Uint8Array>;
  if (contentType.toLowerCase().startsWith(DICOM) && !/^application\/dicom\+/i.test(contentType)) {
    yield chunks;
    return;
  }
  const isMultipart = /^multipart\/related\s*;/i.test(contentType);
  const type = parameter(contentType, 'type') ?? DICOM;
  if (!isMultipart || type.toLowerCase() !== DICOM) {
    throw new HttpFailure(415, `Instances are stored as multipart/related; type="${DICOM}".`);
  }
  const boundary = parameter(contentType, 'boundary');
  if (boundary === undefined || boundary.length > 200) throw new HttpFailure(400, 'The boundary is missing.');
  for await (const { headers, body } of readMultipart(chunks, boundary)) {
    const partType = (headers.get('content-type') ?? DICOM).toLowerCase();
    if (!partType.startsWith(DICOM) || partType.startsWith(`${DICOM}+`)) {
      throw new HttpFailure(415, `A part is ${partType.split(';')[0]}; only ${DICOM} is stored.`);
    }
    yield body;
  }
}

function parameter(contentType: string, name: string): string | undefined {
  const pattern = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i');
  const match = pattern.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/** Writes one body to disk; returns what went wrong with it alone. */
async function receive(
  body: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<StoreOutcome | undefined> {
  try {
    await pipeline(
      Readable.from(body, { objectMode: false }),
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
      {
        signal,
      },
    );
    return undefined;
  } catch (error) {
    await rm(path, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return { kind: 'out-of-resources' };
    throw error;
  }
}

async function storeOne(
  archive: ArchiveSource,
  path: string,
  studyUid: string | undefined,
): Promise<StoreOutcome> {
  try {
    return await archive.store(path, studyUid);
  } finally {
    await rm(path, { force: true });
  }
}

function responseOf(outcomes: readonly StoreOutcome[], baseUrl: string): Response {
  const stored: DicomJson[] = [];
  const failed: DicomJson[] = [];
  const studies = new Set<string>();
  for (const outcome of outcomes) {
    const isStored = outcome.kind === 'stored' || outcome.kind === 'duplicate';
    if (isStored) {
      studies.add(outcome.studyUid);
      const { studyUid, seriesUid, sopUid } = outcome;
      const url = `${baseUrl}/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
      stored.push({ ...reference(outcome), '00081190': { vr: 'UR', Value: [url] } });
    } else {
      failed.push({ ...reference(outcome), '00081197': { vr: 'US', Value: [reasonOf(outcome)] } });
    }
  }
  const [only] = studies;
  const answer: DicomJson = {
    ...(studies.size === 1 && { '00081190': { vr: 'UR', Value: [`${baseUrl}/studies/${only}`] } }),
    ...(failed.length > 0 && { '00081198': { vr: 'SQ', Value: failed } }),
    ...(stored.length > 0 && { '00081199': { vr: 'SQ', Value: stored } }),
  };
  const isAllFull = failed.length > 0 && outcomes.every(({ kind }) => kind === 'out-of-resources');
  const status = failed.length === 0 ? 200 : stored.length > 0 ? 202 : isAllFull ? 503 : 409;
  return jsonResponse(answer, { status });
}

function reference(outcome: StoreOutcome): DicomJson {
  if (!('sopUid' in outcome)) return {};
  return {
    '00081150': { vr: 'UI', Value: [outcome.sopClassUid] },
    '00081155': { vr: 'UI', Value: [outcome.sopUid] },
  };
}

function reasonOf(outcome: StoreOutcome): number {
  if (outcome.kind === 'out-of-resources') return reasons.outOfResources;
  if (outcome.kind === 'other-study') return reasons.otherStudy;
  if (outcome.kind === 'conflict') return reasons.duplicateInstance;
  if (outcome.kind === 'refused' && outcome.code === 'internal') return reasons.processingFailure;
  return reasons.cannotUnderstand;
}
