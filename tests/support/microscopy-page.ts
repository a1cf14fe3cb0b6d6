import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';

import { launchChromium } from './chromium.ts';
import { root, temporaryDirectory } from './workstation.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
};

/** As the workstation's page has it. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self' blob:; img-src 'self' blob:; media-src 'self' blob:";

export interface Upload {
  readonly path: string;
  readonly bytes: Buffer;
}

export interface MicroscopyPage {
  readonly page: Page;
  /** What the page has PUT, in the order of arrival. */
  readonly uploads: readonly Upload[];
  close(): Promise<void>;
}

/** A real Chromium page with the picture of the microscope and nothing else. */
export async function openMicroscopyPage(
  options: { flags?: readonly string[]; files?: Readonly<Record<string, string>> } = {},
): Promise<MicroscopyPage> {
  const built = temporaryDirectory();
  await build({
    configFile: path.join(root, 'renderer/vite.config.ts'),
    root: path.join(root, 'tests/support/microscopy-page'),
    logLevel: 'error',
    build: { outDir: built.path, emptyOutDir: true },
  });
  const uploads: Upload[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const { pathname } = new URL(url, 'http://page');
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        uploads.push({ path: url, bytes: Buffer.concat(chunks) });
        response.writeHead(204).end();
      });
      return;
    }
    const given = options.files?.[pathname];
    const file = given ?? path.join(built.path, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy,
    });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchChromium(options.flags);
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error('page:', error.message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('typeof microscopyPage === "object"');
  return {
    page,
    uploads,
    close: async () => {
      await browser.close();
      server.close();
      built.remove();
    },
  };
}
