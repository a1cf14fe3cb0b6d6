import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { aSeries, ctVolume, writeFiles } from '#tests/support/made-ct.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import {
  annotationTexts,
  cornerText,
  dragTool,
  imageShown,
  openStudy,
  paneOf,
  screenPoint,
  viewportOf,
} from '#tests/support/viewer-page.ts';
import type { KnownImage } from '#tests/support/viewer-page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
const files = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

const [PRIOR, STRANGER, CURRENT] = [1, 2, 3];
const head: KnownImage = { columns: 64, rows: 64, spacing: [1, 1] };

/** One after the other, so that the archive numbers them in this order. */
async function importStudy(name: string, images: readonly Uint8Array[]): Promise<void> {
  const folder = path.join(files.path, name);
  mkdirSync(folder);
  writeFiles(folder, images);
  const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, folder]);
  expect(imported.code, imported.stderr).toBe(0);
}

beforeAll(async () => {
  await importStudy(
    'prior',
    ctVolume(aSeries({ studyDate: '20250312', description: '前回の頭部' }), { slices: 10, stepMm: 4 }),
  );
  await importStudy(
    'stranger',
    ctVolume(
      aSeries({
        patientId: 'T-0002',
        patientName: 'BETSU^HANAKO=別^花子=ベツ^ハナコ',
        description: '別の人',
      }),
      { slices: 3 },
    ),
  );
  const soft = aSeries({ description: '軟部' });
  const { studyUid, frameOfReferenceUid } = soft;
  const bone = aSeries({ studyUid, frameOfReferenceUid, seriesNumber: 2, description: '骨' });
  await importStudy('current', [...ctVolume(soft), ...ctVolume(bone)]);
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url, { width: 1400, height: 900 }));
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
  files.remove();
});

const shownImage = async (pane: number) =>
  Number(/Im (\d+)\//.exec(await cornerText(page, 'bottom-left', pane))?.[1]);
const shownWindow = async (pane: number) => /WW .*/.exec(await cornerText(page, 'bottom-right', pane))?.[0];
const placeOf = async (pane: number) =>
  Number(/位置 (\S+) mm/.exec(await cornerText(page, 'bottom-left', pane))?.[1]?.replace('−', '-'));
const paneCount = () => page.locator('[data-pane]').count();

test('the prior is hung below, with its date; the rule and its stages are named', async () => {
  await openStudy(page, CURRENT);
  await expect.poll(paneCount).toBe(4);
  for (const pane of [0, 1, 2]) await imageShown(page, pane);
  await expect.poll(() => cornerText(page, 'top-left', 0)).toContain('今回 2026-04-01');
  await expect.poll(() => cornerText(page, 'top-left', 2)).toContain('前回 2025-03-12');
  expect(await page.getByTestId('hanging').innerText()).toMatch(/頭部CT\s+脳と骨 1\/2/);
  expect(await shownWindow(0)).toBe('WW 80 / WL 40');
  await screenshot(page, 'viewer-prior-ja');
  await page.keyboard.press('Period');
  await expect.poll(() => page.getByTestId('hanging').innerText()).toContain('2/2');
  await expect.poll(() => cornerText(page, 'bottom-left', 1)).toContain('MPR 冠状断');
  await page.keyboard.press('Comma');
  await expect.poll(() => page.getByTestId('hanging').innerText()).toContain('1/2');
});

test('scrolling takes the others along: the same place, or a fixed distance from it in the prior', async () => {
  for (const pane of [0, 1, 2]) await imageShown(page, pane);
  await viewportOf(page, 0).click();
  const distance = (await placeOf(2)) - (await placeOf(0));
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowDown');
  await expect.poll(() => shownImage(0)).toBe(14);
  await expect.poll(() => shownImage(1)).toBe(14);
  // Slices of the prior lie 4 mm apart: the nearest one is at most 2 mm away.
  await expect
    .poll(async () => Math.abs((await placeOf(2)) - (await placeOf(0)) - distance))
    .toBeLessThanOrEqual(2.01);
  await page.keyboard.press('Shift+KeyL');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => shownImage(0)).toBe(15);
  expect(await shownImage(1)).toBe(14);
  await page.keyboard.press('Shift+KeyL');
});

