// The shell's real code with the real backend and helpers in processes of their own; only `electron` is a stand-in.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MANIFEST_FILE } from '#page/page-files.ts';
import { backendContracts } from '#shared/contract/index.ts';
import type { ShellBridge } from '#shared/contract/shell-bridge.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { createMessagePort } from '#shared/rpc/message-port.ts';
import { aFile, element, identity, imageShape } from '#tests/support/dicom-files.ts';
import { BrowserWindow, app, blockers, page, protocol } from '#tests/support/electron-stand-in/index.ts';
import { IpcRenderer } from '#tests/support/electron-stand-in/inter-process.ts';
import { alive } from '#tests/support/electron-stand-in/utility-process.ts';
import { root, temporaryDirectory } from '#tests/support/workstation.ts';
import { ensureShellBuilt } from '../../../../electron/launch/shell-build.ts';

vi.mock('electron', () => import('#tests/support/electron-stand-in/index.ts'));

const folder = temporaryDirectory();
const dataDir = path.join(folder.path, 'データ フォルダー');
const pageDir = path.join(folder.path, 'page');
const dicomFile = path.join(folder.path, 'image.dcm');
const said: string[] = [];
let window: BrowserWindow;
let bridge: ShellBridge;
let takePort: (port: MessagePort) => void = () => {};
let connection: RpcConnection<typeof backendContracts>;

beforeAll(async () => {
  mkdirSync(dataDir);
  mkdirSync(pageDir);
  writeFileSync(path.join(pageDir, 'index.html'), '<title>page</title>');
  writeFileSync(path.join(pageDir, 'carrier.html'), '<title>files</title>');
  const files = ['index.html', 'carrier.html'];
  writeFileSync(path.join(pageDir, MANIFEST_FILE), JSON.stringify({ stamp: '', files }));
  writeFileSync(
    dicomFile,
    aFile([...identity(), ...imageShape(), element('7FE00010', 'OW', Buffer.alloc(24, 7))]),
  );
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
  }
  const programsDir = await ensureShellBuilt(root, () => {});
  const { startShell } = await import('../../../../electron/shell/start-shell.ts');
  const options = [`--enkaku-data=${dataDir}`, `--enkaku-page=${pageDir}`, '--enkaku-lang=en'];
  startShell(programsDir, ['electron', 'main.js', '--original-process-start-time=1', ...options]);
  app.becomeReady();
  await vi.waitFor(() => expect(said.join('')).toContain('"window-ready"'), 30_000);
  window = BrowserWindow.getAllWindows()[0] as BrowserWindow;
  vi.stubGlobal('window', {
    location: { origin: 'enkaku://app' },
    postMessage: (_message: unknown, _origin: string, [port]: readonly MessagePort[]) =>
      port && takePort(port),
  });
  page.ipc = new IpcRenderer(window.webContents);
  await import('../../../../electron/shell/preload.ts');
  bridge = page.exposed.get('enkakuShell') as ShellBridge;
  connection = await connect();
});

afterAll(() => {
  vi.restoreAllMocks();
  folder.remove();
});

async function connect(): Promise<RpcConnection<typeof backendContracts>> {
  const port = await new Promise<MessagePort>((resolve) => {
    takePort = resolve;
    bridge.requestPort();
  });
  return new RpcConnection(backendContracts, createMessagePort(port));
}

const backendProcess = () => [...alive].find(({ serviceName }) => serviceName === 'Enkaku backend');

test('the window shows the page in the language asked for, and is never slowed down', () => {
  expect(window.webContents.getURL()).toBe('enkaku://app/?lang=en');
  expect(window.calls).toEqual(['maximize', 'show']);
  expect(window.options.webPreferences).toMatchObject({ backgroundThrottling: false });
  expect(app.getPath('userData')).toBe(path.join(dataDir, 'electron'));
});

test('the page calls the backend through a port of its own', async () => {
  await connection.checkFingerprint();
  expect(await connection.client.archive.listStudies({})).toMatchObject({ total: 0 });
});

test('a helper of the shell takes a file in, and its bytes come back as they were', async () => {
  const ended = new Promise<unknown>((resolve) => connection.client.archive.on('importEnded', resolve));
  await connection.client.archive.startImport({ paths: [dicomFile] });
  expect(await ended).toMatchObject({ totals: { imported: 1, rejected: [] } });
  expect([...alive].map(({ serviceName }) => serviceName)).toContain('Enkaku ingest');
  const uids = ['2', '3', '1.1'].map((end) => `1.2.826.0.1.3680043.8.498.${end}`);
  const url = `enkaku://app/dicomweb/studies/${uids[0]}/series/${uids[1]}/instances/${uids[2]}`;
  const response = await protocol.request(url, {
    headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
    initiatorOrigin: 'enkaku://app',
  });
  expect(response.status).toBe(200);
  const body = Buffer.from(await response.arrayBuffer());
  expect(body.includes(readFileSync(dicomFile))).toBe(true);
});

test('a thread of the bundled backend answers', async () => {
  const { settings, microscope } = connection.client;
  await settings.change({
    simulatedSpecimen: { path: path.join(folder.path, 'no-such-slide'), micrometresPerPixel: 1 },
  });
  expect(await microscope.openSpecimen({})).toMatchObject({ specimen: null, problem: 'not-found' });
});

