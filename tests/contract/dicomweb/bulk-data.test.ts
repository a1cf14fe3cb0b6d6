import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import {
  DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '#shared/dicom/transfer-syntax.ts';
import { limits } from '#shared/dicom/limits.ts';
import { element } from '#tests/support/dicom-files.ts';
import { imageFile, instancePath, wordsOf } from '#tests/support/made-instances.ts';
import { ORIGIN, openWebArchive, partsOf } from '#tests/support/web-archive.ts';

const archive = openWebArchive();
const syntaxes = [
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  DEFLATED_EXPLICIT_LITTLE_ENDIAN,
] as const;

const length = limits.headerValueBytes + 1002;
const outer = Uint8Array.from({ length }, (_, index) => (index * 7) % 253);
const nested = Uint8Array.from({ length }, (_, index) => (index * 11) % 249);

beforeAll(async () => {
  const others = [
    element('00281408', 'OW', outer),
    element('54000100', 'SQ', {
      items: [[element('003A0200', 'SQ', { items: [[], [element('54001010', 'OW', nested)]] })]],
    }),
  ];
  const files = syntaxes.map((transferSyntaxUid, index) => [
    String(index),
    imageFile({
      instance: index + 1,
      shape: { rows: 1, columns: 2 },
      pixels: wordsOf(1, 2),
      others,
      transferSyntaxUid,
    }),
  ]);
  const { rejected } = await archive.import(Object.fromEntries(files) as Record<string, Buffer>);
  expect(rejected).toEqual([]);
});

afterAll(() => archive.close());

async function addresses(instance: number) {
  const [header] = await archive.json(`${instancePath(1, 1, instance)}/metadata`);
  const sequence = header?.['54000100']?.Value?.[0] as DicomJson;
  const inner = sequence['003A0200']?.Value?.[1] as DicomJson;
  const own = (uri: string | undefined) => (uri ?? '').replace(`${ORIGIN}/dicomweb`, '');
  return {
    outer: own(header?.['00281408']?.BulkDataURI),
    nested: own(inner['54001010']?.BulkDataURI),
    pixels: own(header?.['7FE00010']?.BulkDataURI),
  };
}

describe.each(syntaxes.map((uid, index) => [uid, index + 1] as const))('in %s', (_, instance) => {
  test('every address in the metadata leads to its bytes, in little endian', async () => {
    const urls = await addresses(instance);
    expect(Buffer.from(await archive.bytes(urls.outer)).equals(outer)).toBe(true);
    expect(Buffer.from(await archive.bytes(urls.nested)).equals(nested)).toBe(true);
    expect([...(await archive.bytes(urls.pixels))]).toEqual([...wordsOf(1, 2)]);
  });

  test('any part of it can be had', async () => {
    const { outer: url } = await addresses(instance);
    for (const [from, to] of [
      [1, 1],
      [3, 1000],
      [length - 3, length - 1],
      [0, length - 1],
    ] as const) {
      const response = await archive.ask(url, { headers: { Range: `bytes=${from}-${to}` } });
      expect(response.status).toBe(206);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.equals(outer.subarray(from, to + 1))).toBe(true);
    }
  });
});

test('as one part of a multipart answer', async () => {
  const { nested: url } = await addresses(1);
  const accept = 'multipart/related; type="application/octet-stream"';
  const [part] = await partsOf(await archive.ask(url, { headers: { Accept: accept } }));
  expect(part?.body.equals(nested)).toBe(true);
});

test('what no metadata name is not read', async () => {
  const { outer: url } = await addresses(1);
  const honest = await archive.bytes(url);
  // Offset and length in the address are not believed.
  const changed = url.replace(/offset=\d+/, 'offset=0').replace(/length=\d+/, 'length=100000000');
  expect((await archive.bytes(changed)).length).toBe(honest.length);
  for (const path of [
    '00100010',
    '99999999',
    '54000100',
    '54000100/1',
    '54000100/9/54001010',
    'constructor',
    '__proto__/1/x',
  ]) {
    expect((await archive.ask(`${instancePath()}/bulkdata/${path}`)).status).toBe(404);
  }
  expect((await archive.ask(url, { headers: { Accept: 'image/png' } })).status).toBe(406);
});
