import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { aSeries, ctVolume, writeFiles } from '#tests/support/made-ct.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import {
  annotationTexts,
  cornerText,
  imageShown,
  openStudy,
  paneOf,
  viewportOf,
} from '#tests/support/viewer-page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const SHOWN_MS = 30_000;
const data = temporaryDirectory();
const files = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  writeFiles(files.path, ctVolume(aSeries()));
  const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, files.path]);
  expect(imported.code).toBe(0);
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url, { height: 720 }));
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
  files.remove();
});

const letterLeft = (pane: number) => paneOf(page, pane).locator('[class*=letterLeft]').innerText();
const imageNumber = async (pane: number) =>
  Number(/Im (\d+)\//.exec(await cornerText(page, 'bottom-left', pane))?.[1]);

test('an empty pane says in one line what to do', async () => {
  await openStudy(page, 1);
  await imageShown(page);
  await page.keyboard.press('Shift+Digit9');
  const hint = paneOf(page, 8).locator('p');
  await expect.poll(() => hint.innerText()).toContain('シリーズ');
  const lines = await hint.evaluate((element) => {
    return element.clientHeight / Number.parseFloat(getComputedStyle(element).lineHeight);
  });
  expect(Math.round(lines)).toBe(1);
  await screenshot(page, 'viewer-empty-panes');
  await page.keyboard.press('Shift+Digit1');
  await imageShown(page);
});

test('three planes of one stack, each the right way round', async () => {
  await page.keyboard.press('KeyM');
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(4);
  for (const pane of [0, 1, 2, 3]) await imageShown(page, pane);
  await expect.poll(() => letterLeft(0)).toBe('R');
  expect(await letterLeft(1)).toBe('R');
  expect(await letterLeft(2)).toBe('A');
  expect(await cornerText(page, 'bottom-left', 1)).toContain('冠状断');
  expect(await cornerText(page, 'bottom-left', 3)).not.toContain('断');
});

test('one place pointed at is shown in every plane, with lines where the planes cut', async () => {
  const box = await viewportOf(page, 0).boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.up();
  const before = [await imageNumber(1), await imageNumber(2)];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 30, { steps: 3 });
  await page.mouse.up();
  await expect.poll(() => imageNumber(1), { timeout: SHOWN_MS }).not.toBe(before[0]);
  await expect.poll(() => imageNumber(2), { timeout: SHOWN_MS }).not.toBe(before[1]);
  const pathOf = (pane: number, name: string) =>
    paneOf(page, pane).locator(`svg path.${name}`).first().getAttribute('d');
  await expect.poll(() => pathOf(1, 'crosshair')).toMatch(/^M/);
  await expect.poll(() => pathOf(1, 'reference')).toMatch(/^M/);
  await screenshot(page, 'viewer-mpr');
});

test('a plane gets thicker by key, and says how thick', async () => {
  await page.keyboard.press('Shift+KeyM');
  await expect.poll(() => cornerText(page, 'bottom-left', 0)).toContain('平均 5 mm');
  await page.keyboard.press('Shift+Equal');
  await expect.poll(() => cornerText(page, 'bottom-left', 0)).toContain('平均 6 mm');
  await imageShown(page, 0);
  await page.keyboard.press('KeyM');
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(1);
  await imageShown(page);
});

test('no shortcut fires while words are written or converted', async () => {
  await page.keyboard.press('KeyT');
  const box = await viewportOf(page).boundingBox();
  await page.mouse.click((box?.x ?? 0) + 300, (box?.y ?? 0) + 250);
  const field = paneOf(page).getByRole('textbox');
  await field.waitFor();
  await page.keyboard.type('im5q');
  expect(await field.inputValue()).toBe('im5q');
  await field.dispatchEvent('keydown', { code: 'Enter', key: 'Process', isComposing: true, keyCode: 229 });
  expect(await field.isVisible()).toBe(true);
  expect(await cornerText(page, 'bottom-right')).toContain('WW 80 / WL 40');
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  // An arrow drawn by two clicks asks for its words as one that was dragged does.
  await page.keyboard.press('KeyY');
  await page.mouse.click((box?.x ?? 0) + 300, (box?.y ?? 0) + 250);
  await page.mouse.click((box?.x ?? 0) + 380, (box?.y ?? 0) + 290);
  await field.waitFor();
  await page.keyboard.type('Q5');
  expect(await field.inputValue()).toBe('Q5');
  await page.keyboard.press('Enter');
  await expect.poll(() => annotationTexts(page)).toEqual(['Q5']);
  await page.keyboard.press('Escape');
});

test('the help names every key of the viewer, in Japanese and in English, and nothing is cut off', async () => {
  await page.keyboard.press('F1');
  const help = page.getByRole('dialog');
  await expect.poll(() => help.innerText()).toContain('MPR（3断面）');
  expect(await help.innerText()).toContain('肺野 WW 1500 / WL −600');
  await screenshot(page, 'viewer-help-ja');
  await page.keyboard.press('Escape');
  await page.goto(new URL('/?lang=en', page.url()).href);
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  await openStudy(page, 1);
  await imageShown(page);
  await screenshot(page, 'viewer-1280-en');
  expect(await clippedTexts(page)).toEqual([]);
  await page.keyboard.press('Shift+Slash');
  await expect.poll(() => help.innerText()).toContain('WW 1500 / WL −600');
  expect(await help.innerText()).not.toMatch(/[ぁ-んァ-ヶ]/);
  await screenshot(page, 'viewer-help-en');
  await page.keyboard.press('Escape');
});

test('nothing went wrong in the page', () => {
  expect(errors).toEqual([]);
});