test('a request that is given up harms nothing', async () => {
  const url = 'enkaku://app/dicomweb/instances';
  for (let round = 0; round < 20; round++) await (await protocol.request(url)).body?.cancel();
  const controller = new AbortController();
  const given = protocol.request(url, { signal: controller.signal });
  controller.abort();
  await given.then(
    ({ body }) => body?.cancel(),
    () => {},
  );
  expect((await protocol.request(url)).status).toBe(200);
});

test('while somebody reads, the display stays on', async () => {
  bridge.keepAwake(true);
  await expect.poll(() => [...blockers.values()]).toEqual(['prevent-display-sleep']);
  bridge.keepAwake(true);
  bridge.keepAwake(false);
  await expect.poll(() => blockers.size).toBe(0);
});

test('a second start brings the window to the front', () => {
  window.minimize();
  app.emit('second-instance');
  expect(window.calls.slice(-3)).toEqual(['restore', 'show', 'focus']);
});

test('a page that crashed is loaded again', () => {
  app.emit('render-process-gone', {}, window.webContents, { reason: 'crashed', exitCode: 5 });
  expect(window.webContents.history).toEqual(['reload']);
});

test('a backend that ends is started again; the page gets a new port and finds everything', async () => {
  const waiting = new Promise((resolve) => connection.client.archive.on('importEnded', resolve));
  void waiting;
  const before = backendProcess()?.pid ?? 0;
  process.kill(before, 'SIGKILL');
  await expect
    .poll(() => connection.client.archive.listStudies({}).catch((error: { code: string }) => error.code))
    .toBe('disconnected');
  connection = await connect();
  expect(await connection.client.archive.listStudies({})).toMatchObject({ total: 1 });
  expect(backendProcess()?.pid).not.toBe(before);
  expect(said.join('')).toContain('has been started again');
  await expect.poll(async () => (await protocol.request('enkaku://app/dicomweb/instances')).status).toBe(200);
  // The helpers of the backend that ended went with it; the new one has a broker of its own.
  await expect
    .poll(() => [...alive].map(({ serviceName }) => serviceName).sort(), { timeout: 20_000 })
    .toEqual(['Enkaku backend', 'Enkaku broker']);
});

test('a window that nobody sees carries files while that is wanted, and keeps nothing alive', async () => {
  const hidden = () => BrowserWindow.getAllWindows().filter((each) => each !== (window as unknown));
  const want = (isWanted: boolean) =>
    [...alive]
      .find(({ serviceName }) => serviceName === 'Enkaku backend')
      ?.emit('message', {
        event: 'bulk-page',
        isWanted,
      });
  want(true);
  want(true);
  await expect
    .poll(() => hidden().map(({ webContents }) => webContents.getURL()))
    .toEqual(['enkaku://app/carrier.html']);
  expect(hidden()[0]?.options).toMatchObject({
    show: false,
    webPreferences: { backgroundThrottling: false },
  });
  expect(hidden()[0]?.calls).toEqual([]);
  // It is not what is brought to the front.
  const before = window.calls.length;
  app.emit('second-instance');
  expect(window.calls.slice(before)).toEqual(['show', 'focus']);
  expect(hidden()[0]?.calls).toEqual([]);
  want(false);
  expect(hidden()).toEqual([]);
  want(true);
  expect(hidden()).toHaveLength(1);
});

/** Stands for Electron's own binary: a real workstation in the folder it is told, which says that it has a window. */
const program = (executable: string) => `#!${executable}
import { spawn } from 'node:child_process';
const data = process.argv.find((argument) => argument.startsWith('--enkaku-data=')).slice('--enkaku-data='.length);
const launcher = ${JSON.stringify(path.join(root, 'electron/launch.ts'))};
const args = [launcher, '--no-window', '--data', data, '--port', '0'];
const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.once('data', () => console.log(JSON.stringify({ event: 'window-ready' })));
child.once('exit', () => process.exit());
process.on('SIGTERM', () => child.kill('SIGTERM'));
`;

const trialDir = path.join(dataDir, 'trial-hospital');

test('trying both ends starts this program once more, in a folder of its own, and pairs the two', async () => {
  const executable = process.execPath;
  const file = path.join(folder.path, 'program.mjs');
  writeFileSync(file, program(executable), { mode: 0o755 });
  process.execPath = file;
  try {
    expect(await connection.client.workstation.tryMicroscope({})).toMatchObject({ isShown: true });
  } finally {
    process.execPath = executable;
  }
  expect((await connection.client.link.getState({})).contacts).toHaveLength(1);
  expect(readEndpoint(trialDir)?.pid).toBeGreaterThan(0);
});

test('closing the window ends everything', async () => {
  const trialPid = readEndpoint(trialDir)?.pid ?? 0;
  window.close();
  await expect.poll(() => app.exitCode, { timeout: 15_000 }).toBe(0);
  expect(alive.size).toBe(0);
  expect(() => process.kill(trialPid, 0)).toThrow();
});
