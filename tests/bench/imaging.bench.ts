// Opening and scrolling 300 slices of 512 × 512 × 16 bit, against a page with bare Cornerstone3D over the same DICOMweb.
import path from 'node:path';
import { closeImagingBrowsers, openImagingPage } from '#tests/support/imaging-page.ts';
import type { ImagingPage } from '#tests/support/imaging-page.ts';
import { anImageFile, madeSeriesUid, madeStudyUid, writeFiles } from '#tests/support/made-files.ts';
import { rendererPssMib } from '#tests/support/renderer-memory.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';
import type { Measured } from './measured.ts';

const SIZE = 512;
const SLICES = 300;
const SCREEN = 900;
const ROUNDS = 5;
const SCROLL_STEPS = 150;
const RAW_MIB = (SIZE * SIZE * 2 * SLICES) / 1024 ** 2;

/** A ball in noise: compresses as badly as a real CT. */
function slice(index: number): Buffer {
  const pixels = new Int16Array(SIZE * SIZE);
  let seed = index * 7919 + 1;
  for (let at = 0; at < pixels.length; at++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const x = (at % SIZE) - SIZE / 2;
    const y = Math.floor(at / SIZE) - SIZE / 2;
    const isInside = x * x + y * y + ((index - SLICES / 2) * 1.2) ** 2 < 200 ** 2;
    pixels[at] = (isInside ? 40 : -1000) + ((seed >>> 16) % 41) - 20;
  }
  return anImageFile({ columns: SIZE, rows: SIZE, pixels, instanceNumber: index + 1 });
}

interface Opening {
  readonly firstMs: number;
  readonly allMs: number;
}

function openBare(bare: ImagingPage, isCpu: boolean): Promise<Opening> {
  return bare.page.evaluate(({ url, cpu, size }) => globalThis.barePage.open(url, cpu, size), {
    url: `/dicomweb/studies/${madeStudyUid}/series/${madeSeriesUid(1)}`,
    cpu: isCpu,
    size: SCREEN,
  });
}

/** From asking for the series to its first picture, and to the last image in memory. */
function openOurs(ours: ImagingPage): Promise<Opening> {
  return ours.page.evaluate(
    async ({ studyUid, seriesUid, size }) => {
      const view = imagingPage.openView({ width: size, height: size });
      const startMs = performance.now();
      const { stacks } = await imagingPage.openSeries(studyUid as never, seriesUid as never, 1 as never);
      const [stack] = stacks;
      if (!stack) throw new Error('no stack');
      await view.show(stack);
      const firstMs = performance.now() - startMs;
      await new Promise<void>((resolve) => {
        const stop = stack.progress.subscribe(() => {
          if (stack.progress.get().loaded < stack.images.length) return;
          stop();
          resolve();
        });
      });
      globalThis.benchView = view;
      return { firstMs, allMs: performance.now() - startMs };
    },
    { studyUid: madeStudyUid, seriesUid: madeSeriesUid(1), size: SCREEN },
  );
}

declare global {
  var benchView: ReturnType<typeof imagingPage.openView>;
}

const scrollOurs = (ours: ImagingPage) =>
  ours.page.evaluate(async (steps) => {
    const times: number[] = [];
    for (let step = 0; step < steps; step++) {
      const startMs = performance.now();
      await globalThis.benchView.setIndex(step);
      times.push(performance.now() - startMs);
    }
    return times;
  }, SCROLL_STEPS);

/** From asking for a plane that was never shown to its picture, with all slices in memory. */
const firstPlane = (ours: ImagingPage) =>
  ours.page.evaluate(async () => {
    const view = globalThis.benchView;
    const { stack } = view.state.get();
    const times: number[] = [];
    for (const plane of ['coronal', 'sagittal'] as const) {
      const startMs = performance.now();
      const derived = stack && imagingPage.reformat(stack, plane);
      if (!derived?.isPossible) throw new Error('no reformat');
      await view.show(derived.stack);
      times.push(performance.now() - startMs);
    }
    if (stack) await view.show(stack);
    return times;
  });

const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const median = (values: readonly number[]) => percentile(values, 0.5);

