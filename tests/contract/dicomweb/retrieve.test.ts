import { writeFileSync } from 'node:fs';
import path from 'node:path';
import dcmjsCodecs from 'dcmjs-codecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import {
  DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '#shared/dicom/transfer-syntax.ts';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { element, readFromMemory } from '#tests/support/dicom-files.ts';
import { imageFile, instancePath, seriesUid, studyUid, wordsOf } from '#tests/support/made-instances.ts';
import { runPython } from '#tests/support/python.ts';
import { ORIGIN, openWebArchive, partsOf } from '#tests/support/web-archive.ts';

const { Context, NativeCodecs } = dcmjsCodecs;

const archive = openWebArchive();
const RLE = '1.2.840.10008.1.2.5';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const HEVC = '1.2.840.10008.1.2.4.107';

const rows = 8;
const columns = 6;
const stored = Uint16Array.from({ length: rows * columns * 2 }, (_, index) => (index * 771) % 4096);
const frameOf = (number: number) =>
  Buffer.from(stored.buffer, (number - 1) * rows * columns * 2, rows * columns * 2);

/** Everything that changes between encodings: nested sequences, numbers of all widths, texts in Japanese. */
const rich: DataElement[] = [
  element('00081140', 'SQ', {
    items: [[element('00081155', 'UI', '1.2.3'), element('00400A30', 'DS', '1.5')]],
  }),
  element('00089215', 'SQ', {
    items: [
      [
        element('00080100', 'SH', '113072'),
        element('0040A170', 'SQ', { items: [[element('00080104', 'LO', '意味')]] }),
      ],
      [],
    ],
  }),
  element('00104000', 'LT', '所見なし'),
  element('00189074', 'DT', '20240131101500'),
  element('00189087', 'FD', [1000.5, -2]),
  element('00280009', 'AT', Uint8Array.from([0x18, 0, 0x63, 0x10])),
  element('00281052', 'DS', '-1024'),
  element('00281053', 'DS', '1'),
  element('00660016', 'OF', new Uint8Array(Float32Array.of(1.5, -3, 0).buffer)),
];

const shape = { rows, columns, frames: 2 } as const;

function compressed(
  transferSyntaxUid: string,
  encode: (context: InstanceType<typeof Context>) => InstanceType<typeof Context>,
) {
  const fragments = [1, 2].map((number) => {
    const context = new Context({
      width: columns,
      height: rows,
      bitsAllocated: 16,
      bitsStored: 16,
      samplesPerPixel: 1,
      pixelRepresentation: 0,
      planarConfiguration: 0,
      photometricInterpretation: 'MONOCHROME2',
      decodedBuffer: new Uint8Array(frameOf(number)),
    });
    return encode(context).getEncodedBuffer() ?? new Uint8Array();
  });
  return { fragments, pixels: [element('7FE00010', 'OB', { fragments })], transferSyntaxUid };
}

const files: Record<string, Buffer> = {};
let rle: ReturnType<typeof compressed>;
let wavelet: ReturnType<typeof compressed>;

