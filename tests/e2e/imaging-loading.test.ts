import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeImagingBrowsers, openImagingPage } from '#tests/support/imaging-page.ts';
import type { ImagingPage } from '#tests/support/imaging-page.ts';
import { anImageFile, madeSeriesUid, madeStudyUid, writeFiles } from '#tests/support/made-files.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const SIZE = 32;
const SLICES = 40;
const folder = temporaryDirectory();
let workstation: Workstation;
let imaging: ImagingPage;

/** Requests for frames, by series and image, in the order in which they came. */
let asked: string[] = [];
let cancelled: string[] = [];
let running = 0;
let mostAtOnce = 0;
/** Held back until the test lets them go; undefined: passed on at once. */
let held: Map<string, () => void> | undefined;
let broken = new Set<string>();

const FRAME = /\.(?<series>\d+)\/instances\/[\d.]+\.(?<image>\d+)\/frames\/1$/;

/** Stands between the page and the workstation, to hold, to count and to break. */
function intercept(request: IncomingMessage, response: ServerResponse): boolean {
  const groups = FRAME.exec(request.url ?? '')?.groups;
  if (!groups) return false;
  const name = `${groups['series']}/${groups['image']}`;
  asked.push(name);
  if (broken.has(name)) {
    response.writeHead(500).end();
    return true;
  }
  running++;
  mostAtOnce = Math.max(mostAtOnce, running);
  response.on('close', () => {
    running--;
    if (!response.writableFinished) cancelled.push(name);
  });
  if (!held) return false;
  held.set(name, () => {
    void fetch(`${workstation.dicomweb}${(request.url ?? '').slice('/dicomweb'.length)}`, {
      headers: { authorization: `Bearer ${workstation.token}` },
    })
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => response.end(Buffer.from(bytes)));
  });
  return true;
}

function letGo(): void {
  const waiting = held;
  held = undefined;
  for (const release of waiting?.values() ?? []) release();
}

beforeAll(async () => {
  const files = [1, 2].flatMap((seriesNumber) =>
    Array.from({ length: SLICES }, (_, index) =>
      anImageFile({
        columns: SIZE,
        rows: SIZE,
        pixels: new Int16Array(SIZE * SIZE).fill(seriesNumber * 100 + index),
        seriesNumber,
        instanceNumber: index + 1,
      }),
    ),
  );
  writeFiles(path.join(folder.path, 'files'), files);
  const data = path.join(folder.path, 'data');
  const imported = await runCommand('electron/commands/import.ts', [
    '--data',
    data,
    path.join(folder.path, 'files'),
  ]);
  expect(imported.code, imported.stderr).toBe(0);
  workstation = await startWorkstation(data);
});

afterAll(async () => {
  await closeImagingBrowsers();
  await workstation.stop();
  folder.remove();
});

afterEach(async () => {
  letGo();
  expect(imaging.errors).toEqual([]);
  await imaging.close();
});

/** A fresh page: nothing is loaded yet. */
async function freshPage(): Promise<ImagingPage['page']> {
  asked = [];
  cancelled = [];
  running = 0;
  mostAtOnce = 0;
  held = undefined;
  broken = new Set();
  imaging = await openImagingPage({ workstation, intercept });
  await imaging.page.evaluate(
    async ({ studyUid, seriesUids }) => {
      const stacks = [];
      for (const seriesUid of seriesUids) {
        const {
          stacks: [stack],
        } = await imagingPage.openSeries(studyUid as never, seriesUid as never, 1 as never);
        if (!stack) throw new Error('no stack');
        stacks.push(stack);
      }
      globalThis.testStacks = stacks;
    },
    { studyUid: madeStudyUid, seriesUids: [madeSeriesUid(1), madeSeriesUid(2)] },
  );
  return imaging.page;
}

declare global {
  var testStacks: Awaited<ReturnType<typeof imagingPage.openSeries>>['stacks'][number][];
  var testView: ReturnType<typeof imagingPage.openView>;
}

const loaded = (page: ImagingPage['page'], stack = 0) =>
  page.evaluate((at) => globalThis.testStacks[at]?.progress.get().loaded ?? 0, stack);

