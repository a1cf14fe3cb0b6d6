import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BulkPage } from '../../electron/launch/bulk-page.ts';
import { processesNaming } from '#tests/support/stray-processes.ts';
import { root, temporaryDirectory } from '#tests/support/workstation.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let opened: number;
let address: string;
const server = createServer((request, response) => {
  if (request.url === '/page') opened++;
  response.setHeader('Content-Type', 'text/html');
  response.end('<!doctype html><title>page</title>');
});

beforeEach(async () => {
  directory = temporaryDirectory();
  opened = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  directory.remove();
});

const browsers = () => processesNaming(`--user-data-dir=${path.join(directory.path, 'carrier')}`);

test('the page without a face is there while it is wanted, once, and again if it dies', async () => {
  const page = new BulkPage({ dataDir: directory.path, newAddress: async () => address });
  page.set(true);
  page.set(true);
  await expect.poll(() => opened).toBe(1);
  const [main] = browsers();
  expect(main?.command).toContain('--headless=new');
  process.kill(main?.pid ?? 0, 'SIGKILL');
  await expect.poll(() => opened).toBe(2);
  page.set(false);
  await expect.poll(browsers).toEqual([]);
  page.set(true);
  await expect.poll(() => opened).toBe(3);
  await page.close();
  await expect.poll(browsers).toEqual([]);
});

test('whatever happens to the launcher, no browser stays behind', async () => {
  const script = `
    import { BulkPage } from '${path.join(root, 'electron/launch/bulk-page.ts')}';
    new BulkPage({ dataDir: '${directory.path}', newAddress: async () => '${address}' }).set(true);
    setInterval(() => {}, 1000);`;
  const launcher = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    stdio: 'ignore',
    cwd: root,
  });
  await expect.poll(() => opened).toBe(1);
  launcher.kill('SIGKILL');
  await expect.poll(browsers).toEqual([]);
});
