import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium } from './chromium.ts';
import type { FrameDecoderOptions } from '#renderer/imaging/decode/index.ts';
import type { DecodeOrder, DecodeReport } from './decode-page/main.ts';
import { root, temporaryDirectory } from './workstation.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** The same policy as the workstation's page: a codec that needs `eval` fails here too. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self' blob:";

export interface DecodePage {
  readonly page: Page;
  decode(
    orders: readonly Omit<DecodeOrder, 'url'>[],
    bytesOf: (id: number) => Uint8Array,
    options?: { decoder?: FrameDecoderOptions; contentTypeOf?: (id: number) => string },
  ): Promise<{ reports: DecodeReport[]; pixelsOf: (id: number) => Uint8Array | undefined }>;
  close(): Promise<void>;
}

/** A real Chromium page with the workstation's frame decoder and nothing else. */
export async function openDecodePage(): Promise<DecodePage> {
  const built = temporaryDirectory();
  await build({
    configFile: path.join(root, 'renderer/vite.config.ts'),
    root: path.join(root, 'tests/support/decode-page'),
    logLevel: 'error',
    build: { outDir: built.path, emptyOutDir: true },
  });
  const results = new Map<number, Uint8Array>();
  let bytesOf: (id: number) => Uint8Array = () => new Uint8Array();
  let contentTypeOf: (id: number) => string = () => 'application/octet-stream';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    const id = Number(pathname.split('/')[2]);
    if (pathname.startsWith('/frame/')) {
      const bytes = bytesOf(id);
      response.writeHead(200, { 'Content-Type': contentTypeOf(id), 'Content-Length': bytes.length });
      response.end(bytes);
    } else if (pathname.startsWith('/result/')) {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        results.set(id, Buffer.concat(chunks));
        response.end();
      });
    } else {
      const file = path.join(built.path, pathname === '/' ? 'index.html' : pathname);
      if (!existsSync(file) || !statSync(file).isFile()) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, {
        'Content-Type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': policy,
      });
      response.end(readFileSync(file));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('typeof decodeAll === "function"');
  return {
    page,
    decode: async (orders, read, { contentTypeOf: typeOf, decoder } = {}) => {
      bytesOf = read;
      contentTypeOf = typeOf ?? (() => 'application/octet-stream');
      results.clear();
      const withUrls = orders.map((order) => ({ ...order, url: `/frame/${order.id}` }));
      const reports = await page.evaluate(([all, options]) => globalThis.decodeAll(all, options), [
        withUrls,
        decoder,
      ] as [DecodeOrder[], FrameDecoderOptions | undefined]);
      return { reports, pixelsOf: (id) => results.get(id) };
    },
    close: async () => {
      await browser.close();
      server.close();
      built.remove();
    },
  };
}