const showStack = (page: ImagingPage['page'], stack: number, index?: number) =>
  page.evaluate(
    ({ at, index }) => {
      globalThis.testView ??= imagingPage.openView({ width: 200, height: 200 });
      const shown = globalThis.testStacks[at];
      if (!shown) throw new Error('no stack');
      void globalThis.testView.show(shown, index === undefined ? {} : { index });
    },
    { at: stack, index },
  );

/** On a busy machine everything takes its time. */
const eventually = <Value>(value: () => Value | Promise<Value>) => expect.poll(value, { timeout: 30_000 });

/** How many requests there are once the page has asked for all it asks for at once. */
async function settled(): Promise<number> {
  for (let before = -1; asked.length === 0 || asked.length !== before;) {
    before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return asked.length;
}

const numbers = (names: readonly string[]) => names.map((name) => Number(name.split('/')[1]));

test('the visible image first, then outwards from it, a few at a time', async () => {
  const page = await freshPage();
  await showStack(page, 0, 9);
  await eventually(() => loaded(page)).toBe(SLICES);
  expect(asked).toHaveLength(SLICES);
  expect(new Set(asked).size).toBe(SLICES);
  expect(numbers(asked)[0]).toBe(10);
  // Each further request is for one of the nearest that were not asked for yet.
  numbers(asked).forEach((number, at) => {
    expect(Math.abs(number - 10)).toBeLessThanOrEqual(Math.max(Math.ceil(at / 2), at - 8) + 1);
  });
  expect(mostAtOnce).toBeGreaterThan(1);
  expect(mostAtOnce).toBeLessThanOrEqual(6);
});

test('scrolling into what is not loaded goes before everything else', async () => {
  const page = await freshPage();
  held = new Map();
  await showStack(page, 0, 5);
  const before = await settled();
  await page.evaluate(() => void globalThis.testView.setIndex(35));
  await eventually(() => asked.length).toBeGreaterThan(before);
  expect(numbers(asked)[before]).toBe(36);
  letGo();
  await eventually(() => page.evaluate(() => globalThis.testView.state.get().index)).toBe(35);
  await eventually(() => loaded(page)).toBe(SLICES);
  // From there on loading follows the doctor.
  const next = numbers(asked).slice(before + 1, before + 6);
  expect(next.every((number) => Math.abs(number - 36) < 12)).toBe(true);
});

test('leaving a series cancels what it was loading', async () => {
  const page = await freshPage();
  held = new Map();
  await showStack(page, 0, 20);
  const before = await settled();
  await showStack(page, 1, 20);
  await eventually(() => cancelled.length).toBe(before);
  letGo();
  await eventually(() => loaded(page, 1)).toBe(SLICES);
  expect(cancelled.every((name) => name.startsWith('1/'))).toBe(true);
  expect(asked.filter((name) => name.startsWith('1/'))).toHaveLength(before);
  expect(await loaded(page, 0)).toBe(0);
});

test('two parts of the screen share the requests evenly', async () => {
  const page = await freshPage();
  await page.evaluate(() => {
    const [first, second] = globalThis.testStacks;
    if (!first || !second) throw new Error('no stacks');
    void imagingPage.openView({ id: 'a', width: 100, height: 100 }).show(first);
    void imagingPage.openView({ id: 'b', width: 100, height: 100 }).show(second);
  });
  await eventually(async () => (await loaded(page, 0)) + (await loaded(page, 1))).toBe(2 * SLICES);
  expect(mostAtOnce).toBeLessThanOrEqual(6);
  const half = asked.slice(0, SLICES);
  const share = half.filter((name) => name.startsWith('1/')).length / half.length;
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.65);
});

