import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { aSeries, ctVolume, writeFiles } from '#tests/support/made-ct.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { cornerText, imageShown, openStudy, paneOf, viewportOf } from '#tests/support/viewer-page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
const files = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  const series = aSeries();
  writeFiles(files.path, ctVolume(series), 'soft');
  const bone = aSeries({ studyUid: series.studyUid, seriesNumber: 2, description: '骨条件' });
  writeFiles(files.path, ctVolume({ ...bone, frameOfReferenceUid: series.frameOfReferenceUid }), 'bone');
  const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, files.path]);
  expect(imported.code).toBe(0);
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url));
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
  files.remove();
});

const imageNumber = async () => Number(/Im (\d+)\/20/.exec(await cornerText(page, 'bottom-left'))?.[1]);
const windowShown = async () => /WW .*/.exec(await cornerText(page, 'bottom-right'))?.[0];

test('a study opens with an image, and is hung by rule', async () => {
  await openStudy(page, 1);
  await imageShown(page);
  await expect.poll(() => page.getByTestId('hanging').innerText()).toContain('頭部CT');
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(2);
  await imageShown(page, 1);
  await page.keyboard.press('Shift+Digit1');
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(1);
});

test('the corners say who, when, what and where', async () => {
  expect(await cornerText(page, 'top-left')).toContain('今回 2026-04-01 (水)');
  expect(await cornerText(page, 'top-left')).toContain('試験 太郎 T-0001');
  expect(await cornerText(page, 'top-left')).toContain('検査時 75歳');
  expect(await cornerText(page, 'top-right')).toContain('Se 1 手作りの画像');
  expect(await cornerText(page, 'top-right')).toContain('厚 2 / 間隔 2 mm');
  expect(await cornerText(page, 'top-right')).toContain('関数 FC21');
  expect(await cornerText(page, 'bottom-left')).toContain('Im 10/20');
  expect(await windowShown()).toBe('WW 80 / WL 40');
});

test('keys scroll by one, by five, to the first and to the last image', async () => {
  await page.keyboard.press('Home');
  await expect.poll(imageNumber).toBe(1);
  for (const [key, number] of [
    ['ArrowDown', 2],
    ['ArrowRight', 3],
    ['PageDown', 8],
    ['Shift+ArrowDown', 13],
    ['ArrowUp', 12],
    ['PageUp', 7],
    ['ArrowLeft', 6],
    ['End', 20],
  ] as const) {
    await page.keyboard.press(key);
    await expect.poll(imageNumber).toBe(number);
  }
});

test('the wheel scrolls by one, with Shift by five', async () => {
  await page.keyboard.press('Home');
  await viewportOf(page).hover();
  await page.mouse.wheel(0, 100);
  await expect.poll(imageNumber).toBe(2);
  await page.keyboard.down('Shift');
  await page.mouse.wheel(0, 100);
  await page.keyboard.up('Shift');
  await expect.poll(imageNumber).toBe(7);
  await page.mouse.wheel(0, -100);
  await expect.poll(imageNumber).toBe(6);
});

test('number keys always mean the same windows', async () => {
  for (const [key, text] of [
    ['Digit5', 'WW 1500 / WL −600'],
    ['Digit6', 'WW 2000 / WL 500'],
    ['Numpad2', 'WW 40 / WL 40'],
    ['Digit0', 'WW 80 / WL 40'],
  ] as const) {
    await page.keyboard.press(key);
    await expect.poll(windowShown).toBe(text);
  }
});

test('the right button changes the window: width sideways, level up and down', async () => {
  await page.keyboard.press('Digit6');
  const box = await viewportOf(page).boundingBox();
  const [x, y] = [(box?.x ?? 0) + 300, (box?.y ?? 0) + 300];
  await page.mouse.move(x, y);
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(x + 30, y, { steps: 3 });
  await page.mouse.up({ button: 'right' });
  await expect.poll(windowShown).toBe('WW 2200 / WL 500');
  await page.mouse.move(x, y);
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(x, y + 30, { steps: 3 });
  await page.mouse.up({ button: 'right' });
  await expect.poll(windowShown).toBe('WW 2200 / WL 720');
  await page.keyboard.press('Digit0');
});

test('the middle button pans, Ctrl and the wheel zoom, F fits again', async () => {
  const zoomText = async () => /\d+%/.exec(await cornerText(page, 'bottom-right'))?.[0];
  expect(await zoomText()).toBe('100%');
  await viewportOf(page).hover();
  await page.keyboard.press('Equal');
  await expect.poll(zoomText).toBe('125%');
  await page.keyboard.press('KeyF');
  await expect.poll(zoomText).toBe('100%');
});

