import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const fakeDevices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const data = temporaryDirectory();
const browsers: Browser[] = [];
let workstation: Workstation;

async function openRoom(url: string, language: 'ja' | 'en'): Promise<Page> {
  const browser = await launchChromium(fakeDevices);
  browsers.push(browser);
  const { page } = await openPage(browser, url, { language });
  await page.evaluate(() => void (location.hash = '#/microscope'));
  return page;
}

/** Texts that stick out of the button, tab or rail they are written on, or over one another's edge of the window. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isBehindEdge = (element: Element) => {
      const { right } = element.getBoundingClientRect();
      for (let around = element.parentElement; around; around = around.parentElement) {
        const isCutting = getComputedStyle(around).overflowX !== 'visible';
        if (isCutting && right > around.getBoundingClientRect().right + 1) return true;
      }
      return false;
    };
    return [...document.querySelectorAll('button, [role=tab], [role=combobox], header > *')]
      .filter((element) => element.clientWidth > 1)
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        const inner = [...element.querySelectorAll('span')].some(
          (span) => span.getBoundingClientRect().right > right + 1,
        );
        const isTooLong =
          element.scrollWidth > element.clientWidth + 1 || right > innerWidth + 1 || left < -1;
        return inner || isTooLong || isBehindEdge(element);
      })
      .map((element) => element.textContent);
  });
}

async function looksRight(page: Page, name: string): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    await page.waitForTimeout(300);
    await screenshot(page, `${name}-${size.width}`);
    expect(await clippedTexts(page), `${name} ${size.width}`).toEqual([]);
    expect(await overflowing(page), `${name} ${size.width}`).toEqual([]);
    for (const stop of await page.getByTestId('stop').all()) {
      const box = await stop.boundingBox();
      if (!box) throw new Error('STOP is not there');
      // In the corner, whatever is written beside it.
      expect(box.y).toBeLessThan(10);
      expect(size.width - box.x - box.width).toBeLessThan(20);
    }
  }
}

beforeAll(async () => {
  workstation = await startWorkstation(data.path);
});

afterAll(async () => {
  for (const browser of browsers) await browser.close();
  await workstation.stop();
  data.remove();
});

test('nothing sticks out or is cut off in either language, on a small screen and on a large one', async () => {
  const pathologist = await openRoom(workstation.url, 'en');
  await pathologist.getByTestId('use-simulated').waitFor();
  await looksRight(pathologist, 'room-start-en');
  await pathologist.getByTestId('add-contact').click();
  await pathologist.getByTestId('show-card').click();
  await pathologist.getByTestId('own-card').waitFor();
  await looksRight(pathologist, 'room-pairing-en');
  await pathologist.keyboard.press('Escape');

  await pathologist.getByTestId('try-both').click();
  const link = pathologist.getByTestId('try-other');
  await link.waitFor();
  const bench = await openRoom((await link.getAttribute('href')) ?? '', 'en');
  await bench.getByTestId('microscope-picture').waitFor();
  await looksRight(bench, 'room-bench-en');
  await pathologist.getByTestId('call').first().click({ timeout: 60_000 });
  await bench.getByTestId('accept-call').click({ timeout: 60_000 });
  await pathologist.getByTestId('microscope-picture').waitFor({ timeout: 60_000 });
  await pathologist.getByTestId('connected').waitFor({ timeout: 60_000 });
  await looksRight(pathologist, 'room-console-en');
  await looksRight(bench, 'room-bench-connected-en');
  for (const page of [pathologist, bench]) {
    await page.goto(page.url().replace('lang=en', 'lang=ja'));
    await page.getByTestId('connected').waitFor({ timeout: 60_000 });
  }
  await looksRight(pathologist, 'room-console-ja');
  await looksRight(bench, 'room-bench-connected-ja');
});
