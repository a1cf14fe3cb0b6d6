// Our live and bulk connections against bare ones between two pages of the same Chromium, with the same picture.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { YIELD_AGAIN_MS, YIELD_MS } from '#backend/services/link/bulk-transfers.ts';
import { openBulkPair } from '#tests/support/bulk-pair.ts';
import { openLinkPair } from '#tests/support/link-page.ts';
import type { LinkPair } from '#tests/support/link-page.ts';
import { descendantsOf } from '#tests/support/stray-processes.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';
import { median } from './measured.ts';
import type { Measured } from './measured.ts';

const ROUNDS = 3;
const SETTLE_MS = 5000;
const WATCH_MS = 6000;
const COMMANDS = 100;
const BULK_BYTES = 48 * 1024 * 1024;

interface Round {
  readonly glassMs: readonly number[];
  readonly commandMs: readonly number[];
  readonly sizes: ReadonlySet<string>;
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const quantile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return;
    await wait(50);
  }
  throw new Error('not connected within 30 s');
}

let epoch = 0;

async function openOurs(pair: LinkPair, kind: 'live' | 'bulk'): Promise<void> {
  epoch++;
  const isConnected = ({ told }: LinkPair['a']) =>
    told.some(
      ({ method, input }) => method === 'peerConnected' && input['epoch'] === epoch && input['peer'] === kind,
    );
  await pair.open(epoch, {}, kind);
  await until(async () => isConnected(pair.a) && isConnected(pair.b));
}

async function openBare(pair: LinkPair, isSending: boolean): Promise<void> {
  await pair.a.page.evaluate((sends) => globalThis.linkPage.bare.open(sends), isSending);
  await pair.b.page.evaluate(() => globalThis.linkPage.bare.open(false));
  await pair.a.page.evaluate(() => globalThis.linkPage.bare.offer());
  await until(() => pair.a.page.evaluate(() => globalThis.linkPage.bare.isOpen()));
}

async function measure(pair: LinkPair, isBare: boolean): Promise<Round> {
  await wait(SETTLE_MS);
  const before = await pair.b.page.evaluate(() => globalThis.linkPage.frames().length);
  await wait(WATCH_MS);
  const frames = await pair.b.page.evaluate((from) => globalThis.linkPage.frames().slice(from), before);
  const commandMs = await pair.a.page.evaluate(
    ([bare, count]) =>
      bare
        ? globalThis.linkPage.bare.roundTrips(count, 40)
        : globalThis.linkPage.roundTrips('control', count, 40),
    [isBare, COMMANDS] as const,
  );
  return {
    glassMs: frames.map(({ latencyMs }) => latencyMs),
    commandMs,
    sizes: new Set(frames.map(({ width, height }) => `${width}×${height}`)),
  };
}

async function liveRounds(pair: LinkPair): Promise<{ ours: Round[]; bare: Round[] }> {
  const ours: Round[] = [];
  const bare: Round[] = [];
  await pair.b.page.evaluate(() => globalThis.linkPage.echo());
  for (let round = 0; round < ROUNDS; round++) {
    await pair.a.page.evaluate(() => globalThis.linkPage.showPicture(true));
    await openOurs(pair, 'live');
    await pair.b.page.evaluate(() => globalThis.linkPage.watch());
    ours.push(await measure(pair, false));
    for (const end of ['a', 'b'] as const) await pair.call(end, 'closePeer', { peer: 'live', epoch });

    await openBare(pair, true);
    await pair.b.page.evaluate(() => globalThis.linkPage.bare.watch());
    bare.push(await measure(pair, true));
    for (const { page } of [pair.a, pair.b]) await page.evaluate(() => globalThis.linkPage.bare.close());
  }
  return { ours, bare };
}

interface BulkBench {
  readonly pair: LinkPair;
  send(): Promise<number>;
  close(): Promise<void>;
}

async function openBulkBench(): Promise<BulkBench> {
  const directory = temporaryDirectory();
  const file = path.join(directory.path, 'still.png');
  writeFileSync(file, randomBytes(BULK_BYTES));
  const bulk = await openBulkPair();
  yieldToOthers(bulk.pair.browserPid);
  await openOurs(bulk.pair, 'bulk');
  return {
    pair: bulk.pair,
    send: () => bulk.send(file),
    close: async () => {
      await bulk.close();
      directory.remove();
    },
  };
}

/**
 * As the launcher starts that browser: below everything else. Its threads are here already, each with a priority of
 * its own, and as a session of its own Linux would weigh it against the other browser as a whole (sched(7), autogroup).
 */
function yieldToOthers(main: number): void {
  const lowest = os.constants.priority.PRIORITY_LOW;
  for (const pid of [main, ...descendantsOf(main)]) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) os.setPriority(Number(thread), lowest);
    if (existsSync(`/proc/${pid}/autogroup`)) writeFileSync(`/proc/${pid}/autogroup`, String(lowest));
  }
}