test('the scroll bar goes where it is pressed and counts what was seen', async () => {
  const bar = paneOf(page).getByRole('scrollbar', { name: '画像の位置' });
  const box = await bar.boundingBox();
  await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + (box?.height ?? 0) * 0.72);
  await expect.poll(imageNumber).toBe(15);
  await page.keyboard.press('Home');
  for (let step = 0; step < 19; step++) {
    await page.keyboard.press('ArrowDown');
    await expect.poll(imageNumber).toBe(step + 2);
    // An image that is scrolled past before it could be painted was not seen.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
  await expect.poll(() => bar.getAttribute('data-seen')).toBe('20');
});

test('film: plays, tells its real speed, and stops', async () => {
  await page.keyboard.press('Space');
  await expect.poll(() => cornerText(page, 'bottom-right'), { timeout: 10_000 }).toMatch(/\d+ \/ 10 fps/);
  await page.keyboard.press('Shift+Period');
  await expect.poll(() => cornerText(page, 'bottom-right')).toContain('15 fps');
  await page.keyboard.press('Space');
  await expect.poll(() => cornerText(page, 'bottom-right')).not.toContain('fps');
});

test('turning and mirroring move the letters at the edges', async () => {
  const letters = () =>
    paneOf(page)
      .locator('span')
      .evaluateAll((spans) =>
        spans
          .filter((span) => /letter/.test(span.className))
          .map((span) => span.textContent)
          .join(''),
      );
  expect(await letters()).toBe('ARLP');
  await page.keyboard.press('KeyR');
  await expect.poll(letters).toBe('RPAL');
  await page.keyboard.press('Shift+KeyR');
  await page.keyboard.press('KeyH');
  await expect.poll(letters).toBe('ALRP');
  await page.keyboard.press('KeyH');
  await expect.poll(letters).toBe('ARLP');
});

test('a thick slab while scrolling', async () => {
  await page.keyboard.press('Shift+KeyM');
  await expect.poll(() => cornerText(page, 'bottom-left')).toContain('平均 5 mm');
  await page.keyboard.press('Shift+KeyM');
  await expect.poll(() => cornerText(page, 'bottom-left')).toContain('MIP 10 mm');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await expect.poll(imageNumber).toBe(19);
  await imageShown(page);
  await screenshot(page, 'viewer-slab');
  await page.keyboard.press('Shift+KeyM');
  await page.keyboard.press('Shift+KeyM');
  await expect.poll(() => cornerText(page, 'bottom-left')).not.toMatch(/MIP|MinIP|平均/);
});

test('layouts by key and by pointing; a series is dragged into a pane', async () => {
  await page.keyboard.press('Shift+Digit4');
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(4);
  await page.locator('[data-series]').nth(1).dragTo(viewportOf(page, 2));
  await expect.poll(() => cornerText(page, 'top-right', 2)).toContain('Se 2 骨条件');
  await imageShown(page, 2);
  await page.getByRole('button', { name: 'レイアウト', exact: true }).click();
  await page.getByRole('button', { name: '3×3' }).click();
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(9);
  await expect.poll(() => cornerText(page, 'top-right', 2)).toContain('骨条件');
  await screenshot(page, 'viewer-3x3');
  await page.keyboard.press('Shift+Digit2');
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(2);
});

test('a double click fills the grid with one pane, another one gives it back', async () => {
  await viewportOf(page, 0).dblclick({ position: { x: 200, y: 300 } });
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(1);
  await imageShown(page);
  await viewportOf(page, 0).dblclick({ position: { x: 200, y: 300 } });
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(2);
});

test('what was on the screen is there after a reload', async () => {
  await page.keyboard.press('Shift+Digit1');
  await page.keyboard.press('Home');
  await page.keyboard.press('PageDown');
  await expect.poll(imageNumber).toBe(6);
  await page.keyboard.press('Digit5');
  await page.keyboard.press('KeyR');
  // Until the state stands in the address.
  await expect.poll(() => page.evaluate(() => window.location.hash.length)).toBeGreaterThan(200);
  await page.waitForTimeout(800);
  await page.reload();
  await imageShown(page);
  await expect.poll(imageNumber).toBe(6);
  expect(await windowShown()).toBe('WW 1500 / WL −600');
});

test('nothing is cut off at the smallest screen, in either language', async () => {
  await page.keyboard.press('Shift+Digit2');
  await imageShown(page);
  await screenshot(page, 'viewer-1280-ja');
  expect(await clippedTexts(page)).toEqual([]);
});

test('nothing went wrong in the page', () => {
  expect(errors).toEqual([]);
});