beforeAll(async () => {
  await NativeCodecs.initializeAsync();
  rle = compressed(RLE, (context) => NativeCodecs.encodeRle(context));
  wavelet = compressed(JPEG_2000, (context) => NativeCodecs.encodeJpeg2000(context, { lossy: false }));
  const pixels = new Uint8Array(stored.buffer);
  Object.assign(files, {
    explicit: imageFile({ instance: 1, shape, pixels, others: rich }),
    implicit: imageFile({
      instance: 2,
      shape,
      pixels,
      others: rich,
      transferSyntaxUid: IMPLICIT_LITTLE_ENDIAN,
    }),
    'implicit-open': imageFile({
      instance: 3,
      shape,
      pixels,
      others: rich,
      transferSyntaxUid: IMPLICIT_LITTLE_ENDIAN,
      undefinedLengths: true,
    }),
    big: imageFile({
      instance: 4,
      shape,
      pixels,
      others: rich,
      transferSyntaxUid: EXPLICIT_BIG_ENDIAN,
    }),
    deflated: imageFile({
      instance: 5,
      shape,
      pixels,
      others: rich,
      transferSyntaxUid: DEFLATED_EXPLICIT_LITTLE_ENDIAN,
    }),
    rle: imageFile({ instance: 6, shape, pixels, others: [...rich, ...rle.pixels], transferSyntaxUid: RLE }),
    wavelet: imageFile({
      instance: 7,
      shape,
      pixels,
      others: [...rich, ...wavelet.pixels],
      transferSyntaxUid: JPEG_2000,
    }),
    video: imageFile({
      series: 2,
      instance: 1,
      shape,
      pixels,
      transferSyntaxUid: HEVC,
      others: [element('7FE00010', 'OB', { fragments: [Uint8Array.from([1, 2, 3, 4])] })],
    }),
    bits: imageFile({
      series: 3,
      instance: 1,
      shape: { rows: 3, columns: 3, bits: 1, frames: 2 },
      pixels: Uint8Array.from([0b1010_0101, 0b0000_0011, 0b10]),
    }),
  });
  const totals = await archive.import(files);
  expect(totals.rejected).toEqual([]);
});

afterAll(() => archive.close());

const names = ['explicit', 'implicit', 'implicit-open', 'big', 'deflated', 'rle', 'wavelet'];
const pathOf = (name: string) => instancePath(1, 1, names.indexOf(name) + 1);
const ORIGINAL = 'application/dicom; transfer-syntax=*';
const EXPLICIT = 'application/dicom';

describe('instances', () => {
  test.each(names)('%s: the stored file comes back bit by bit', async (name) => {
    const bytes = await archive.bytes(pathOf(name), ORIGINAL);
    expect(Buffer.from(bytes).equals(files[name] ?? Buffer.alloc(0))).toBe(true);
    const response = await archive.ask(pathOf(name), {
      headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
    });
    const [part] = await partsOf(response);
    expect(part?.body.equals(files[name] ?? Buffer.alloc(0))).toBe(true);
  });

  test.each(names)('%s: comes in Explicit VR Little Endian unless more is accepted', async (name) => {
    for (const accept of [undefined, '*/*', 'multipart/related; type="application/dicom"']) {
      const response = await archive.ask(
        pathOf(name),
        accept === undefined ? {} : { headers: { Accept: accept } },
      );
      const [part] = await partsOf(response);
      expect(part?.headers['content-type']).toBe(
        `application/dicom; transfer-syntax=${EXPLICIT_LITTLE_ENDIAN}`,
      );
    }
    const bytes = await archive.bytes(pathOf(name), EXPLICIT);
    const read = readFromMemory(bytes);
    expect(read.transferSyntaxUid).toBe(EXPLICIT_LITTLE_ENDIAN);
    expect(
      read.frames.map(({ fileOffset, byteLength }) =>
        Buffer.from(bytes.subarray(fileOffset, fileOffset + byteLength)).equals(
          frameOf(fileOffset === read.frames[0]?.fileOffset ? 1 : 2),
        ),
      ),
    ).toEqual([true, true]);
  });

  test('nothing but the encoding changed, as pydicom sees it', async () => {
    const pairs = await Promise.all(
      names.map(async (name) => {
        const [original, copy] = ['original', 'copy'].map((kind) =>
          path.join(archive.folder, `${name}-${kind}.dcm`),
        );
        writeFileSync(original ?? '', files[name] ?? Buffer.alloc(0));
        writeFileSync(copy ?? '', await archive.bytes(pathOf(name), EXPLICIT));
        return JSON.stringify([original, copy]);
      }),
    );
    const answers = runPython('same_data_set.py', pairs.join('\n')).map(
      (line) => JSON.parse(line) as { differences: string[] },
    );
    expect(answers).toHaveLength(names.length);
    expect(answers.flatMap(({ differences }) => differences)).toEqual([]);
  });

  test('a series comes in one answer; what has no other form keeps its own', async () => {
    const response = await archive.ask(`/studies/${studyUid()}/series/${seriesUid()}`);
    expect(response.status).toBe(200);
    expect(await partsOf(response)).toHaveLength(names.length);
    const whole = await partsOf(await archive.ask(`/studies/${studyUid()}`));
    expect(whole).toHaveLength(names.length + 2);
    const types = whole.map(({ headers }) => headers['content-type']);
    expect(types).toContain(`application/dicom; transfer-syntax=${HEVC}`);
    expect(types.filter((type) => type?.endsWith(EXPLICIT_LITTLE_ENDIAN))).toHaveLength(names.length + 1);
  });

  test('what cannot be had in the transfer syntax asked for', async () => {
    const as = (uid: string) => ({
      headers: { Accept: `multipart/related; type="application/dicom"; transfer-syntax=${uid}` },
    });
    expect((await archive.ask(pathOf('explicit'), as(JPEG_2000))).status).toBe(406);
    expect((await archive.ask(instancePath(1, 2, 1), as(EXPLICIT_LITTLE_ENDIAN))).status).toBe(406);
    const some = await archive.ask(`/studies/${studyUid()}/series/${seriesUid()}`, as(JPEG_2000));
    expect([some.status, (await partsOf(some)).length]).toEqual([206, 1]);
    expect((await archive.ask(pathOf('explicit'), { headers: { Accept: 'text/html' } })).status).toBe(406);
    expect((await archive.ask(`${pathOf('explicit')}?accept=text/html`)).status).toBe(406);
  });
});

