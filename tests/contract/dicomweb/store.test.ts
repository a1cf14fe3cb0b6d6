import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { element } from '#tests/support/dicom-files.ts';
import {
  CT_IMAGE,
  imageFile,
  instancePath,
  seriesUid,
  sopUid,
  studyUid,
  wordsOf,
} from '#tests/support/made-instances.ts';
import type { Place } from '#tests/support/made-instances.ts';
import { ORIGIN, openWebArchive } from '#tests/support/web-archive.ts';

const archive = openWebArchive();

afterAll(() => archive.close());

const slice = (place: Place, value = 1) =>
  imageFile({ ...place, shape: { rows: 1, columns: 2 }, pixels: wordsOf(value, 2) });

interface Sent {
  readonly body: Uint8Array;
  readonly type?: string;
}

function multipartBody(parts: readonly Sent[], boundary = 'b'): Buffer {
  const pieces = parts.flatMap(({ body, type = 'application/dicom' }) => [
    Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\n\r\n`),
    body,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

async function store(
  parts: readonly Sent[] | Buffer,
  { target = '/studies', boundary = 'b', headers = {}, pieceBytes = 0 } = {},
) {
  const body = Buffer.isBuffer(parts) ? parts : multipartBody(parts, boundary);
  const response = await archive.ask(target, {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/related; type="application/dicom"; boundary="${boundary}"`,
      Accept: 'application/dicom+json',
      ...headers,
    },
    ...(pieceBytes > 0
      ? { body: inPieces(body, pieceBytes), duplex: 'half' }
      : { body: new Uint8Array(body) }),
  });
  const text = await response.text();
  const answer =
    response.headers.get('Content-Type') === 'application/dicom+json' ? (JSON.parse(text) as DicomJson) : {};
  const items = (tag: string) => (answer[tag]?.Value ?? []) as DicomJson[];
  return { status: response.status, text, answer, stored: items('00081199'), failed: items('00081198') };
}

function inPieces(body: Buffer, pieceBytes: number): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (offset >= body.length) controller.close();
      else controller.enqueue(new Uint8Array(body.subarray(offset, (offset += pieceBytes))));
    },
  });
}

const reasons = (failed: readonly DicomJson[]) => failed.map((item) => item['00081197']?.Value?.[0]);

describe('instances are stored', () => {
  test('and can be had at once, bit by bit', async () => {
    const files = [
      slice({ study: 1, instance: 1 }),
      slice({ study: 1, instance: 2 }),
      slice({ study: 1, series: 2, instance: 1 }),
    ];
    const { status, answer, stored, failed } = await store(files.map((body) => ({ body })));
    expect([status, failed]).toEqual([200, []]);
    expect(answer['00081190']).toEqual({ vr: 'UR', Value: [`${ORIGIN}/dicomweb/studies/${studyUid(1)}`] });
    expect(stored[1]).toEqual({
      '00081150': { vr: 'UI', Value: [CT_IMAGE] },
      '00081155': { vr: 'UI', Value: [sopUid(1, 1, 2)] },
      '00081190': { vr: 'UR', Value: [`${ORIGIN}/dicomweb${instancePath(1, 1, 2)}`] },
    });
    const original = 'application/dicom; transfer-syntax=*';
    expect(
      Buffer.from(await archive.bytes(instancePath(1, 1, 2), original)).equals(files[1] ?? Buffer.alloc(0)),
    ).toBe(true);
    expect(await archive.json('/studies?PatientID=P1')).toMatchObject([{ '00201208': { Value: [3] } }]);
  });

  test('once, however often they are sent', async () => {
    const { status, stored } = await store([{ body: slice({ study: 1, instance: 1 }) }]);
    expect([status, stored.length]).toEqual([200, 1]);
    expect(await archive.json(`/studies/${studyUid(1)}/series/${seriesUid(1)}/instances`)).toHaveLength(2);
  });

  test.each([1, 7, 64, 1000])(
    'whatever the size of the pieces they arrive in: %i bytes',
    async (pieceBytes) => {
      const study = 100 + pieceBytes;
      const tricky = imageFile({
        study,
        // Line breaks, dashes and almost the boundary, in the pixels.
        shape: { rows: 1, columns: 32, bits: 8 },
        pixels: Buffer.from('\r\n--boundar\r\n--\r\n--bounda\r\r\n--b..').subarray(0, 32),
      });
      const { status } = await store([{ body: tricky }, { body: slice({ study, instance: 2 }) }], {
        boundary: 'boundary',
        pieceBytes,
      });
      expect(status).toBe(200);
      const bytes = await archive.bytes(instancePath(study), 'application/dicom; transfer-syntax=*');
      expect(Buffer.from(bytes).equals(tricky)).toBe(true);
    },
  );

  test('as a single body too, and with a preamble before the first boundary', async () => {
    const single = await store(slice({ study: 2 }), { headers: { 'Content-Type': 'application/dicom' } });
    expect(single.status).toBe(200);
    const body = Buffer.concat([
      Buffer.from('This is a preamble.\r\n'),
      multipartBody([{ body: slice({ study: 3 }) }]),
    ]);
    expect((await store(body)).status).toBe(200);
  });
});