test('an image that fails is shown as failed, harms no other, and loads when asked again', async () => {
  const page = await freshPage();
  broken = new Set(['1/21']);
  await showStack(page, 0, 20);
  await eventually(() => page.evaluate(() => globalThis.testView.state.get().status)).toBe('failed');
  await eventually(() => loaded(page)).toBe(SLICES - 1);
  const failed = await page.evaluate(() => {
    const { image, index, failure } = globalThis.testView.state.get();
    const { data } = imagingPage.canvasPixels(globalThis.testView);
    const progress = globalThis.testStacks[0]?.progress.get();
    return {
      image,
      index,
      code: (failure as { code?: string }).code,
      isBlack: data.every((value, at) => at % 4 === 3 || value === 0),
      state: progress?.stateOf(20),
      failedCount: progress?.failed,
    };
  });
  // Nothing of another image stands where the failed one belongs.
  expect(failed).toEqual({
    image: undefined,
    index: 20,
    code: 'unavailable',
    isBlack: true,
    state: 'failed',
    failedCount: 1,
  });
  await page.evaluate(() => globalThis.testView.setIndex(19));
  expect(await page.evaluate(() => globalThis.testView.state.get())).toMatchObject({
    status: 'shown',
    index: 19,
  });
  broken = new Set();
  await page.evaluate(() => globalThis.testView.setIndex(20));
  await eventually(() => page.evaluate(() => globalThis.testView.state.get().status)).toBe('shown');
  await eventually(() => loaded(page)).toBe(SLICES);
});

test('the progress tells what was loaded and what was seen', async () => {
  const page = await freshPage();
  await showStack(page, 0, 0);
  await eventually(() => loaded(page)).toBe(SLICES);
  await page.evaluate(async () => {
    for (const index of [1, 2, 7]) await globalThis.testView.setIndex(index);
  });
  await eventually(() =>
    page.evaluate(() => {
      const progress = globalThis.testStacks[0]?.progress.get();
      return Array.from({ length: 40 }, (_, index) => index).filter((index) => progress?.isSeen(index));
    }),
  ).toEqual([0, 1, 2, 7]);
});

test('memory has a limit: what is furthest from the screen goes first', async () => {
  const page = await freshPage();
  await page.evaluate((bytes) => imagingPage.limitCache(bytes), 10 * SIZE * SIZE * 2);
  await showStack(page, 0, 20);
  await eventually(() => loaded(page)).toBe(10);
  const kept = () =>
    page.evaluate(() => {
      const progress = globalThis.testStacks[0]?.progress.get();
      return Array.from({ length: 40 }, (_, index) => index).filter(
        (index) => progress?.stateOf(index) === 'loaded',
      );
    });
  expect((await kept()).every((index) => Math.abs(index - 20) <= 5)).toBe(true);
  await page.evaluate(() => globalThis.testView.setIndex(35));
  await eventually(async () => (await kept()).every((index) => Math.abs(index - 35) <= 6)).toBe(true);
  expect((await kept()).length).toBeLessThanOrEqual(10);
  // It has found its rest: nothing is loaded only to be thrown away again.
  const before = await settled();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(asked.length).toBe(before);
});

test('studies left long ago are let go of, what is on the screen is not, and all come back when shown', async () => {
  const page = await freshPage();
  await showStack(page, 0, 20);
  await eventually(() => loaded(page)).toBe(SLICES);
  const openAs = (studyKeys: readonly number[]) =>
    page.evaluate(
      async ({ studyUid, seriesUid, keys }) => {
        for (const key of keys)
          await imagingPage.openSeries(studyUid as never, seriesUid as never, key as never);
        // What is let go of is decided once the headers are read.
        await new Promise((resolve) => setTimeout(resolve, 100));
        const first = globalThis.testStacks[0]?.images[0]?.imageId ?? '';
        return { isKnown: imagingPage.findImage(first) !== undefined, loaded: imagingPage.peekFrame(first) };
      },
      { studyUid: madeStudyUid, seriesUid: madeSeriesUid(2), keys: studyKeys },
    );
  expect(await openAs([2, 3, 4, 5])).toMatchObject({ isKnown: true });
  await page.evaluate(() => globalThis.testView.clear());
  expect(await openAs([6])).toEqual({ isKnown: false, loaded: undefined });
  expect(await loaded(page)).toBe(0);
  asked = [];
  await showStack(page, 0, 20);
  await eventually(() => loaded(page)).toBe(SLICES);
  expect(asked).toHaveLength(SLICES);
  await eventually(() => page.evaluate(() => globalThis.testView.state.get().status)).toBe('shown');
});