describe('frames', () => {
  const octets = 'application/octet-stream';

  test.each(names)('%s: uncompressed', async (name) => {
    for (const number of [1, 2]) {
      const bytes = await archive.bytes(`${pathOf(name)}/frames/${number}`, octets);
      expect(Buffer.from(bytes).equals(frameOf(number))).toBe(true);
    }
    const response = await archive.ask(`${pathOf(name)}/frames/2,1`);
    expect(response.headers.get('Content-Type')).toContain('type="application/octet-stream"');
    const parts = await partsOf(response);
    expect(parts.map(({ body }) => body.equals(frameOf(2)))).toEqual([true, false]);
    expect(parts[1]?.headers['content-location']).toBe(`${ORIGIN}/dicomweb${pathOf(name)}/frames/1`);
  });

  test('as they are stored: compressed ones as code streams, others in little endian', async () => {
    const original = `${octets}; transfer-syntax=*`;
    for (const [name, fragments] of [
      ['rle', rle.fragments],
      ['wavelet', wavelet.fragments],
    ] as const) {
      const response = await archive.ask(`${pathOf(name)}/frames/2`, { headers: { Accept: original } });
      expect(response.headers.get('Content-Type')).toBe(
        `${octets}; transfer-syntax=${name === 'rle' ? RLE : JPEG_2000}`,
      );
      const body = Buffer.from(await response.arrayBuffer());
      const fragment = Buffer.from(fragments[1] ?? []);
      expect(body.subarray(0, fragment.length).equals(fragment)).toBe(true);
      expect(body.length - fragment.length).toBeLessThanOrEqual(1);
    }
    for (const name of ['explicit', 'implicit', 'big', 'deflated']) {
      const response = await archive.ask(`${pathOf(name)}/frames/2`, { headers: { Accept: original } });
      expect(response.headers.get('Content-Type')).toBe(
        `${octets}; transfer-syntax=${EXPLICIT_LITTLE_ENDIAN}`,
      );
      expect(Buffer.from(await response.arrayBuffer()).equals(frameOf(2))).toBe(true);
    }
    const image = await archive.ask(`${pathOf('wavelet')}/frames/1`, {
      headers: { Accept: 'multipart/related; type="image/jp2"' },
    });
    expect((await partsOf(image))[0]?.headers['content-type']).toBe(
      `image/jp2; transfer-syntax=${JPEG_2000}`,
    );
  });

  test('of 1 bit begin on a byte of their own', async () => {
    const of = (number: number) => archive.bytes(`${instancePath(1, 3, 1)}/frames/${number}`, octets);
    expect([...(await of(1))].map((byte) => byte.toString(2))).toEqual(['10100101', '11']);
    // Nine bits further: bit 9 of the pixel data is the first of the second frame.
    expect([...(await of(2))].map((byte) => byte.toString(2))).toEqual(['1', '1']);
  });

  test('in parts: ranges, RFC 9110', async () => {
    const url = `${pathOf('explicit')}/frames/1`;
    const ask = (headers: Record<string, string>) =>
      archive.ask(url, { headers: { Accept: octets, ...headers } });
    const whole = frameOf(1);
    const etag = (await ask({})).headers.get('ETag') ?? '';
    const part = await ask({ Range: 'bytes=10-19' });
    expect([part.status, part.headers.get('Content-Range')]).toEqual([206, 'bytes 10-19/96']);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(10, 20))).toBe(true);
    const last = await ask({ Range: 'bytes=-5', 'If-Range': etag });
    expect(Buffer.from(await last.arrayBuffer()).equals(whole.subarray(91))).toBe(true);
    const rest = await ask({ Range: 'bytes=90-4000' });
    expect([rest.status, (await rest.arrayBuffer()).byteLength]).toEqual([206, 6]);
    const outside = await ask({ Range: 'bytes=96-' });
    expect([outside.status, outside.headers.get('Content-Range')]).toEqual([416, 'bytes */96']);
    for (const ignored of [
      { Range: 'lines=1-2' },
      { Range: 'bytes=0-1,4-5' },
      { Range: 'bytes=0-1', 'If-Range': '"x"' },
    ]) {
      const all = await ask(ignored);
      expect([all.status, (await all.arrayBuffer()).byteLength]).toEqual([200, 96]);
    }
    expect((await ask({ 'If-None-Match': etag })).status).toBe(304);
    expect((await ask({ 'If-None-Match': '"other"' })).status).toBe(200);
  });

  test('that are not there or cannot be asked for', async () => {
    const status = async (target: string, accept = octets) => {
      const response = await archive.ask(target, { headers: { Accept: accept } });
      return response.status;
    };
    expect(await status(`${pathOf('explicit')}/frames/3`)).toBe(404);
    expect(await status(`${pathOf('explicit')}/frames/0`)).toBe(400);
    expect(await status(`${pathOf('explicit')}/frames/1,x`)).toBe(400);
    expect(await status(`${pathOf('explicit')}/frames/1,2`)).toBe(406);
    expect(await status(`${pathOf('explicit')}/frames/1`, 'image/jp2')).toBe(406);
    expect(await status(`${instancePath(1, 2, 1)}/frames/1`)).toBe(404);
    expect(await status(`/studies/${studyUid()}/series/${seriesUid(1, 9)}/instances/1.2.3/frames/1`)).toBe(
      404,
    );
  });
});

