// From the start of the program to a worklist one can use, with 100,000 studies and with none.
import { openDatabase } from '#backend/database/open.ts';
import { plainKeyProvider } from '#backend/keys.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { fillWithStudies } from '#tests/support/synthetic-archive.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Browser } from 'playwright-core';
import { median } from './measured.ts';
import type { Measured } from './measured.ts';

const STUDIES = 100_000;
const ROUNDS = 7;

interface Start {
  /** Until the backend answers. */
  readonly readyMs: number;
  /** Until the list, or what stands in its place, is there and the search takes letters. */
  readonly usableMs: number;
}

async function startOnce(browser: Browser, dataDir: string): Promise<Start> {
  const startMs = performance.now();
  const workstation = await startWorkstation(dataDir);
  const readyMs = performance.now() - startMs;
  // A profile of its own each time, as after a cold start.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP' });
  try {
    const page = await context.newPage();
    await page.goto(workstation.url);
    const firstRow = page.locator('[role=row][aria-rowindex="2"]');
    await firstRow.or(page.getByText('まだ検査がありません。')).first().waitFor();
    return { readyMs, usableMs: performance.now() - startMs };
  } finally {
    await context.close();
    await workstation.stop();
  }
}

export const bench = {
  name: 'start',
  run: async (): Promise<Measured[]> => {
    const empty = temporaryDirectory();
    const full = temporaryDirectory();
    const browser = await launchChromium();
    try {
      const database = openDatabase(full.path, plainKeyProvider);
      fillWithStudies(database, STUDIES);
      database.close();
      // The first start builds the page and fills the caches of the disk.
      for (const { path } of [empty, full]) await startOnce(browser, path);
      const withNone: Start[] = [];
      const withAll: Start[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        withNone.push(await startOnce(browser, empty.path));
        withAll.push(await startOnce(browser, full.path));
      }
      const noneMs = median(withNone.map(({ usableMs }) => usableMs));
      const allMs = median(withAll.map(({ usableMs }) => usableMs));
      const readyMs = median(withAll.map(({ readyMs: ms }) => ms));
      return [
        { measure: 'start to usable worklist, empty archive', value: noneMs, unit: 'ms' },
        { measure: 'start to usable worklist, 100,000 studies', value: allMs, unit: 'ms' },
        { measure: 'start to answering backend, 100,000 studies', value: readyMs, unit: 'ms' },
        {
          measure: 'start with 100,000 studies, median of rounds',
          value: median(withAll.map(({ usableMs }, index) => usableMs / (withNone[index]?.usableMs ?? 0))),
          unit: '×',
          ratioTo: 'empty archive',
          target: '≤ 1.3',
        },
      ];
    } finally {
      await browser.close();
      empty.remove();
      full.remove();
    }
  },
};