test('window and zoom follow when they are linked, and not otherwise', async () => {
  const before = await shownWindow(1);
  await page.keyboard.press('Digit5');
  await expect.poll(() => shownWindow(0)).toBe('WW 1500 / WL −600');
  expect(await shownWindow(1)).toBe(before);
  await page.keyboard.press('Shift+KeyW');
  await page.keyboard.press('Digit4');
  await expect.poll(() => shownWindow(1)).toBe('WW 350 / WL 40');
  await expect.poll(() => shownWindow(2)).toBe('WW 350 / WL 40');
  await page.keyboard.press('Shift+KeyZ');
  await page.keyboard.press('Equal');
  await expect.poll(() => cornerText(page, 'bottom-right', 1)).toContain('125%');
  await page.keyboard.press('KeyF');
  await page.keyboard.press('Shift+KeyZ');
  await page.keyboard.press('Shift+KeyW');
});

test('three planes: a crosshair takes all to one place, lines show where they lie', async () => {
  await page.keyboard.press('KeyM');
  await expect.poll(paneCount).toBe(4);
  for (const [pane, plane] of [
    [0, '横断'],
    [1, '冠状断'],
    [2, '矢状断'],
  ] as const) {
    await imageShown(page, pane);
    await expect.poll(() => cornerText(page, 'bottom-left', pane)).toContain(`MPR ${plane}`);
  }
  const [x, y] = await screenPoint(page, 0, head, [42, 20]);
  await page.mouse.click(x, y);
  // Column 42 lies 10.5 mm to the left of the patient's middle, row 20 as far in front of it.
  await expect.poll(async () => Math.abs((await placeOf(2)) - 10.5)).toBeLessThan(1.01);
  await expect.poll(async () => Math.abs((await placeOf(1)) + 11.5)).toBeLessThan(1.01);
  await expect.poll(() => paneOf(page, 1).locator('path.crosshair').getAttribute('d')).toMatch(/^M/);
  await expect.poll(() => paneOf(page, 1).locator('path.reference').getAttribute('d')).toMatch(/^M/);
  await page.keyboard.press('Shift+KeyM');
  await expect.poll(() => cornerText(page, 'bottom-left', 0)).toContain('平均 5 mm');
  await imageShown(page, 0);
  await screenshot(page, 'viewer-reformat-ja');
  await page.keyboard.press('KeyM');
  await expect.poll(() => cornerText(page, 'bottom-left', 1)).not.toContain('MPR');
});

test('what is measured and marked can be undone, is listed, and is back after a restart', async () => {
  await page.keyboard.press('Shift+Digit1');
  await imageShown(page);
  await page.keyboard.press('Home');
  await page.keyboard.press('PageDown');
  await expect.poll(() => shownImage(0)).toBe(6);
  await dragTool(page, 0, 'KeyL', head, [
    [20, 30],
    [40, 30],
  ]);
  await expect.poll(() => annotationTexts(page)).toEqual(['20.0 mm']);
  await page.keyboard.press('Control+KeyZ');
  await expect.poll(() => annotationTexts(page)).toEqual([]);
  await page.keyboard.press('Control+Shift+KeyZ');
  await expect.poll(() => annotationTexts(page)).toEqual(['20.0 mm']);
  await page.keyboard.press('KeyK');
  await page.keyboard.press('KeyJ');
  await page.locator('[data-annotation]:has-text("20.0 mm")').last().waitFor();
  await page.keyboard.press('End');
  await expect.poll(() => shownImage(0)).toBe(20);
  await page.locator('aside [data-annotation] button').first().click();
  await expect.poll(() => shownImage(0)).toBe(6);
  await screenshot(page, 'viewer-marks-ja');
  await page.waitForTimeout(2500);

  await workstation.stop();
  workstation = await startWorkstation(data.path);
  await page.goto(workstation.url);
  await openStudy(page, CURRENT);
  await imageShown(page);
  await expect.poll(() => shownImage(0)).toBe(6);
  await expect.poll(() => annotationTexts(page)).toEqual(['20.0 mm']);
  await expect.poll(() => page.getByTestId('hanging').innerText()).toContain('頭部CT');
  await page.keyboard.press('KeyJ');
  await expect.poll(() => page.locator('aside').innerText()).toContain('Se 1 Im 6');
  await page.locator('aside [data-annotation] button').first().click();
  await page.keyboard.press('Delete');
  await expect.poll(() => annotationTexts(page)).toEqual([]);
  await page.keyboard.press('KeyJ');
});

