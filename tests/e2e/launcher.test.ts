// The commands of a fresh machine, as a person or a program types them: real npm, real processes, real windows.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ReadyLine } from '#shared/contract/launch.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { findBrowser } from '../../electron/launch/browsers.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { startDisplay } from '#tests/support/display.ts';
import type { Display } from '#tests/support/display.ts';
import { npmStart as startNpm } from '#tests/support/npm-start.ts';
import type { NpmStart } from '#tests/support/npm-start.ts';
import { root, temporaryDirectory } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
let nextFolder = 0;
const newDataDir = () => path.join(folder.path, `d${++nextFolder}`);
const hasNoElectron = { ELECTRON_MIRROR: 'http://127.0.0.1:65534/', ELECTRON_OVERRIDE_DIST_PATH: undefined };
/** Said in both languages. */
const bilingual = /[\u3040-\u30ff\u4e00-\u9fff].*\n.*[a-z]{3}/;

const starts: NpmStart[] = [];

function npmStart(...given: Parameters<typeof startNpm>): NpmStart {
  const start = startNpm(...given);
  starts.push(start);
  return start;
}

/** What a test that failed has left running. */
afterEach(() => {
  for (const start of starts.splice(0)) {
    if (start.group().length > 0) process.kill(-start.pid, 'SIGKILL');
  }
});

afterAll(() => folder.remove());

