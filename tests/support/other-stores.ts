import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** DCMTK leaves Nagle's algorithm on otherwise, and everything runs at 20 instances per second. */
const env = { ...process.env, TCP_NODELAY: '1' };
const STORESCU = '/usr/bin/storescu';
const STORESCP = '/usr/bin/storescp';
const ORTHANC = '/usr/sbin/Orthanc';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await wait(100);
  }
  throw new Error(`nothing listens on ${port}`);
}

async function sendTo(port: number, source: string): Promise<number> {
  const startMs = performance.now();
  await run(STORESCU, ['-xe', '+sd', '127.0.0.1', String(port), source], { env, maxBuffer: 1e8 });
  return (performance.now() - startMs) / 1000;
}

async function withServer(
  command: string,
  args: readonly string[],
  port: number,
  work: () => Promise<number>,
): Promise<number> {
  const server = spawn(command, args, { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    await untilListening(port);
    return await work();
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

/** Seconds in which DCMTK's plainest server takes a folder in one association; undefined if it is not installed. */
export async function storeWithDcmtk(source: string, target: string): Promise<number | undefined> {
  if (!existsSync(STORESCP) || !existsSync(STORESCU)) return undefined;
  mkdirSync(target);
  const port = await freePort();
  return withServer(STORESCP, ['-od', target, String(port)], port, () => sendTo(port, source));
}

/** The same for Orthanc with its default of syncing each file. */
export async function storeInOrthanc(source: string, target: string): Promise<number | undefined> {
  if (!existsSync(ORTHANC) || !existsSync(STORESCU)) return undefined;
  mkdirSync(target);
  const port = await freePort();
  const configuration = path.join(target, 'orthanc.json');
  writeFileSync(
    configuration,
    JSON.stringify({
      StorageDirectory: path.join(target, 'storage'),
      IndexDirectory: path.join(target, 'storage'),
      DicomPort: port,
      DicomAlwaysAllowStore: true,
      DicomCheckCalledAet: false,
      HttpServerEnabled: false,
      Plugins: [],
    }),
  );
  return withServer(ORTHANC, [configuration], port, () => sendTo(port, source));
}
