import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAXIMUM_TRANSFER_BYTES } from '#shared/link/bulk-frame.ts';
import { createBulkStore } from '#backend/services/link/bulk-store.ts';
import type { BulkStore } from '#backend/services/link/bulk-store.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let store: BulkStore;
let arrived: { transferId: string; bytes: Buffer }[];

beforeEach(() => {
  directory = temporaryDirectory();
  arrived = [];
  store = createBulkStore({
    folder: path.join(directory.path, 'bulk'),
    log: pino({ enabled: false }),
    onArrived: (transferId, file) => void arrived.push({ transferId, bytes: readFileSync(file) }),
  });
});

afterEach(() => {
  store.close();
  directory.remove();
});

const bytes = randomBytes(300_000);
const digest = `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

const ask = (method: string, where: string, headers: Record<string, string> = {}, body?: Uint8Array) =>
  store.handle(
    new Request(`http://localhost/link/${where}`, {
      method,
      headers,
      ...(body && { body: new Uint8Array(body) }),
    }),
  );

const put = (id: string, from: number, to: number, part: Uint8Array, total = bytes.length, sum = digest) =>
  ask(
    'PUT',
    `incoming/${id}`,
    { 'Content-Range': `bytes ${from}-${to - 1}/${total}`, 'Repr-Digest': sum },
    part,
  );

test('an offered file is fetched whole or from where the other end has got to', async () => {
  const file = path.join(directory.path, 'still.png');
  writeFileSync(file, bytes);
  const { transferId, sizeBytes } = await store.offer(file);
  expect(sizeBytes).toBe(bytes.length);
  const head = await ask('HEAD', `outgoing/${transferId}`);
  expect(head.headers.get('repr-digest')).toBe(digest);
  const whole = await ask('GET', `outgoing/${transferId}`);
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  const rest = await ask('GET', `outgoing/${transferId}`, { Range: 'bytes=299000-' });
  expect(rest.status).toBe(206);
  expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(299_000))).toBe(true);
  expect((await ask('GET', `outgoing/${transferId}`, { Range: 'bytes=300001-' })).status).toBe(416);
  expect((await ask('GET', `outgoing/${randomUUID()}`)).status).toBe(404);
  store.withdraw(transferId);
  expect((await ask('GET', `outgoing/${transferId}`)).status).toBe(404);
});

test('a file comes in parts, goes on where it broke off, and is told once it is whole', async () => {
  const id = randomUUID();
  expect((await put(id, 0, 100_000, bytes.subarray(0, 100_000))).status).toBe(204);
  const state = await ask('GET', `incoming/${id}`);
  expect(state.headers.get('upload-offset')).toBe('100000');
  // A part that broke off counts for nothing.
  expect((await put(id, 100_000, 200_000, bytes.subarray(100_000, 150_000))).status).toBe(507);
  expect((await put(id, 150_000, 200_000, bytes.subarray(150_000, 200_000))).status).toBe(409);
  expect(arrived).toEqual([]);
  expect((await put(id, 100_000, 300_000, bytes.subarray(100_000))).status).toBe(201);
  expect(arrived.map(({ transferId }) => transferId)).toEqual([id]);
  expect(arrived[0]?.bytes.equals(bytes)).toBe(true);
  // The sender may not have heard of it.
  expect((await ask('GET', `incoming/${id}`)).headers.get('upload-complete')).toBe('?1');
  expect((await put(id, 0, 300_000, bytes)).status).toBe(409);
  expect(arrived).toHaveLength(1);
});

test('a file that is not what was announced never arrives', async () => {
  const id = randomUUID();
  const other = Buffer.from(bytes);
  other[77] = (other[77] ?? 0) ^ 1;
  expect((await put(id, 0, 300_000, other)).status).toBe(422);
  expect(arrived).toEqual([]);
  expect((await ask('GET', `incoming/${id}`)).headers.get('upload-offset')).toBe('0');
});

test('refuses what is too large, nameless, malformed or too much at once', async () => {
  const id = randomUUID();
  const part = bytes.subarray(0, 10);
  expect((await put(id, 0, 10, part, MAXIMUM_TRANSFER_BYTES + 1)).status).toBe(413);
  expect((await put(id, 0, 10, bytes.subarray(0, 20))).status).toBe(507);
  expect((await put(id, 0, 10, part, 5)).status).toBe(400);
  expect((await ask('PUT', `incoming/${id}`, {}, part)).status).toBe(400);
  expect((await ask('PUT', 'incoming/../../x', {}, part)).status).toBe(404);
  expect((await ask('POST', `incoming/${id}`, {}, part)).status).toBe(405);
  const answers = new Set<number>();
  for (let count = 0; count < 70; count++) answers.add((await put(randomUUID(), 0, 10, part)).status);
  expect([...answers]).toEqual([204, 429]);
  expect(arrived).toEqual([]);
});

test('what was cancelled leaves nothing behind', async () => {
  const id = randomUUID();
  await put(id, 0, 10, bytes.subarray(0, 10));
  expect((await ask('DELETE', `incoming/${id}`)).status).toBe(204);
  expect(readdirSync(path.join(directory.path, 'bulk'))).toEqual([]);
});
