import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import type { Port } from '#shared/rpc/frames.ts';
import type { Log } from '#backend/log.ts';
import { Access, isFromHere } from './access.ts';
import { answerWith } from './fetch-handler.ts';
import type { FetchHandler } from './fetch-handler.ts';
import { createWebSocketPort } from './web-socket-port.ts';

export interface LoopbackServerOptions {
  readonly port: number;
  /** Folder of the built page. */
  readonly pageDir: string;
  readonly dicomweb: FetchHandler;
  readonly onConnection: (port: Port) => void;
  readonly log: Log;
}

const MAXIMUM_FRAME_BYTES = 16 * 1024 * 1024;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
    "img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** Serves page, calls and bytes to one workstation's own window, on 127.0.0.1 only. */
export class LoopbackServer {
  readonly access = new Access();
  readonly #options: LoopbackServerOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAXIMUM_FRAME_BYTES,
    perMessageDeflate: false,
  });

  constructor(options: LoopbackServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.destroy();
        if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
          options.log.error({ err: error }, 'request failed');
        }
      });
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (!this.#isAllowed(request) || request.url !== '/rpc') {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        options.onConnection(createWebSocketPort(webSocket));
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, '127.0.0.1', resolve);
    });
    return this.port;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #isAllowed(request: IncomingMessage): boolean {
    return isFromHere(request, this.port) && this.access.isAllowed(request);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isFromHere(request, this.port)) {
      response.writeHead(403).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://loopback');
    if (url.pathname === '/start') {
      const isRedeemed = this.access.redeemStartCode(url.searchParams.get('code') ?? '');
      if (isRedeemed || this.access.isAllowed(request)) {
        response.writeHead(303, {
          Location: `/?lang=${url.searchParams.get('lang') ?? ''}`,
          'Set-Cookie': this.access.cookieHeader,
        });
        response.end();
        return;
      }
    }
    if (!this.access.isAllowed(request)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer', 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(
        'このアドレスは使えません。もう一度 Enkaku を起動してください。\nPlease start Enkaku again.\n',
      );
      return;
    }
    if (url.pathname.startsWith('/dicomweb/')) {
      await answerWith(this.#options.dicomweb, request, response);
      return;
    }
    await this.#answerWithPage(url.pathname, request, response);
  }

  async #answerWithPage(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pageDir } = this.#options;
    const file = path.join(
      pageDir,
      path.normalize(pathname === '/' ? 'index.html' : decodeURIComponent(pathname)),
    );
    const info = file.startsWith(pageDir + path.sep) ? await stat(file).catch(() => undefined) : undefined;
    if (!info?.isFile() || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      ...pageHeaders,
      // Built files carry a hash of their content in their name.
      ...(pathname.startsWith('/assets/') && { 'Cache-Control': 'private, max-age=31536000, immutable' }),
      'Content-Type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
      'Content-Length': info.size,
    });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file), response);
  }
}