describe('metadata', () => {
  test('are those of every instance, with absolute addresses of what is left out', async () => {
    const instances = await archive.json(`/studies/${studyUid()}/series/${seriesUid()}/metadata`);
    expect(instances).toHaveLength(names.length);
    for (const [index, name] of names.entries()) {
      const url = `${ORIGIN}/dicomweb${pathOf(name)}`;
      const { metadata, transferSyntaxUid } = readFromMemory(files[name] ?? Buffer.alloc(0));
      const expected = JSON.parse(
        JSON.stringify(metadata).replaceAll('"BulkDataURI":"', `"BulkDataURI":"${url}/`),
      ) as DicomJson;
      expect(instances[index]).toEqual({ ...expected, '00083002': { vr: 'UI', Value: [transferSyntaxUid] } });
      expect(Object.keys(instances[index] ?? {})).toEqual(
        Object.keys(instances[index] ?? {}).sort((a, b) => (a < b ? -1 : 1)),
      );
    }
  });

  test('are not sent again to whom they are known', async () => {
    const url = `/studies/${studyUid()}/metadata`;
    const etag = (await archive.ask(url)).headers.get('ETag') ?? '';
    expect((await archive.ask(url, { headers: { 'If-None-Match': `"x", ${etag}` } })).status).toBe(304);
    await archive.import({
      more: imageFile({ series: 4, shape: { rows: 1, columns: 2 }, pixels: wordsOf(1, 2) }),
    });
    expect((await archive.ask(url, { headers: { 'If-None-Match': etag } })).status).toBe(200);
  });
});

