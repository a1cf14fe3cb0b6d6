// The twenty points of Electron's security checklist (docs/tutorial/security.md of Electron), each with its check.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, afterAll, describe, expect, test, vi } from 'vitest';
import { contentSecurityPolicy } from '#page/page-headers.ts';
import { MANIFEST_FILE, openPage } from '#page/page-files.ts';
import { answerPageRequests } from '../../../../electron/shell/page-requests.ts';
import {
  answerPageRequest,
  registerPageScheme,
  servePage,
} from '../../../../electron/shell/page-protocol.ts';
import { limitPermissions } from '../../../../electron/shell/permissions.ts';
import { lockNavigation, openWindow, windowOptions } from '../../../../electron/shell/windows.ts';
import {
  BrowserWindow,
  app,
  page,
  protocol,
  session,
  world,
} from '#tests/support/electron-stand-in/index.ts';
import { IpcRenderer, ipcMain } from '#tests/support/electron-stand-in/inter-process.ts';
import { registeredSchemes } from '#tests/support/electron-stand-in/session.ts';
import { documentedPermissions } from '#tests/support/electron-stand-in/strictness.ts';
import { root, temporaryDirectory } from '#tests/support/workstation.ts';

vi.mock('electron', () => import('#tests/support/electron-stand-in/index.ts'));

const folder = temporaryDirectory();
const options = { preloadFile: path.join(folder.path, 'preload.cjs'), mayInspect: false };
const webPreferences = windowOptions(options).webPreferences ?? {};
const shellDir = path.join(root, 'electron/shell');
const shellSource = readdirSync(shellDir)
  .map((file) => readFileSync(path.join(shellDir, file), 'utf8'))
  .join('\n');
const ports: unknown[] = [];
const awake: boolean[] = [];
let window: BrowserWindow;

beforeAll(async () => {
  mkdirSync(path.join(folder.path, 'assets'));
  writeFileSync(path.join(folder.path, 'index.html'), '<title>page</title>');
  writeFileSync(path.join(folder.path, 'secret.txt'), 'SECRET');
  writeFileSync(path.join(folder.path, MANIFEST_FILE), JSON.stringify({ stamp: '', files: ['index.html'] }));
  expect(() => session.defaultSession).toThrow('before the app is ready');
  app.enableSandbox();
  registerPageScheme();
  app.becomeReady();
  limitPermissions(session.defaultSession as never);
  servePage(session.defaultSession as never, {
    findPageFile: openPage(folder.path),
    endpoint: () => Promise.reject(new Error('none')),
  });
  answerPageRequests({
    onRequestPort: (contents) => ports.push(contents),
    onKeepAwake: (_contents, isReading) => awake.push(isReading),
  });
  app.on('web-contents-created', (_event, contents) => lockNavigation(contents as never, options));
  window = (await openWindow(options, 'ja')) as unknown as BrowserWindow;
});

afterAll(() => folder.remove());

const inPage = ['enkaku://app/', 'enkaku://app/?lang=ja', 'enkaku://app/#/reading'];
const elsewhere = [
  'https://evil.example/',
  'http://127.0.0.1/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'enkaku://other/',
  'enkaku://app.evil.example/',
  'enkaku://appx/',
  'ENKAKU://app/',
  'about:blank',
  '',
  'enkaku:app',
  'enkaku://user@app/',
  'view-source:enkaku://app/',
  'blob:enkaku://app/1',
  'chrome://settings',
  'devtools://x',
];

describe('1 only secure content', () => {
  test('the page comes from the program itself, and can ask nobody else', () => {
    expect(window.webContents.getURL()).toBe('enkaku://app/?lang=ja');
    expect(contentSecurityPolicy).not.toMatch(/https?:|wss?:|\*/);
  });
});

test('2 no Node in any page, worker or frame', () => {
  expect(webPreferences).toMatchObject({
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
  });
});

test('3 the preload script lives in a world of its own', () => {
  expect(webPreferences.contextIsolation).toBe(true);
});

test('4 every page is sandboxed', () => {
  expect(webPreferences.sandbox).toBe(true);
  expect(app.isSandboxed).toBe(true);
});

describe('5 permissions', () => {
  const harmless = ['fullscreen', 'clipboard-sanitized-write', 'media'];

  test('of all that Chromium knows, the page has three', () => {
    const permissions = documentedPermissions();
    expect(permissions.length).toBeGreaterThan(40);
    for (const permission of [...permissions, 'invented']) {
      const isAllowed = harmless.includes(permission);
      expect(session.defaultSession.ask(permission, 'enkaku://app/')).toEqual({
        requested: isAllowed,
        checked: isAllowed,
      });
    }
  });

  test('nobody else has any', () => {
    for (const permission of harmless) {
      for (const url of elsewhere) {
        expect(session.defaultSession.ask(permission, url)).toEqual({ requested: false, checked: false });
      }
      expect(session.defaultSession.ask(permission, 'enkaku://app/', false)).toEqual({
        requested: false,
        checked: false,
      });
    }
  });

  test('no device and no screen', () => {
    for (const device of ['hid', 'serial', 'usb'])
      expect(session.defaultSession.askForDevice(device)).toBe(false);
    expect(session.defaultSession.askForDisplay()).toBeNull();
  });
});

