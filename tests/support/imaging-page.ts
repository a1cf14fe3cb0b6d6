import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium } from './chromium.ts';
import { root, temporaryDirectory } from './workstation.ts';
import type { Workstation } from './workstation.ts';

export interface ImagingPageOptions {
  /** Whose images the page asks for. */
  readonly workstation?: Pick<Workstation, 'dicomweb' | 'token'>;
  readonly flags?: readonly string[];
  readonly devicePixelRatio?: number;
  /** Cross-origin isolated, as the workstation's own page is; otherwise memory cannot be shared. */
  readonly isIsolated?: boolean;
  /** Answers requests below /dicomweb itself; undefined: passed on to the workstation. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface ImagingPage {
  readonly page: Page;
  /** Messages of errors that nobody caught. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

let built: Promise<{ path: string; remove: () => void }> | undefined;

/** Once for all tests of a file. */
function buildPage(): Promise<{ path: string; remove: () => void }> {
  built ??= (async () => {
    const directory = temporaryDirectory();
    process.once('exit', () => directory.remove());
    await build({
      configFile: path.join(root, 'renderer/vite.config.ts'),
      root: path.join(root, 'tests/support/imaging-page'),
      logLevel: 'error',
      build: { outDir: directory.path, emptyOutDir: true },
    });
    return directory;
  })();
  return built;
}

const browsers = new Map<string, Promise<Browser>>();

/** One process for all pages of a test file; each page is in a profile of its own. */
function browserWith(flags: readonly string[]): Promise<Browser> {
  const key = flags.join(' ');
  const known = browsers.get(key) ?? launchChromium(flags);
  browsers.set(key, known);
  return known;
}

/** To be called when a test file is done with its pages. */
export async function closeImagingBrowsers(): Promise<void> {
  await Promise.all([...browsers.values()].map(async (browser) => (await browser).close()));
  browsers.clear();
}

/** A real Chromium page with `renderer/imaging` and nothing else, over a real workstation's DICOMweb. */
export async function openImagingPage(options: ImagingPageOptions = {}): Promise<ImagingPage> {
  const directory = await buildPage();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (pathname.startsWith('/dicomweb/')) {
      if (options.intercept?.(request, response)) return;
      forward(request, response, options.workstation);
      return;
    }
    const file = path.join(directory.path, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
      ...(options.isIsolated !== false && {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      }),
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await browserWith(options.flags ?? []);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    deviceScaleFactor: options.devicePixelRatio ?? 1,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('typeof imagingPage === "object"');
  return {
    page,
    errors,
    close: async () => {
      await context.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** With the token: the page itself knows none. */
function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  workstation: ImagingPageOptions['workstation'],
): void {
  if (!workstation) {
    outgoing.writeHead(404).end();
    return;
  }
  const { host, port } = new URL(workstation.dicomweb);
  const passed = httpRequest(
    {
      port,
      path: incoming.url,
      method: incoming.method,
      headers: {
        accept: incoming.headers.accept ?? '*/*',
        host,
        authorization: `Bearer ${workstation.token}`,
      },
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  passed.on('error', () => outgoing.destroy());
  outgoing.on('close', () => passed.destroy());
  incoming.pipe(passed);
}