describe('requests', () => {
  test.each([
    ['GET', '/nonsense', 404],
    ['GET', '/studies/1.2/nonsense', 404],
    ['GET', `/studies/${studyUid()}/instances/1.2.3`, 404],
    ['GET', '/studies/..%2F..%2Fetc/metadata', 400],
    ['GET', '/studies/%ff/metadata', 400],
    ['GET', '/studies/1.2.3.4.5/metadata', 404],
    ['DELETE', `/studies/${studyUid()}`, 405],
    ['PUT', '/studies', 405],
    ['POST', `${instancePath()}/frames/1`, 405],
  ])('%s %s is answered with %i', async (method, target, status) => {
    const response = await archive.ask(target, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('Content-Type')).toContain('text/plain');
    if (status === 405) expect(response.headers.get('Allow')).toContain('GET');
  });

  test('an instance is found only under its own study and series', async () => {
    const foreign = pathOf('explicit').replace(seriesUid(), seriesUid(1, 2));
    expect((await archive.ask(foreign)).status).toBe(404);
  });

  test('that are given up stop reading', async () => {
    const controller = new AbortController();
    const response = await archive.ask(`/studies/${studyUid()}`, { signal: controller.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    controller.abort();
    expect((await archive.ask(pathOf('explicit'))).status).toBe(200);
  });
});

test('two patients under one study UID are never handed out as one', async () => {
  const twins = { 'twin-a': { id: 'A', issuer: 'X' }, 'twin-b': { id: 'B', issuer: 'X' } };
  await archive.import(
    Object.fromEntries(
      Object.entries(twins).map(([name, patient], index) => [
        name,
        imageFile({
          patient,
          study: 7,
          series: index + 1,
          shape: { rows: 1, columns: 2 },
          pixels: wordsOf(1, 2),
        }),
      ]),
    ),
  );
  const study = `/studies/${studyUid(7)}`;
  expect(await archive.json('/studies?IssuerOfPatientID=X')).toHaveLength(2);
  for (const target of [study, `${study}/metadata`, `${study}/thumbnail`]) {
    const response = await archive.ask(target);
    expect([response.status, await response.text()]).toEqual([409, expect.stringContaining('PatientID')]);
  }
  const [own, ...others] = await archive.json(`${study}/metadata?PatientID=A&IssuerOfPatientID=X`);
  expect([own?.['00100020']?.Value, others.length]).toEqual([['A'], 0]);
  expect(await archive.json(`${study}/series/${seriesUid(7, 2)}/metadata`)).toHaveLength(1);
  expect((await archive.ask(`${study}/metadata?PatientID=C`)).status).toBe(404);
});

test('an archived file larger than any buffer streams through', async () => {
  // Sixteen mebibytes in pieces of one: enough to see that more than one is read.
  const pixels = new Uint8Array(16 * 1024 * 1024).map((_, index) => index % 251);
  const big = imageFile({
    study: 8,
    shape: { rows: 2048, columns: 2048, bits: 16, frames: 2 },
    pixels,
    transferSyntaxUid: IMPLICIT_LITTLE_ENDIAN,
  });
  await archive.import({ big });
  const copy = await archive.bytes(instancePath(8), EXPLICIT);
  const { frames } = readFromMemory(copy);
  expect(Buffer.from(copy.subarray(frames[0]?.fileOffset)).equals(Buffer.from(pixels))).toBe(true);
  const original = await archive.bytes(instancePath(8), ORIGINAL);
  expect(Buffer.from(original).equals(big)).toBe(true);
});