async function measure(workstation: Workstation): Promise<Measured[]> {
  const bare: Record<'cpu' | 'gpu', { opening: Opening[]; scroll: number[] }> = {
    cpu: { opening: [], scroll: [] },
    gpu: { opening: [], scroll: [] },
  };
  const ours = { opening: [] as Opening[], scroll: [] as number[], plane: [] as number[], pssMib: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    for (const path of ['gpu', 'cpu'] as const) {
      const page = await openImagingPage({ workstation, page: 'bare-page' });
      bare[path].opening.push(await openBare(page, path === 'cpu'));
      bare[path].scroll.push(
        ...(await page.page.evaluate((steps) => globalThis.barePage.scroll(steps), SCROLL_STEPS)),
      );
      await page.close();
    }
    const page = await openImagingPage({ workstation });
    ours.opening.push(await openOurs(page));
    ours.scroll.push(...(await scrollOurs(page)));
    ours.plane.push(...(await firstPlane(page)));
    ours.pssMib = Math.max(ours.pssMib, await rendererPssMib(page.page));
    await page.close();
  }
  const fasterScroll = median(bare.cpu.scroll) <= median(bare.gpu.scroll) ? bare.cpu.scroll : bare.gpu.scroll;
  const firstOf = (openings: readonly Opening[]) => median(openings.map(({ firstMs }) => firstMs));
  const allOf = (openings: readonly Opening[]) => median(openings.map(({ allMs }) => allMs));
  const bareFirst = Math.min(firstOf(bare.cpu.opening), firstOf(bare.gpu.opening));
  const bareAll = Math.min(allOf(bare.cpu.opening), allOf(bare.gpu.opening));
  const rows: Measured[] = [
    { measure: 'bare: first image', value: bareFirst, unit: 'ms' },
    { measure: 'bare: all 300 loaded', value: bareAll, unit: 'ms' },
    { measure: 'bare, CPU: scroll p50', value: median(bare.cpu.scroll), unit: 'ms' },
    { measure: 'bare, CPU: scroll p95', value: percentile(bare.cpu.scroll, 0.95), unit: 'ms' },
    { measure: 'bare, software GL: scroll p50', value: median(bare.gpu.scroll), unit: 'ms' },
    { measure: 'bare, software GL: scroll p95', value: percentile(bare.gpu.scroll, 0.95), unit: 'ms' },
    { measure: 'first image', value: firstOf(ours.opening), unit: 'ms' },
    ratio('first image', firstOf(ours.opening), bareFirst, 'bare', '1.5'),
    { measure: 'all 300 loaded', value: allOf(ours.opening), unit: 'ms' },
    ratio('all 300 loaded', allOf(ours.opening), bareAll, 'bare', '1.3'),
    { measure: 'scroll p50', value: median(ours.scroll), unit: 'ms' },
    { measure: 'scroll p95', value: percentile(ours.scroll, 0.95), unit: 'ms' },
    ratio(
      'scroll p95',
      percentile(ours.scroll, 0.95),
      percentile(fasterScroll, 0.95),
      'faster bare path',
      '1.2',
    ),
    { measure: 'reformat, first plane', value: median(ours.plane), unit: 'ms' },
    {
      measure: 'renderer memory (PSS)',
      value: ours.pssMib,
      unit: 'MiB',
      target: `${Math.round(1.3 * RAW_MIB + 400)}`,
    },
  ];
  return rows;
}

const ratio = (measure: string, value: number, base: number, ratioTo: string, target: string): Measured => ({
  measure,
  value: value / base,
  unit: '×',
  ratioTo,
  target: `≤ ${target}`,
});

export const bench = {
  name: 'imaging',
  run: async (): Promise<Measured[]> => {
    const folder = temporaryDirectory();
    const files = path.join(folder.path, 'files');
    writeFiles(
      files,
      Array.from({ length: SLICES }, (_, index) => slice(index)),
    );
    const data = path.join(folder.path, 'data');
    const imported = await runCommand('electron/commands/import.ts', ['--data', data, files]);
    if (imported.code !== 0) throw new Error(imported.stderr);
    const workstation = await startWorkstation(data);
    try {
      return await measure(workstation);
    } finally {
      await closeImagingBrowsers();
      await workstation.stop();
      folder.remove();
    }
  },
};