describe('instances are refused', () => {
  test('each for its own reason, while the others are stored', async () => {
    const truncated = slice({ study: 4, instance: 2 }).subarray(0, -3);
    const { status, stored, failed } = await store([
      { body: Buffer.from('not DICOM at all'.repeat(20)) },
      { body: slice({ study: 4, instance: 1 }) },
      { body: truncated },
    ]);
    expect([status, stored.length, reasons(failed)]).toEqual([202, 1, [0xc000, 0xc000]]);
  });

  test('if another one with the same UID was here first; it is kept aside', async () => {
    const { status, failed } = await store([{ body: slice({ study: 4, instance: 1 }, 99) }]);
    expect([status, reasons(failed)]).toEqual([409, [0x0111]]);
    expect(failed[0]?.['00081155']?.Value).toEqual([sopUid(4, 1, 1)]);
    const [study] = (await archive.client.archive.listStudies({})).studies.filter(
      ({ studyUid: uid }) => uid === studyUid(4),
    );
    if (!study) throw new Error('the study is missing');
    expect((await archive.client.archive.listConflicts({ studyKey: study.studyKey })).conflicts).toHaveLength(
      1,
    );
    expect([...(await archive.bytes(`${instancePath(4)}/frames/1`, 'application/octet-stream'))]).toEqual([
      ...wordsOf(1, 2),
    ]);
  });

  test('if they belong to another study than the address says', async () => {
    const { status, failed, stored } = await store(
      [{ body: slice({ study: 5 }) }, { body: slice({ study: 6 }) }],
      {
        target: `/studies/${studyUid(5)}`,
      },
    );
    expect([status, stored.length, reasons(failed)]).toEqual([202, 1, [0xa900]]);
    expect(await archive.json(`/studies?StudyInstanceUID=${studyUid(6)}`)).toEqual([]);
  });

  test.each([
    ['a media type that is none of DICOM', 415, { 'Content-Type': 'application/json' }],
    ['DICOM JSON', 415, { 'Content-Type': 'multipart/related; type="application/dicom+json"; boundary=b' }],
    ['no boundary', 400, { 'Content-Type': 'multipart/related; type="application/dicom"' }],
    ['an answer we cannot give', 406, { Accept: 'text/html' }],
  ])('with %s', async (_, status, headers) => {
    expect((await store([{ body: slice({ study: 9 }) }], { headers })).status).toBe(status);
    expect(await archive.json(`/studies?StudyInstanceUID=${studyUid(9)}`)).toEqual([]);
  });

  test('if the body ends before its last boundary, or holds none', async () => {
    const whole = multipartBody([{ body: slice({ study: 10 }) }]);
    expect((await store(whole.subarray(0, -10))).status).toBe(400);
    expect((await store(Buffer.from('--x\r\n\r\n'))).status).toBe(400);
    expect((await store(Buffer.from('--b--\r\n'))).status).toBe(400);
    expect((await store([{ body: Buffer.from('{}'), type: 'application/json' }])).status).toBe(415);
  });

  test('and nothing is left behind', () => {
    expect(readdirSync(path.join(archive.folder, 'data/staging'))).toEqual([]);
  });
});

test('a body that is given up leaves nothing behind', async () => {
  const controller = new AbortController();
  const large = imageFile({
    study: 11,
    shape: { rows: 256, columns: 256 },
    pixels: new Uint8Array(131_072),
    others: [element('00081030', 'LO', 'x')],
  });
  const body = multipartBody([{ body: large }]);
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (sink) => {
      if (sent++ < 3) sink.enqueue(new Uint8Array(body.subarray((sent - 1) * 1000, sent * 1000)));
      else controller.abort();
    },
  });
  const response = archive.ask('/studies', {
    method: 'POST',
    headers: { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=b' },
    body: stream,
    duplex: 'half',
    signal: controller.signal,
  } as RequestInit);
  await response.catch(() => {});
  await expect.poll(() => readdirSync(path.join(archive.folder, 'data/staging'))).toEqual([]);
  expect(await archive.json(`/studies?StudyInstanceUID=${studyUid(11)}`)).toEqual([]);
});
