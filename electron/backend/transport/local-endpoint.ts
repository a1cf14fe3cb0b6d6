import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Port } from '#shared/rpc/frames.ts';
import { MAXIMUM_FRAME_LENGTH } from '#shared/rpc/text-port.ts';
import type { Log } from '#backend/log.ts';
import { answerWith } from './fetch-handler.ts';
import type { FetchHandler } from './fetch-handler.ts';
import { createWebSocketPort } from './web-socket-port.ts';

export interface LocalEndpointOptions {
  readonly dataDir: string;
  readonly bytes: FetchHandler;
  readonly onConnection: (port: Port) => void;
  readonly log: Log;
}

/** What it takes to talk to the workstation that holds a data folder. */
export interface EndpointAddress {
  /** Unix socket or Windows named pipe, for the `socketPath` of `http.request`. */
  readonly socketPath: string;
  /** For `Authorization: Bearer`. */
  readonly token: string;
}

interface EndpointFile extends EndpointAddress {
  readonly pid: number;
}

/** Unix socket addresses hold 104 bytes on macOS, 108 on Linux, with the final zero. */
const MAXIMUM_SOCKET_PATH_BYTES = 103;
const ADDRESS_FILE = 'endpoint.json';

/**
 * The same bytes and calls as on loopback, for programs of the same user on this machine: the Electron
 * shell and the command-line tools. Whoever can read the address file may talk.
 */
export class LocalEndpoint {
  readonly #options: LocalEndpointOptions;
  readonly #token = randomBytes(32).toString('base64url');
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 3 * MAXIMUM_FRAME_LENGTH,
    perMessageDeflate: false,
  });
  #socketPath = '';

  constructor(options: LocalEndpointOptions) {
    this.#options = options;
    // A body may take as long as it needs: whoever holds the token is one of us.
    this.#server = createServer({ requestTimeout: 0 }, (request, response) => {
      void this.#answer(request, response).catch((error: unknown) => this.#fail(response, error));
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get address(): EndpointAddress {
    return { socketPath: this.#socketPath, token: this.#token };
  }

  /** Listens and writes the address file into the data folder, whose lock this process holds. */
  async listen(): Promise<void> {
    const { dataDir } = this.#options;
    forgetEndpoint(dataDir);
    this.#socketPath = newSocketPath(dataDir);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#socketPath, resolve);
    });
    if (process.platform !== 'win32') chmodSync(this.#socketPath, 0o600);
    const file = path.join(dataDir, ADDRESS_FILE);
    const content: EndpointFile = { ...this.address, pid: process.pid };
    rmSync(`${file}.new`, { force: true });
    writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
    renameSync(`${file}.new`, file);
  }

  /** Resolves when nobody is connected any more. */
  async idle(): Promise<void> {
    while (this.#sockets.clients.size > 0) {
      const [client] = this.#sockets.clients;
      await new Promise((resolve) => client?.once('close', resolve));
    }
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    forgetEndpoint(this.#options.dataDir);
  }

  #isAllowed({ headers: { authorization = '' } }: IncomingMessage): boolean {
    const given = Buffer.from(authorization);
    const expected = Buffer.from(`Bearer ${this.#token}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (!this.#isAllowed(request) || request.url !== '/rpc') {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#options.onConnection(createWebSocketPort(webSocket));
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isAllowed(request)) await answerWith(this.#options.bytes, request, response);
    else response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  }

  #fail(response: ServerResponse, error: unknown): void {
    if (!response.headersSent) response.writeHead(500);
    response.destroy();
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    this.#options.log.error({ err: error }, 'request on the local endpoint failed');
  }
}

/** The address that the holder of a data folder wrote there, if any; it may have died since. */
export function readEndpoint(dataDir: string): EndpointFile | undefined {
  try {
    const content = JSON.parse(readFileSync(path.join(dataDir, ADDRESS_FILE), 'utf8')) as EndpointFile;
    return typeof content.socketPath === 'string' && typeof content.token === 'string' ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Beside the data if the path is short enough for a socket, else in a temporary folder of our own. */
function newSocketPath(dataDir: string): string {
  // The random name keeps others from taking the pipe first.
  if (process.platform === 'win32') return `\\\\.\\pipe\\enkaku-${randomBytes(16).toString('hex')}`;
  const folder = path.join(path.resolve(dataDir), 'run');
  const socketPath = path.join(folder, 'endpoint');
  if (Buffer.byteLength(socketPath) <= MAXIMUM_SOCKET_PATH_BYTES) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    return socketPath;
  }
  return path.join(mkdtempSync(path.join(shortTemporaryFolder(), 'enkaku-')), 'endpoint');
}

function shortTemporaryFolder(): string {
  const folder = os.tmpdir();
  return Buffer.byteLength(folder) + '/enkaku-XXXXXX/endpoint'.length > MAXIMUM_SOCKET_PATH_BYTES
    ? '/tmp'
    : folder;
}

/** Removes what this or a killed holder left behind. */
function forgetEndpoint(dataDir: string): void {
  const stale = readEndpoint(dataDir);
  rmSync(path.join(dataDir, ADDRESS_FILE), { force: true });
  if (!stale || process.platform === 'win32') return;
  const folder = path.dirname(stale.socketPath);
  const isOurs =
    folder === path.join(path.resolve(dataDir), 'run') || /^enkaku-\w{6}$/.test(path.basename(folder));
  if (isOurs && path.basename(stale.socketPath) === 'endpoint')
    rmSync(folder, { recursive: true, force: true });
}
