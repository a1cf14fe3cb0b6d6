import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { answerWith } from '#backend/transport/fetch-handler.ts';
import { launchChromium } from './chromium.ts';
import { processesNaming } from './stray-processes.ts';
import { root, temporaryDirectory } from './workstation.ts';

/** Peers on a machine without any network, and addresses instead of names that only multicast can resolve. */
export const linkFlags = [
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** One thing a page told its backend. */
export interface Told {
  readonly method: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

export interface LinkEnd {
  readonly page: Page;
  readonly told: readonly Told[];
  readonly errors: readonly string[];
  /** Answers `peerConnected` from now on. */
  accept(isAccepted: boolean): void;
}

export interface LinkPair {
  readonly a: LinkEnd;
  readonly b: LinkEnd;
  readonly sessionId: string;
  readonly browserPid: number;
  /** Opens a connection of an epoch at both ends; `a` begins. */
  open(epoch: number, options?: LinkOptions, peer?: 'live' | 'bulk'): Promise<void>;
  /** Asks a page what its backend would ask. */
  call(end: 'a' | 'b', method: string, input: object): Promise<unknown>;
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly iceServers?: readonly { urls: string[]; username?: string; credential?: string }[];
  readonly isRelayOnly?: boolean;
}

/** Changes or drops a signal on its way from one end to the other. */
export type OnSignal = (
  signal: string,
  from: 'a' | 'b',
  epoch: number,
) => string | undefined | Promise<string | undefined>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

let built: Promise<string> | undefined;

function buildPage(): Promise<string> {
  built ??= (async () => {
    const directory = temporaryDirectory();
    process.once('exit', () => directory.remove());
    await build({
      configFile: path.join(root, 'renderer/vite.config.ts'),
      root: path.join(root, 'tests/support/link-page'),
      logLevel: 'error',
      build: { outDir: directory.path, emptyOutDir: true },
    });
    return directory.path;
  })();
  return built;
}

/** Answers what a page asks of its backend's byte routes. */
export type Bytes = (request: Request) => Promise<Response>;

/** Serves the built page; the address. */
export async function serveLinkPage(bytes?: Bytes): Promise<{ url: string; close: () => void }> {
  const directory = await buildPage();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (bytes && pathname.startsWith('/link/')) {
      answerWith(bytes, request, response).catch(() => response.destroy());
      return;
    }
    const file = path.join(directory, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Two pages of one Chromium with the workstation's peers; the test plays both backends. */
export async function openLinkPair(
  onSignal: OnSignal = (signal) => signal,
  flags: readonly string[] = [],
  bytes: { readonly a?: Bytes; readonly b?: Bytes } = {},
): Promise<LinkPair> {
  const servers = { a: await serveLinkPage(bytes.a), b: await serveLinkPage(bytes.b) };
  const mark = `--enkaku-pair=${randomUUID()}`;
  const browser = await launchChromium([...linkFlags, ...flags, mark]);
  const sessionId = randomUUID();
  const ends: Record<'a' | 'b', LinkEnd & { page: Page }> = {
    a: await openEnd(
      browser,
      servers.a.url,
      (input) => pass('a', input),
      (signal) => passBare('b', signal),
    ),
    b: await openEnd(
      browser,
      servers.b.url,
      (input) => pass('b', input),
      (signal) => passBare('a', signal),
    ),
  };
  const call = (end: 'a' | 'b', method: string, input: object) =>
    ends[end].page.evaluate(([name, given]) => globalThis.linkPage.carrier(name as 'openPeer', given), [
      method,
      input,
    ] as const);
  const passBare = (to: 'a' | 'b', signal: string) =>
    ends[to].page.evaluate((text) => globalThis.linkPage.bare.signal(text), signal);
  const pass = async (from: 'a' | 'b', { peer, epoch, signal: text }: Told['input']) => {
    const signal = await onSignal(String(text), from, Number(epoch));
    if (signal !== undefined) await call(from === 'a' ? 'b' : 'a', 'signal', { peer, epoch, signal });
  };
  return {
    ...ends,
    sessionId,
    browserPid: processesNaming(mark)[0]?.pid ?? 0,
    call,
    open: async (epoch, { iceServers = [], isRelayOnly = false } = {}, peer = 'live') => {
      const order = { peer, sessionId, epoch, iceServers, isRelayOnly };
      await Promise.all([
        call('b', 'openPeer', { ...order, isInitiator: false }),
        call('a', 'openPeer', { ...order, isInitiator: true }),
      ]);
    },
    close: async () => {
      await browser.close();
      servers.a.close();
      servers.b.close();
    },
  };
}

async function openEnd(
  browser: Browser,
  url: string,
  pass: (input: Told['input']) => Promise<void>,
  passBare: (signal: string) => Promise<void>,
): Promise<LinkEnd> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  const told: Told[] = [];
  const errors: string[] = [];
  let isAccepted = true;
  page.on('pageerror', (error) => errors.push(error.message));
  await page.exposeFunction('tellBackend', async (method: string, input: Told['input']) => {
    told.push({ method, input, atMs: Date.now() });
    if (method === 'peerSignal') await pass(input);
    if (method === 'bareSignal') await passBare(String(input['signal']));
    return method === 'peerConnected' ? { isAccepted } : null;
  });
  await page.goto(url);
  await page.waitForFunction('typeof linkPage === "object"');
  return { page, told, errors, accept: (value) => (isAccepted = value) };
}
