import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBulkStore } from '#backend/services/link/bulk-store.ts';
import type { BulkStore } from '#backend/services/link/bulk-store.ts';
import { BulkTransfers } from '#backend/services/link/bulk-transfers.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { openLinkPair } from '#tests/support/link-page.ts';
import type { LinkPair } from '#tests/support/link-page.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const directory = temporaryDirectory();
const arrived = new Map<string, Buffer>();
const requests: string[] = [];
const stores: BulkStore[] = [];
let pair: LinkPair;
let transfers: BulkTransfers;
let epoch = 0;

const newStore = (name: string) => {
  const store = createBulkStore({
    folder: path.join(directory.path, name),
    log: pino({ enabled: false }),
    onArrived: (transferId, file) => void arrived.set(transferId, readFileSync(file)),
  });
  stores.push(store);
  return store;
};

beforeAll(async () => {
  const a = newStore('a');
  const b = newStore('b');
  pair = await openLinkPair(undefined, [], {
    a: (request) => {
      requests.push(`${request.method} ${request.headers.get('range') ?? ''}`);
      return a.handle(request);
    },
    b: (request) => b.handle(request),
  });
  const carrier = {
    sendBulk: (input: object) => pair.call('a', 'sendBulk', input).then(() => null, asRpcError),
    cancelBulk: (input: object) => pair.call('a', 'cancelBulk', input).then(() => null),
    yieldBulk: (input: object) => pair.call('a', 'yieldBulk', input).then(() => null),
  };
  transfers = new BulkTransfers({
    store: a,
    carrier: () => carrier,
    onCarrierChange: () => () => {},
    wantPage: () => {},
    log: pino({ enabled: false }),
  });
  transfers.open();
});

afterAll(async () => {
  transfers.close();
  expect([...pair.a.errors, ...pair.b.errors]).toEqual([]);
  await pair.close();
  for (const store of stores) store.close();
  directory.remove();
});

function asRpcError(error: unknown): never {
  throw new RpcError('unavailable', String(error));
}

const connected = () =>
  [pair.a, pair.b].map((end) =>
    end.told.some(({ method, input }) => method === 'peerConnected' && input['epoch'] === epoch),
  );

async function connect(): Promise<void> {
  epoch++;
  await pair.open(epoch, {}, 'bulk');
  await expect.poll(connected).toEqual([true, true]);
}

function newFile(sizeBytes: number): { file: string; bytes: Buffer } {
  const file = path.join(directory.path, randomUUID());
  const bytes = randomBytes(sizeBytes);
  writeFileSync(file, bytes);
  return { file, bytes };
}

const arrivedIs = async (transferId: string | undefined, bytes: Buffer) => {
  await expect.poll(() => arrived.has(transferId ?? '')).toBe(true);
  expect(arrived.get(transferId ?? '')?.equals(bytes)).toBe(true);
};

const progressOf = (transferId: string | undefined, direction: string) =>
  [...pair.a.told, ...pair.b.told]
    .filter(({ method, input }) => method === 'bulkProgress' && input['transferId'] === transferId)
    .filter(({ input }) => input['direction'] === direction)
    .map(({ input }) => Number(input['sentBytes']));

test('files of every size arrive as they were, several at once, and how far they are is told', async () => {
  await connect();
  const files = [0, 1, 65_511, 65_512, 3_000_000].map(newFile);
  const ids = await Promise.all(files.map(({ file }) => transfers.send(file)));
  for (const [index, { bytes }] of files.entries()) await arrivedIs(ids[index], bytes);
  for (const direction of ['outgoing', 'incoming']) {
    await expect.poll(() => progressOf(ids[4], direction).at(-1)).toBe(3_000_000);
    const steps = progressOf(ids[4], direction);
    expect(steps).toEqual(steps.toSorted((one, other) => one - other));
  }
});

test('a file goes on over the next connection where it was, and arrives once', async () => {
  const { file, bytes } = newFile(60_000_000);
  requests.length = 0;
  const id = await transfers.send(file);
  await expect.poll(() => progressOf(id, 'incoming').at(-1) ?? 0).toBeGreaterThan(3_000_000);
  await connect();
  await arrivedIs(id, bytes);
  const resumedAt = requests.map((request) => Number(/^GET bytes=(\d+)-/.exec(request)?.[1] ?? Number.NaN));
  expect(resumedAt.filter((start) => start > 0)).toHaveLength(1);
});

test('while somebody steers a file goes slowly, and afterwards at once', async () => {
  await connect();
  const { file, bytes } = newFile(12_000_000);
  const id = await transfers.send(file);
  for (const endMs = performance.now() + 2500; performance.now() < endMs;) {
    transfers.yieldToSteering();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  // What had gone into the channel before the first word arrived, and a quarter of a megabyte a second.
  expect(progressOf(id, 'incoming').at(-1) ?? 0).toBeLessThan(5_000_000);
  await arrivedIs(id, bytes);
});

test('a file that is cancelled stops at both ends', async () => {
  const { file } = newFile(40_000_000);
  const id = await transfers.send(file);
  await expect.poll(() => progressOf(id, 'incoming').length).toBeGreaterThan(0);
  transfers.cancel(id ?? '');
  const piecesDuring = async (milliseconds: number) => {
    const before = progressOf(id, 'incoming').length;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return progressOf(id, 'incoming').length - before;
  };
  await expect.poll(() => piecesDuring(700)).toBe(0);
  expect(arrived.has(id ?? '')).toBe(false);
});

test('what is no frame, out of order, too large or false is refused, and the next file arrives', async () => {
  const transferId = randomUUID();
  const answers = await pair.a.page.evaluate(async (id) => {
    const { sendRaw, bulkFrames } = globalThis.linkPage;
    const { sent, heard } = bulkFrames;
    sendRaw('bulk', 'text');
    sendRaw('bulk', []);
    sendRaw('bulk', [9, 9, 9]);
    sendRaw(
      'bulk',
      Array.from({ length: 100_000 }, () => 3),
    );
    // Data of a transfer that nobody began.
    sent({ kind: 'data', transferId: id, offset: 0, bytes: new Uint8Array(10) });
    sent({ kind: 'begin', transferId: id, sizeBytes: 5 * 1024 ** 3, sha256: new Uint8Array(32) });
    await heard((frame) => frame.kind === 'stop' && frame.reason === 'too-large');
    sent({ kind: 'begin', transferId: id, sizeBytes: 100, sha256: new Uint8Array(32) });
    await heard((frame) => frame.kind === 'have' && frame.offset === 0);
    sent({ kind: 'data', transferId: id, offset: 50, bytes: new Uint8Array(10) });
    await heard((frame) => frame.kind === 'stop' && frame.reason === 'out-of-order');
    sent({ kind: 'begin', transferId: id, sizeBytes: 100, sha256: new Uint8Array(32) });
    await heard((frame) => frame.kind === 'have' && frame.offset === 0);
    sent({ kind: 'data', transferId: id, offset: 0, bytes: new Uint8Array(100) });
    await heard((frame) => frame.kind === 'stop' && frame.reason === 'not-verified');
    return 'all refused';
  }, transferId);
  expect(answers).toBe('all refused');
  expect(arrived.has(transferId)).toBe(false);
  const { file, bytes } = newFile(200_000);
  await arrivedIs(await transfers.send(file), bytes);
});
