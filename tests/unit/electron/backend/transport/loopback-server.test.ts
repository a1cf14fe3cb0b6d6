import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { LoopbackServer, limits } from '#backend/transport/loopback-server.ts';
import { MANIFEST_FILE, openPage } from '#page/page-files.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
const pageDir = path.join(folder.path, 'page');
let server: LoopbackServer;
let token: string;
let host: string;

beforeAll(async () => {
  mkdirSync(path.join(pageDir, 'assets'), { recursive: true });
  writeFileSync(path.join(folder.path, 'secret.txt'), 'SECRET');
  symlinkSync(path.join(folder.path, 'secret.txt'), path.join(pageDir, 'link.txt'));
  const files = { 'index.html': '<title>page</title>', 'assets/a-1.js': '1', 'assets/codec-2.wasm': 'w' };
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(pageDir, file), text);
  writeFileSync(path.join(pageDir, MANIFEST_FILE), JSON.stringify({ stamp: '', files: Object.keys(files) }));
  server = new LoopbackServer({
    port: 0,
    findPageFile: openPage(pageDir),
    bytes: async (request) => new Response(`${request.method} ${new URL(request.url).pathname}`),
    onConnection: () => {},
    log: pino({ level: 'silent' }),
  });
  host = `127.0.0.1:${await server.listen()}`;
  token = server.access.token;
});

afterAll(async () => {
  await server.close();
  folder.remove();
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Exactly this request target and these headers; `fetch` would tidy them up. */
function ask(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path: target, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    })
      .on('error', reject)
      .end();
  });
}

const bearer = () => ({ Authorization: `Bearer ${token}` });

/** What comes back for bytes that no HTTP client would send. */
function askRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

function upgrade(headers: Record<string, string>, target = '/rpc'): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${host}${target}`, { headers });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('error', reject);
  });
}

describe('who is let in', () => {
  test('nobody without the token: page, bytes and calls', async () => {
    for (const target of [
      '/',
      '/assets/a-1.js',
      '/dicomweb/studies',
      '/start',
      '/start?code=guess',
      '/nothing',
    ]) {
      expect((await ask(target)).status).toBe(401);
    }
    expect(await upgrade({})).toBe(401);
  });

  test('nobody with a wrong token, whatever its form', async () => {
    const wrong = [`${token}x`, token.slice(1), '', ' ', token.toUpperCase(), 'null', '%00'];
    for (const text of wrong) {
      expect((await ask('/', { Authorization: `Bearer ${text}` })).status).toBe(401);
      expect((await ask('/', { Cookie: `enkaku-${server.port}=${text}` })).status).toBe(401);
    }
    expect((await ask('/', { Authorization: `Basic ${token}` })).status).toBe(401);
    expect(await upgrade({ Authorization: 'Bearer x' })).toBe(401);
  });

  test('a wrong header is not saved by a good cookie', async () => {
    const Cookie = `enkaku-${server.port}=${token}`;
    expect((await ask('/', { Cookie })).status).toBe(200);
    expect((await ask('/', { Cookie, Authorization: 'Bearer x' })).status).toBe(401);
  });

  test('the token opens page, bytes and calls', async () => {
    expect(await ask('/', bearer())).toMatchObject({ status: 200, body: '<title>page</title>' });
    expect((await ask('/dicomweb/studies', bearer())).body).toBe('GET /dicomweb/studies');
    expect(await upgrade(bearer())).toBe(101);
    expect(await upgrade(bearer(), '/other')).toBe(404);
  });

  test('no foreign Host: a name that was rebound to this address', async () => {
    const names = ['evil.example', `evil.example:${server.port}`, '127.0.0.1', `0.0.0.0:${server.port}`];
    for (const name of names) {
      expect((await ask('/', { ...bearer(), Host: name })).status).toBe(403);
      expect(await upgrade({ ...bearer(), Host: name })).toBe(403);
    }
    const withoutHost = `GET / HTTP/1.1\r\nHost: \r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
    expect(await askRaw(withoutHost)).toMatch(/^HTTP\/1\.1 403 /);
    expect((await ask('/', { ...bearer(), Host: `localhost:${server.port}` })).status).toBe(200);
  });

  test('no foreign Origin, and no other site that hides it', async () => {
    const origins = [
      'https://evil.example',
      'null',
      `https://${host}`,
      'http://127.0.0.1:1',
      `http://${host}.evil.example`,
    ];
    for (const Origin of origins) {
      expect((await ask('/dicomweb/studies', { ...bearer(), Origin })).status).toBe(403);
      expect(await upgrade({ ...bearer(), Origin })).toBe(403);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await ask('/', { ...bearer(), 'Sec-Fetch-Site': site })).status).toBe(403);
    }
    expect(
      (await ask('/', { ...bearer(), Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' })).status,
    ).toBe(200);
  });

  test('only this machine: the server listens on 127.0.0.1', async () => {
    const other = Object.values(os.networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4');
    const addresses = ['127.0.0.2', ...(other ? [other.address] : [])];
    for (const address of addresses) {
      const outcome = await new Promise<string>((resolve) => {
        const socket = connect(server.port, address, () => resolve('connected'));
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
        socket.on('connect', () => socket.destroy());
      });
      expect(outcome).toBe('ECONNREFUSED');
    }
  });
});