/** Megabytes per second over a bare channel. */
async function bareThroughput(pair: LinkPair): Promise<number> {
  await openBare(pair, false);
  const startMs = performance.now();
  const sending = pair.a.page.evaluate((size) => globalThis.linkPage.bare.sendBytes(size), BULK_BYTES);
  await until(async () => {
    const received = await pair.b.page.evaluate(() => globalThis.linkPage.bare.receivedBytes());
    return received >= BULK_BYTES;
  });
  await sending;
  const rate = BULK_BYTES / 1000 / (performance.now() - startMs);
  for (const { page } of [pair.a, pair.b]) await page.evaluate(() => globalThis.linkPage.bare.close());
  return rate;
}

/**
 * Commands while a file goes over the other connection, in a browser of its own as in a workstation, whose backend
 * has files yield as long as the stage moves.
 */
async function commandsDuring(live: LinkPair, bulk: BulkBench): Promise<readonly number[]> {
  const commandsDone = new AbortController();
  const sending = bulk.send();
  const yielding = (async () => {
    while (!commandsDone.signal.aborted) {
      await bulk.pair.call('a', 'yieldBulk', { forMs: YIELD_MS });
      await wait(YIELD_AGAIN_MS);
    }
  })();
  const times = await live.a.page.evaluate(
    (count) => globalThis.linkPage.roundTrips('control', count, 40),
    COMMANDS,
  );
  commandsDone.abort();
  await Promise.all([sending, yielding]);
  return times;
}

export const bench = {
  name: 'link',
  run: async (): Promise<Measured[]> => {
    const live = await openLinkPair();
    const bulk = await openBulkBench();
    try {
      const { ours, bare } = await liveRounds(live);
      const bulkRates: number[] = [];
      const bareRates: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        bulkRates.push(BULK_BYTES / 1000 / (await bulk.send()));
        bareRates.push(await bareThroughput(bulk.pair));
      }
      await openOurs(live, 'live');
      await wait(SETTLE_MS);
      const alone: number[] = [];
      const beside: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        alone.push(
          ...(await live.a.page.evaluate(
            (count) => globalThis.linkPage.roundTrips('control', count, 40),
            COMMANDS,
          )),
        );
        beside.push(...(await commandsDuring(live, bulk)));
      }
      return rows(ours, bare, { bulkRates, bareRates, alone, beside });
    } finally {
      await live.close();
      await bulk.close();
    }
  },
};

function rows(
  ours: readonly Round[],
  bare: readonly Round[],
  {
    bulkRates,
    bareRates,
    alone,
    beside,
  }: Readonly<Record<'bulkRates' | 'bareRates' | 'alone' | 'beside', readonly number[]>>,
): Measured[] {
  const glass = (rounds: readonly Round[], part: number) =>
    median(rounds.map(({ glassMs }) => quantile(glassMs, part)));
  const command = (rounds: readonly Round[], part: number) =>
    median(rounds.map(({ commandMs }) => quantile(commandMs, part)));
  const sizes = (rounds: readonly Round[]) =>
    [...new Set(rounds.flatMap((round) => [...round.sizes]))].join(' ');
  return [
    { measure: `glass to glass, p50 (${sizes(ours)})`, value: glass(ours, 0.5), unit: 'ms' },
    { measure: 'glass to glass, p95', value: glass(ours, 0.95), unit: 'ms' },
    { measure: `glass to glass, p50, bare (${sizes(bare)})`, value: glass(bare, 0.5), unit: 'ms' },
    {
      measure: 'glass to glass, p50',
      value: glass(ours, 0.5) / glass(bare, 0.5),
      unit: '×',
      ratioTo: 'bare pair of pages',
      target: '≤ 1.15',
    },
    { measure: 'command there and back, p50', value: command(ours, 0.5), unit: 'ms' },
    {
      measure: 'command there and back, p50',
      value: command(ours, 0.5) / command(bare, 0.5),
      unit: '×',
      ratioTo: 'bare data channel',
      target: '≤ 1.15',
    },
    { measure: 'file over bulk, stored and verified', value: median(bulkRates), unit: 'MB/s' },
    {
      measure: 'file over bulk, stored and verified',
      value: median(bulkRates.map((rate, round) => rate / (bareRates[round] ?? Number.NaN))),
      unit: '×',
      ratioTo: 'bare data channel',
      target: '≥ 0.8',
    },
    { measure: 'command p95 without a file', value: quantile(alone, 0.95), unit: 'ms' },
    {
      measure: 'command p95 beside a file',
      value: quantile(beside, 0.95) / quantile(alone, 0.95),
      unit: '×',
      ratioTo: 'without a file',
      target: '≤ 1.2',
    },
  ];
}