test('6 web security is on', () => {
  expect(webPreferences.webSecurity).toBe(true);
  expect(shellSource).not.toMatch(/disable-web-security|webSecurity: false/);
});

test('7 a content security policy comes with every file', async () => {
  const response = await protocol.request('enkaku://app/', { initiatorOrigin: 'enkaku://app' });
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
  expect(policy).toContain("object-src 'none'");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('8 no insecure content', () => {
  expect(webPreferences.allowRunningInsecureContent).toBe(false);
});

test('9, 10 no experimental and no Blink features', () => {
  expect(webPreferences.experimentalFeatures).toBe(false);
  expect(webPreferences).not.toHaveProperty('enableBlinkFeatures');
  expect(shellSource).not.toMatch(/enable-blink-features|enable-experimental/);
  // For connections between workstations; none opens anything to a page.
  expect([...shellSource.matchAll(/appendSwitch\((.*)\)/g)].map(([, what]) => what)).toEqual([
    "'disable-features', 'WebRtcHideLocalIpsWithMdns'",
    "'allow-loopback-in-peer-connection'",
    'framesAtOnce.name, framesAtOnce.value',
  ]);
});

test('11, 12 no webview', () => {
  expect(webPreferences.webviewTag).toBe(false);
  expect(window.webContents.tries('will-attach-webview', 'enkaku://app/')).toBe(false);
});

describe('13 navigation', () => {
  test('stays within the page', () => {
    for (const url of inPage) {
      expect(window.webContents.tries('will-navigate', url)).toBe(true);
      expect(window.webContents.tries('will-frame-navigate', url)).toBe(true);
    }
    for (const url of elsewhere) {
      expect(window.webContents.tries('will-navigate', url)).toBe(false);
      expect(window.webContents.tries('will-frame-navigate', url)).toBe(false);
    }
  });

  test('no frame goes anywhere, nothing is redirected, a dropped file opens nothing', () => {
    expect(window.webContents.tries('will-frame-navigate', 'enkaku://app/', false)).toBe(false);
    expect(window.webContents.tries('will-redirect', 'enkaku://app/')).toBe(false);
    expect(webPreferences.navigateOnDragDrop).toBe(false);
  });
});

describe('14 new windows', () => {
  test('show our page with the same locks, or do not open', () => {
    const opened = window.webContents.openHandler?.({ url: 'enkaku://app/?window=report' });
    expect(opened).toMatchObject({ action: 'allow', overrideBrowserWindowOptions: { webPreferences } });
    for (const url of elsewhere)
      expect(window.webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
  });

  test('every window that comes to be is locked', () => {
    const other = new BrowserWindow({});
    expect(other.webContents.openHandler?.({ url: 'https://evil.example/' })).toEqual({ action: 'deny' });
    other.close();
  });
});

test('15 nothing is opened outside', () => {
  expect(shellSource).not.toMatch(/openExternal|openPath|\bshell\b.*from 'electron'/);
});

test('16 Electron is pinned to a version whose typings the shell is checked against', () => {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const installed = JSON.parse(
    readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8'),
  ) as {
    version: string;
  };
  expect(manifest.devDependencies['electron']).toBe(installed.version);
  expect(Number(installed.version.split('.')[0])).toBeGreaterThanOrEqual(45);
});

describe('17 senders of messages', () => {
  const speakAs = (frame: { url: string; parent: null | { url: string; parent: null } } | null) =>
    new IpcRenderer(window.webContents, () => frame);

  test('the page is answered', async () => {
    world.chosenPaths = ['/data/ct'];
    const ipc = speakAs({ url: 'enkaku://app/', parent: null });
    expect(await ipc.invoke('enkaku:choose-paths', 'folder')).toEqual(['/data/ct']);
    world.chosenPaths = [];
    expect(await ipc.invoke('enkaku:choose-paths', 'files')).toBeUndefined();
    ipc.send('enkaku:request-port');
    ipc.send('enkaku:keep-awake', true);
    await new Promise(setImmediate);
    expect(ports).toEqual([window.webContents]);
    expect(awake).toEqual([true]);
  });

  test('a frame inside it, another page and a frame that is gone are not', async () => {
    const parent = { url: 'enkaku://app/', parent: null };
    const frames = [
      null,
      { url: 'enkaku://app/', parent },
      ...elsewhere.map((url) => ({ url, parent: null })),
    ];
    for (const frame of frames) {
      const ipc = speakAs(frame);
      await expect(ipc.invoke('enkaku:choose-paths', 'folder')).rejects.toThrow('not permitted');
      ipc.send('enkaku:request-port');
      ipc.send('enkaku:keep-awake', true);
    }
    await new Promise(setImmediate);
    expect(ports).toHaveLength(1);
    expect(awake).toEqual([true]);
  });

  test('what they say is checked', async () => {
    const ipc = speakAs({ url: 'enkaku://app/', parent: null });
    for (const kind of [undefined, null, 'other', '__proto__', 1, {}, ['folder']]) {
      await expect(ipc.invoke('enkaku:choose-paths', kind)).rejects.toThrow('invalid input');
      ipc.send('enkaku:keep-awake', kind);
    }
    await new Promise(setImmediate);
    expect(awake).toEqual([true]);
    expect([...ipcMain.handlers.keys()]).toEqual(['enkaku:choose-paths']);
  });
});

describe('18 no file: pages', () => {
  test('the scheme has an origin, is secure, and bypasses nothing', () => {
    expect(registeredSchemes.get('enkaku')).toEqual({
      standard: true,
      secure: true,
      supportFetchAPI: true,
      stream: true,
      codeCache: true,
    });
    expect(shellSource).not.toMatch(/loadFile\(|file:\/\//);
  });

  test.each([
    'enkaku://app/secret.txt',
    'enkaku://app/..%2fsecret.txt',
    'enkaku://app/%2e%2e/secret.txt',
    'enkaku://app//etc/passwd',
    'enkaku://app/index.html%00',
    'enkaku://app/C:/Windows',
    `enkaku://app/${'a'.repeat(9000)}`,
    `enkaku://app/${MANIFEST_FILE}`,
  ])('%s names no file of the page', async (url) => {
    const response = await protocol.request(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  test('other hosts, other origins and other methods are refused', async () => {
    const ask = (url: string, init = {}) => protocol.request(url, init).then(({ status }) => status);
    expect(await ask('enkaku://other/')).toBe(403);
    for (const initiatorOrigin of ['https://evil.example', 'null', 'enkaku://other']) {
      expect(await ask('enkaku://app/', { initiatorOrigin })).toBe(403);
      expect(await ask('enkaku://app/dicomweb/studies', { initiatorOrigin })).toBe(403);
    }
    expect(await ask('enkaku://app/', { method: 'POST', body: 'x' })).toBe(405);
    expect(await ask('enkaku://app/', { method: 'HEAD' })).toBe(200);
  });

  test('without a backend the page is told to wait', async () => {
    const response = await answerPageRequest(new Request('enkaku://app/dicomweb/studies'), {
      findPageFile: async () => undefined,
      endpoint: () => Promise.reject(new Error('restarting')),
    });
    expect(response.status).toBe(503);
  });
});

test('19 fuses of the packaged program', () => {
  const config = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8');
  const fuses = {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  };
  for (const [fuse, value] of Object.entries(fuses))
    expect(config).toMatch(new RegExp(`\\n  ${fuse}: ${value}\\n`));
});

describe('20 the page gets fixed functions, not Electron', () => {
  test('five of them, which pass on nothing they should not', async () => {
    const posted: { message: unknown; origin: string; ports: readonly unknown[] }[] = [];
    vi.stubGlobal('window', {
      location: { origin: 'enkaku://app' },
      postMessage: (message: unknown, origin: string, transferred: readonly unknown[]) =>
        posted.push({ message, origin, ports: transferred }),
    });
    page.ipc = new IpcRenderer(window.webContents);
    await import('../../../../electron/shell/preload.ts');
    const bridge = page.exposed.get('enkakuShell') as Record<string, (...args: unknown[]) => unknown>;
    expect(Object.keys(bridge).sort()).toEqual([
      'chooseFiles',
      'chooseFolder',
      'keepAwake',
      'pathForFile',
      'requestPort',
    ]);
    for (const member of Object.values(bridge)) expect(typeof member).toBe('function');
    const file = {};
    page.pathsOfFiles.set(file, '/data/ct/1.dcm');
    expect(bridge['pathForFile']?.(file)).toBe('/data/ct/1.dcm');
    expect(() => bridge['pathForFile']?.({})).toThrow();
    page.ipc.emit('enkaku:port', { ports: ['port'], sender: 'an event object' }, 'data');
    expect(posted).toEqual([{ message: 'enkaku-backend-port', origin: 'enkaku://app', ports: ['port'] }]);
    vi.unstubAllGlobals();
  });
});