test('keys of an input method and keys in text fields do nothing else', async () => {
  const before = await shownWindow(0);
  await page.keyboard.press('KeyY');
  const [x, y] = await screenPoint(page, 0, head, [20, 40]);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 80, y - 60, { steps: 3 });
  await page.mouse.up();
  const field = paneOf(page).locator('textarea, input');
  await field.waitFor();
  await page.keyboard.type('56 lm');
  expect(await shownWindow(0)).toBe(before);
  expect(await paneCount()).toBe(1);
  // Enter that confirms the kana is the input method's, not the field's.
  await field.dispatchEvent('keydown', { code: 'Enter', key: 'Enter', isComposing: true, bubbles: true });
  expect(await field.count()).toBe(1);
  await page.keyboard.press('Enter');
  await expect.poll(() => annotationTexts(page)).toEqual(['56 lm']);
  await page.keyboard.press('Escape');
  const press = (init: { readonly isComposing?: boolean; readonly keyCode?: number }) =>
    page.evaluate((given) => {
      const key = { code: 'Digit6', key: 'Process', bubbles: true, cancelable: true, ...given };
      document.querySelector('[data-pane]')?.dispatchEvent(new KeyboardEvent('keydown', key));
    }, init);
  // While a word is being composed a key is part of it.
  await press({ isComposing: true });
  await page.waitForTimeout(200);
  expect(await shownWindow(0)).toBe(before);
  // An input method that is merely switched on hides what was pressed, but not where.
  await press({ keyCode: 229 });
  await expect.poll(() => shownWindow(0)).toBe('WW 2000 / WL 500');
});

test('images of two patients stop everything until a person has answered', async () => {
  await openStudy(page, PRIOR);
  await imageShown(page);
  await openStudy(page, CURRENT, `?with=${STRANGER}`);
  await imageShown(page);
  await page.keyboard.press('Shift+Digit2');
  const stranger = page.locator('[data-series]').filter({ hasText: '別の人' });
  await stranger.dragTo(viewportOf(page, 1));
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain('別 花子');
  expect(await dialog.innerText()).toContain('試験 太郎');
  await screenshot(page, 'viewer-two-patients-ja');
  await page.keyboard.press('Digit5');
  expect(await shownWindow(0)).not.toBe('WW 1500 / WL −600');
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  await expect.poll(() => cornerText(page, 'top-left', 1)).toBe('');
});

test('the list of keys names every command, in both languages', async () => {
  for (const [lang, texts] of [
    ['ja', ['コブ角', '次のハンギング段階', '参照線', 'キー画像']],
    ['en', ['Cobb angle', 'Next hanging stage', 'Reference lines', 'Key image']],
  ] as const) {
    const other = await openPage(browser, workstation.url, { language: lang });
    await openStudy(other.page, PRIOR);
    await imageShown(other.page);
    await other.page.keyboard.press('F1');
    const help = other.page.getByRole('dialog');
    await help.waitFor();
    for (const text of texts) await expect.poll(() => help.innerText()).toContain(text);
    await screenshot(other.page, `viewer-help-${lang}`);
    await other.page.keyboard.press('Escape');
    await screenshot(other.page, `viewer-${lang}`);
    expect(await clippedTexts(other.page)).toEqual([]);
    expect(other.errors).toEqual([]);
    await other.page.context().close();
  }
});

test('nothing went wrong in the page', () => {
  // While the workstation was restarted there was nobody to connect to.
  expect(errors.filter((error) => !error.includes('WebSocket connection to'))).toEqual([]);
});
