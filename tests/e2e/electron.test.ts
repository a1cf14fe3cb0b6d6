// Electron's part of the suite: starts by itself wherever the binary is, and is listed as skipped elsewhere.
import path from 'node:path';
import { _electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensurePageBuilt } from '#page/page-build.ts';
import { startDisplay } from '#tests/support/display.ts';
import type { Display } from '#tests/support/display.ts';
import { writeStudy } from '#tests/support/made-studies.ts';
import { root, runCommand, temporaryDirectory } from '#tests/support/workstation.ts';
import { installedElectron } from '../../electron/launch/electron-binary.ts';
import { ensureShellBuilt } from '../../electron/launch/shell-build.ts';

const executablePath = installedElectron(path.join(root, 'node_modules/electron'));
const data = temporaryDirectory();
const made = temporaryDirectory();
let display: Display | undefined;
let application: ElectronApplication | undefined;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  if (executablePath === undefined) return;
  writeStudy(made.path, {
    number: 1,
    name: 'Yamada^Taro=山田^太郎=ヤマダ^タロウ',
    patientId: '1',
    date: '20260214',
  });
  display = await startDisplay();
  const isRoot = process.getuid?.() === 0;
  application = await _electron.launch({
    executablePath,
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      path.join(await ensureShellBuilt(root, () => {}), 'main.js'),
      `--enkaku-data=${data.path}`,
      `--enkaku-page=${await ensurePageBuilt(root, () => {})}`,
      '--enkaku-lang=en',
    ],
    env: { ...process.env, DISPLAY: display.name },
  });
  page = await application.firstWindow();
  page.on('pageerror', (error) => errors.push(error.message));
});

afterAll(async () => {
  await application?.close();
  await display?.stop();
  data.remove();
  made.remove();
});

beforeEach((context) => {
  if (executablePath === undefined) context.skip('the Electron binary is not here');
});

test('the page has its own origin, no Node, and only the bridge', async () => {
  expect(new URL(page.url()).protocol).toBe('enkaku:');
  const seen = await page.evaluate(() => ({
    node: typeof (globalThis as { process?: unknown }).process,
    require: typeof (globalThis as { require?: unknown }).require,
    bridge: Object.keys((globalThis as unknown as { enkakuShell: object }).enkakuShell).sort(),
    language: document.documentElement.lang,
  }));
  expect(seen).toEqual({
    node: 'undefined',
    require: 'undefined',
    bridge: ['chooseFiles', 'chooseFolder', 'keepAwake', 'pathForFile', 'requestPort'],
    language: 'en',
  });
});

test('inline scripts, eval and foreign addresses are stopped by the policy', async () => {
  const results = await page.evaluate(async () => {
    const attempt = async (act: () => unknown) => {
      try {
        await act();
        return 'done';
      } catch {
        return 'stopped';
      }
    };
    return [
      // oxlint-disable-next-line no-eval -- that it is stopped is what is shown
      await attempt(() => (0, eval)('1')),
      await attempt(() => fetch('http://127.0.0.1:1/')),
      await attempt(() => fetch('file:///etc/passwd')),
      window.open('https://evil.example/') === null ? 'stopped' : 'done',
    ];
  });
  expect(results).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
});

test('a study imported from the command line appears and opens', async () => {
  const { code } = await runCommand('electron/commands/import.ts', ['--data', data.path, made.path]);
  expect(code).toBe(0);
  await page.getByRole('gridcell').first().dblclick();
  await page.locator('canvas').first().waitFor();
  expect(errors).toEqual([]);
});