describe('without a window', () => {
  test('prints one line, serves, and ends with npm', async () => {
    const start = npmStart(['--no-window', '--data', newDataDir(), '--port', '0', '--lang', 'en']);
    await start.says('\n');
    await start.says('"ready"');
    const ready = ReadyLine.parse(JSON.parse(start.stdout()));
    const headers = { Authorization: `Bearer ${ready.token}` };
    expect((await fetch(`${ready.dicomweb}/studies`)).status).toBe(401);
    expect((await fetch(`${ready.dicomweb}/studies`, { headers })).status).toBeLessThan(300);

    const browser = await launchChromium();
    for (const profile of ['first', 'second']) {
      const page = await (await browser.newContext()).newPage();
      for (const time of ['once', 'again']) {
        await page.goto(ready.url);
        expect(new URL(page.url()).search, `${profile} ${time}`).toBe('?lang=en');
        await page.waitForFunction(() => document.documentElement.lang === 'en');
      }
    }
    await browser.close();

    expect(start.group().length).toBeGreaterThanOrEqual(3);
    expect(await start.terminate()).toBe(0);
    expect(start.group()).toEqual([]);
    expect(start.stdout().trim().split('\n')).toHaveLength(1);
  });

  test('says who has the folder, and leaves it alone', async () => {
    const dataDir = newDataDir();
    const first = npmStart(['--no-window', '--data', dataDir]);
    await first.says('"ready"');
    const second = npmStart(['--no-window', '--data', dataDir]);
    expect(await second.exited).toBe(1);
    expect(second.stderr()).toMatch(bilingual);
    const holder = /process (\d+)/.exec(second.stderr())?.[1];
    expect(first.group().map(({ pid }) => String(pid))).toContain(holder);
    expect(second.stdout()).toBe('');
    expect(await first.terminate()).toBe(0);
  });

  test('says that the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const start = npmStart(['--no-window', '--data', newDataDir(), '--port', String(port)]);
    expect(await start.exited).toBe(1);
    expect(start.stderr()).toMatch(bilingual);
    expect(start.stderr()).toContain(`Another program is using port ${port}`);
    taken.close();
  });

  test.each([
    ['a folder that cannot be written', (dir: string) => writeFileSync(dir, ''), 'cannot be written'],
    ['a database of a newer version', (dir: string) => makeDatabase(dir, 9999), 'newer Enkaku'],
    ['a file that is no database', (dir: string) => breakDatabase(dir), 'database is damaged'],
    ['a site that wants the key store', (dir: string) => makePolicy(dir), 'key store'],
  ])('refuses %s with a sentence', async (_case, prepare, sentence) => {
    const dataDir = newDataDir();
    prepare(dataDir);
    const start = npmStart(['--no-window', '--data', dataDir]);
    expect(await start.exited).toBe(1);
    expect(start.stderr()).toMatch(bilingual);
    expect(start.stderr()).toContain(sentence);
    expect(start.stderr()).not.toMatch(/\n {4}at /);
    expect(start.group()).toEqual([]);
  });

  test.each([
    ['--port', 'x'],
    ['--port', '70000'],
    ['--lang', 'fr'],
    ['--shell', 'safari'],
    ['--nonsense', 'x'],
  ])('refuses %s %s with what is possible', async (...args) => {
    const start = npmStart(['--data', newDataDir(), ...args]);
    expect(await start.exited).toBe(1);
    expect(start.stderr()).toContain('--data FOLDER');
  });

  test('without a display keeps serving and prints the address', async () => {
    const start = npmStart(['--data', newDataDir()], { env: hasNoElectron });
    const said = await start.says('There is no display');
    const url = /(http:\/\/127\.0\.0\.1:\S+)/.exec(said)?.[1] ?? '';
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
    expect(await start.terminate()).toBe(0);
    expect(start.group()).toEqual([]);
  });

  test('starts from a folder with spaces and Japanese letters', async () => {
    const copy = path.join(folder.path, '遠隔 読影', 'project');
    mkdirSync(path.dirname(copy));
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    mkdirSync(copy);
    const tar = spawnSync('/bin/sh', ['-c', `tar -cf - -T - | tar -xf - -C '${copy}'`], {
      cwd: root,
      input: files,
    });
    expect(tar.status).toBe(0);
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    const start = npmStart(['--no-window', '--data', path.join(copy, '..', 'データ')], { cwd: copy });
    await start.says('"ready"');
    const { url } = JSON.parse(start.stdout()) as ReadyLine;
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
    expect(await start.terminate()).toBe(0);
  });

  test('an old Node is told which one is needed', (context) => {
    const old = execFileSync('/bin/sh', ['-c', 'PATH=/usr/local/bin:/usr/bin:/bin command -v node || true'], {
      encoding: 'utf8',
    }).trim();
    const version = old === '' ? '' : execFileSync(old, ['--version'], { encoding: 'utf8' });
    if (old === '' || Number(/^v(\d+)/.exec(version)?.[1]) >= 24)
      context.skip('this machine has no older Node');
    const { status, stderr } = spawnSync(old, ['electron/run.js', 'electron/launch.ts'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(bilingual);
  });
});

describe('in a window', () => {
  let display: Display;
  beforeAll(async () => {
    display = await startDisplay();
  });
  afterAll(() => display.stop());

  const environment = (electron?: string) => ({
    ...hasNoElectron,
    DISPLAY: display.name,
    ...(electron !== undefined && { ELECTRON_OVERRIDE_DIST_PATH: electron }),
  });
  const browserOf = (start: ReturnType<typeof npmStart>) =>
    start.group().find(({ command }) => command.includes('--app=') && !command.includes('--type='));

  test('of the browser when Electron cannot be had, which is said at once', async () => {
    rmSync(path.join(root, 'out/electron-unavailable.json'), { force: true });
    const dataDir = newDataDir();
    const start = npmStart(['--data', dataDir, '--lang', 'en'], { env: environment() });
    const said = await start.says('The Electron binary cannot be had');
    expect(said).toContain('ECONNREFUSED');
    await expect
      .poll(() => browserOf(start)?.command, { timeout: 30_000 })
      .toContain(`--user-data-dir=${dataDir}/browser`);
    const { command = '' } = browserOf(start) ?? {};
    for (const flag of [
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ]) {
      expect(command).toContain(flag);
    }
    // What every user of the machine can read in the process list is of no use to any of them.
    const url = /--app=(\S+)/.exec(command)?.[1] ?? '';
    await expect.poll(() => pagesOf(dataDir), { timeout: 60_000 }).toBe(1);
    await expect
      .poll(() => fetch(url, { redirect: 'manual' }).then(({ status }) => status), { timeout: 30_000 })
      .toBe(401);

    expect(start.stdout()).toBe('');
    expect(await start.terminate()).toBe(0);
    await expect.poll(() => start.group(), { timeout: 15_000 }).toEqual([]);
  });

  test('that is brought to the front by a second start, which does not look for Electron again', async () => {
    const dataDir = newDataDir();
    const start = npmStart(['--data', dataDir], { env: environment() });
    await expect.poll(() => browserOf(start)?.pid, { timeout: 30_000 }).toBeGreaterThan(0);
    const again = npmStart(['--data', dataDir], { env: environment() });
    expect(await again.exited).toBe(0);
    expect(again.stderr()).toContain('already open');
    expect(again.stderr()).not.toContain('Finding out');
    expect(await start.terminate()).toBe(0);
    await expect.poll(() => start.group(), { timeout: 15_000 }).toEqual([]);
  });

  test('whose end is the end of everything', async () => {
    const dataDir = newDataDir();
    const start = npmStart(['--data', dataDir, '--shell', 'chromium'], { env: environment() });
    await expect.poll(() => browserOf(start)?.pid, { timeout: 30_000 }).toBeGreaterThan(0);
    const pid = browserOf(start)?.pid ?? 0;
    await expect.poll(() => pagesOf(dataDir), { timeout: 60_000 }).toBe(1);
    // As when a person closes the window.
    const endBrowser = () => {
      const isAlive = start.group().some((member) => member.pid === pid);
      if (isAlive) process.kill(pid, 'SIGTERM');
      return isAlive;
    };
    await expect.poll(endBrowser, { timeout: 30_000, interval: 2000 }).toBe(false);
    expect(await start.exited).toBe(0);
    expect(start.group()).toEqual([]);
  });

  test('is opened again with a backend that has crashed', async () => {
    const dataDir = newDataDir();
    const start = npmStart(['--data', dataDir, '--shell', 'chromium'], { env: environment() });
    await expect.poll(() => pagesOf(dataDir), { timeout: 60_000 }).toBe(1);
    const backendOf = () => start.group().find(({ command }) => command.includes('on-loopback.ts'))?.pid ?? 0;
    const crashed = backendOf();
    process.kill(crashed, 'SIGKILL');
    await start.says('has been started again');
    await expect.poll(() => backendOf() !== 0 && backendOf() !== crashed, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => browserOf(start)?.pid, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(await start.terminate()).toBe(0);
    await expect.poll(() => start.group(), { timeout: 15_000 }).toEqual([]);
  });

  test('of its own for a workstation that runs without one', async () => {
    const dataDir = newDataDir();
    const headless = npmStart(['--no-window', '--data', dataDir]);
    await headless.says('"ready"');
    const start = npmStart(['--data', dataDir, '--shell', 'chromium'], { env: environment() });
    await expect.poll(() => browserOf(start)?.pid, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(await start.terminate()).toBe(0);
    expect(await headless.terminate()).toBe(0);
  });

  test('Ctrl-C ends everything', async () => {
    const start = npmStart(['--data', newDataDir(), '--shell', 'chromium'], { env: environment() });
    await expect.poll(() => browserOf(start)?.pid, { timeout: 30_000 }).toBeGreaterThan(0);
    process.kill(-start.pid, 'SIGINT');
    await start.exited;
    await expect.poll(() => start.group(), { timeout: 15_000 }).toEqual([]);
  });

  test('of Electron where its binary is: a stand-in of the whole program', async () => {
    const electron = fakeElectron('standing-in', [
      // Chromium's own option, which Node does not know.
      '[ "$1" = --no-sandbox ] && shift',
      `exec '${process.execPath}' --import '${root}tests/support/electron-stand-in/register.ts' "$@"`,
    ]);
    const dataDir = newDataDir();
    const start = npmStart(['--data', dataDir, '--shell', 'electron'], { env: environment(electron) });
    const isServing = () =>
      readEndpoint(dataDir) !== undefined &&
      start.group().some(({ command }) => command.includes('electron/backend.js'));
    // Not before: a second start that has the folder first would be the one that is left alone.
    await expect.poll(isServing, { timeout: 60_000 }).toBe(true);
    await expect
      .poll(() => npmStartAgain(dataDir), { timeout: 60_000, interval: 500 })
      .toContain('Another Enkaku is using');
    expect(await start.terminate()).toBe(0);
    await expect.poll(() => start.group(), { timeout: 15_000 }).toEqual([]);
  });

  test('of the browser when Electron ends too early, with what it said', async () => {
    const electron = fakeElectron('ending', [
      'echo "libnss3.so: cannot open shared object file" >&2',
      'exit 127',
    ]);
    const start = npmStart(['--data', newDataDir()], { env: environment(electron) });
    const said = await start.says('Electron ended while it was starting');
    expect(said).toContain('libnss3.so');
    await expect.poll(() => browserOf(start)?.pid, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(await start.terminate()).toBe(0);
  });

  test('of nobody when Electron is demanded and cannot be had', async () => {
    const start = npmStart(['--data', newDataDir(), '--shell', 'electron'], { env: environment() });
    expect(await start.exited).toBe(1);
    expect(start.stderr()).toContain('Electron was asked for');
  });

  /** What a start without a window says while Electron has the folder. */
  async function npmStartAgain(dataDir: string): Promise<string> {
    const again = npmStart(['--no-window', '--data', dataDir]);
    const code = await Promise.race([again.exited, again.says('"ready"').then(() => again.terminate())]);
    return code === 1 ? again.stderr() : '';
  }
});

test('a browser is found on every platform', () => {
  const on = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, files: readonly string[]) =>
    findBrowser({ platform, env, exists: (file) => files.includes(file) })?.executable;
  const chrome = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe';
  const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
  const windows = { ProgramFiles: 'C:\\Program Files', 'ProgramFiles(x86)': 'C:\\Program Files (x86)' };
  expect(on('win32', windows, [edge])).toBe(edge);
  expect(on('win32', windows, [edge, chrome])).toBe(chrome);
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  expect(on('darwin', { HOME: '/Users/a' }, [mac])).toBe(mac);
  expect(on('linux', { PATH: '/opt/bin:relative' }, ['/opt/bin/google-chrome'])).toBe(
    '/opt/bin/google-chrome',
  );
  expect(on('linux', { PATH: '' }, ['/snap/bin/chromium'])).toBe('/snap/bin/chromium');
  expect(on('linux', { PATH: '', ENKAKU_BROWSER: '/x/brave' }, ['/x/brave', '/usr/bin/chromium'])).toBe(
    '/x/brave',
  );
  expect(on('linux', { PATH: '/usr/bin' }, [])).toBeUndefined();
});

/** How many pages are connected, as the backend's log says. */
function pagesOf(dataDir: string): number {
  const file = path.join(dataDir, 'log/backend.log');
  const log = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Number([...log.matchAll(/"pages":(\d+)/g)].at(-1)?.[1] ?? 0);
}

function fakeElectron(name: string, lines: readonly string[]): string {
  const dist = path.join(folder.path, `electron-${name}`);
  mkdirSync(dist);
  writeFileSync(path.join(dist, 'electron'), ['#!/bin/sh', ...lines].join('\n'));
  chmodSync(path.join(dist, 'electron'), 0o755);
  return dist;
}

function makeDatabase(dataDir: string, version: number): void {
  mkdirSync(dataDir);
  const database = new Database(path.join(dataDir, 'enkaku.sqlite3'));
  database.pragma(`user_version = ${version}`);
  database.close();
}

function breakDatabase(dataDir: string): void {
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, 'enkaku.sqlite3'), 'no database '.repeat(1000));
}

function makePolicy(dataDir: string): void {
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, 'site.json'), '{"keyStore":"operating-system"}');
}
