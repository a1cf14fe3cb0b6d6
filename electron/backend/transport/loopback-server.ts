import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Port } from '#shared/rpc/frames.ts';
import { MAXIMUM_FRAME_LENGTH } from '#shared/rpc/text-port.ts';
import { BULK_PAGE, FACELESS_RPC } from '#shared/contract/launch.ts';
import type { Log } from '#backend/log.ts';
import type { FindPageFile } from '#page/page-files.ts';
import { Access, isFromHere } from './access.ts';
import { answerWith } from './fetch-handler.ts';
import type { FetchHandler } from './fetch-handler.ts';
import { createWebSocketPort } from './web-socket-port.ts';

export interface LoopbackServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly findPageFile: FindPageFile;
  /** Answers everything below `BYTES_PREFIXES`. */
  readonly bytes: FetchHandler;
  readonly onConnection: (port: Port) => void;
  /** Told whenever a window comes or goes. */
  readonly onPageCount?: (count: number) => void;
  readonly log: Log;
}

/** DICOMweb, files that a page sends to an import, and pictures of the microscope. */
const BYTES_PREFIXES = ['/dicomweb/', '/import/', '/microscope/', '/link/'];
/** What one request may bring: a whole study by STOW-RS, but not everything a disk can hold. */
const MAXIMUM_BODY_BYTES = 16 * 1024 ** 3;
/** The longest text of a frame, where every character takes three bytes. */
const MAXIMUM_MESSAGE_BYTES = 3 * MAXIMUM_FRAME_LENGTH;

/** A client that says nothing, or says it slowly, gives its place back. */
export const limits = {
  headersTimeoutMs: 10_000,
  idleTimeoutMs: 120_000,
  checkingIntervalMs: 2_000,
  maximumHeaderBytes: 16 * 1024,
  maximumConnections: 256,
} as const;

/** Serves page, calls and bytes to one workstation's own window, on 127.0.0.1 only. */
export class LoopbackServer {
  readonly access = new Access();
  readonly #options: LoopbackServerOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAXIMUM_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  #windows = 0;

  constructor(options: LoopbackServerOptions) {
    this.#options = options;
    this.#server = createServer(
      {
        headersTimeout: limits.headersTimeoutMs,
        // A body may take long (a study over STOW-RS), but not stand still: see `timeout`.
        requestTimeout: 0,
        connectionsCheckingInterval: limits.checkingIntervalMs,
        maxHeaderSize: limits.maximumHeaderBytes,
      },
      (request, response) => {
        void this.#answer(request, response).catch((error: unknown) => this.#fail(response, error));
      },
    );
    this.#server.timeout = limits.idleTimeoutMs;
    this.#server.maxConnections = limits.maximumConnections;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
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

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const status = this.#refusalOf(request) ?? (pathOf(request) === '/rpc' ? undefined : 404);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { onConnection, onPageCount } = this.#options;
      onConnection(createWebSocketPort(webSocket));
      if (request.url === FACELESS_RPC) return;
      this.#windows++;
      onPageCount?.(this.#windows);
      webSocket.on('close', () => onPageCount?.(--this.#windows));
    });
  }

  /** Status of the refusal, or undefined where the request may be answered. */
  #refusalOf(request: IncomingMessage): 400 | 401 | 403 | undefined {
    if (!isFromHere(request, this.port)) return 403;
    if (request.url?.startsWith('/') !== true || request.url.includes('\0')) return 400;
    return this.access.isAllowed(request, this.port) ? undefined : 401;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.#refusalOf(request);
    const pathname = pathOf(request);
    if ((refusal === undefined || refusal === 401) && pathname === '/start' && request.method === 'GET') {
      if (this.#answerStartLink(request, response, refusal === undefined)) return;
    }
    if (refusal === 401) return refuseWithoutToken(response);
    if (refusal !== undefined) return refuse(response, refusal);
    if (BYTES_PREFIXES.some((prefix) => pathname.startsWith(prefix))) {
      if (Number(request.headers['content-length'] ?? 0) > MAXIMUM_BODY_BYTES) return refuse(response, 413);
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
      await answerWith(this.#options.bytes, request, response);
      return undefined;
    }
    return await this.#answerWithPage(pathname, request, response);
  }

  /** True if the link, or the cookie it once gave, lets the browser in. */
  #answerStartLink(request: IncomingMessage, response: ServerResponse, hasCookie: boolean): boolean {
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
    const isRedeemed = this.access.redeemStartCode(query.get('code') ?? '');
    if (!isRedeemed && !hasCookie) return false;
    const language = query.get('lang');
    const page = query.get('page') === 'carrier' ? BULK_PAGE : '/';
    response.writeHead(303, {
      Location: language === 'ja' || language === 'en' ? `${page}?lang=${language}` : page,
      'Set-Cookie': this.access.cookieHeader(this.port),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    });
    response.end();
    return true;
  }

  async #answerWithPage(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405);
    }
    if (Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding']) {
      return refuse(response, 413);
    }
    const file = await this.#options.findPageFile(pathname);
    if (!file) return refuse(response, 404);
    response.writeHead(200, { ...file.headers, 'Content-Length': file.bytes.byteLength });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
    return undefined;
  }

  #fail(response: ServerResponse, error: unknown): void {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      this.#options.log.error({ err: error }, 'request failed');
    }
    if (response.headersSent) response.destroy();
    else refuse(response, 500);
  }
}

/** The path as it was sent, without its query; never decoded. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

/** Also gives up the connection: whatever else was on its way is not read. */
function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { Connection: 'close', 'Content-Length': 0, 'Cache-Control': 'no-store' }).end();
}

function refuseWithoutToken(response: ServerResponse): void {
  response.writeHead(401, {
    Connection: 'close',
    'Cache-Control': 'no-store',
    'Content-Type': 'text/plain; charset=utf-8',
    'WWW-Authenticate': 'Bearer',
  });
  response.end(
    'このアドレスは使えません。もう一度 Enkaku を起動してください。\nPlease start Enkaku again.\n',
  );
}