describe('start links', () => {
  const cookieOf = (answer: Answer) => answer.headers['set-cookie']?.[0] ?? '';

  test('the one in the ready line works again and again', async () => {
    for (let profile = 0; profile < 3; profile++) {
      const answer = await ask(`/start?code=${server.access.lastingStartCode}&lang=en`);
      expect(answer).toMatchObject({
        status: 303,
        headers: { location: '/?lang=en', 'cache-control': 'no-store' },
      });
      expect(cookieOf(answer)).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
      const Cookie = cookieOf(answer).split(';')[0] ?? '';
      expect((await ask('/', { Cookie })).status).toBe(200);
    }
  });

  test('the one on a command line works once', async () => {
    const code = server.access.newStartCode();
    expect((await ask(`/start?code=${code}`)).status).toBe(303);
    expect((await ask(`/start?code=${code}`)).status).toBe(401);
  });

  test('a window that has its cookie may open its used link again', async () => {
    const code = server.access.newStartCode();
    const Cookie = cookieOf(await ask(`/start?code=${code}`)).split(';')[0] ?? '';
    expect((await ask(`/start?code=${code}`, { Cookie })).status).toBe(303);
  });

  test('codes do not pile up', async () => {
    const first = server.access.newStartCode();
    for (let index = 0; index < 100; index++) server.access.newStartCode();
    expect((await ask(`/start?code=${first}`)).status).toBe(401);
  });

  test('the language is one of ours or none, never a redirect elsewhere', async () => {
    for (const lang of ['//evil.example', 'ja%0d%0aX:y', 'fr', '']) {
      const answer = await ask(`/start?code=${server.access.lastingStartCode}&lang=${lang}`);
      expect(answer.headers['location']).toBe('/');
    }
  });

  test('nothing but a link: other methods get nothing', async () => {
    expect((await ask(`/start?code=${server.access.lastingStartCode}`, {}, 'POST')).status).toBe(401);
  });
});

describe('what is served', () => {
  test('files of the page with their type and what the page may do', async () => {
    const page = await ask('/', bearer());
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline|'unsafe-eval'|https?:|\*/);
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(page.headers['access-control-allow-origin']).toBeUndefined();
    expect((await ask('/assets/codec-2.wasm', bearer())).headers['content-type']).toBe('application/wasm');
    expect((await ask('/assets/a-1.js', bearer())).headers['cache-control']).toContain('immutable');
    expect(await ask('/', bearer(), 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test.each(
    [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..%5csecret.txt',
      '/assets/../../secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/....//secret.txt',
      '/%252e%252e%252fsecret.txt',
      '/..%c0%afsecret.txt',
      '/index.html%00.js',
      '/%00',
      '/link.txt',
      '/.',
      '/..',
      '//',
      '//secret.txt',
      '/index.html/',
      '/INDEX.HTML',
      '/assets',
      '/assets/',
      `/${MANIFEST_FILE}`,
      '/a;b',
      '/%',
      '/%zz',
      '/C:/secret.txt',
      '/file:///etc/passwd',
      '/\u00e9',
      `/${'a'.repeat(8000)}`,
    ].map((target) => [target.slice(0, 60), target]),
  )('%s names no file of the page', async (_shown, target) => {
    const answer = await askRaw(
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|404) /);
    expect(answer).not.toContain('SECRET');
  });

  test('request targets that are no paths are refused', async () => {
    for (const line of [
      `GET http://evil.example/ HTTP/1.1`,
      'OPTIONS * HTTP/1.1',
      'CONNECT evil.example:443 HTTP/1.1',
    ]) {
      const answer = await askRaw(
        `${line}\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    }
  });

  test('the page is read, never written', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      expect(await ask('/', bearer(), method)).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    }
  });

  test('bodies that are too large are refused before they are read', async () => {
    expect((await ask('/', { ...bearer(), 'Content-Length': '5' })).status).toBe(413);
    expect(
      (await ask('/dicomweb/studies', { ...bearer(), 'Content-Length': String(2 ** 40) }, 'POST')).status,
    ).toBe(413);
  });

  test('headers that are too large are refused', async () => {
    expect((await ask('/', { ...bearer(), 'X-Long': 'x'.repeat(limits.maximumHeaderBytes) })).status).toBe(
      431,
    );
  });
});

describe('clients that hold on', () => {
  test('one that sends its headers slowly is cut off', async () => {
    const answer = await askRaw(`GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('more than a browser needs are turned away, and the server goes on', async () => {
    const sockets = await Promise.all(
      Array.from({ length: limits.maximumConnections + 20 }, () => {
        const socket = connect(server.port, '127.0.0.1');
        return new Promise<{ socket: typeof socket; wasDropped: boolean }>((resolve) => {
          socket.on('error', () => {});
          socket.on('close', () => resolve({ socket, wasDropped: true }));
          setTimeout(() => resolve({ socket, wasDropped: false }), 1000);
        });
      }),
    );
    expect(sockets.filter(({ wasDropped }) => wasDropped).length).toBeGreaterThanOrEqual(20);
    for (const { socket } of sockets) socket.destroy();
    await expect
      .poll(() =>
        ask('/', bearer()).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });
});
