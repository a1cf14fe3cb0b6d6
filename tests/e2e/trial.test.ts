import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { backendContracts } from '#shared/contract/index.ts';
import { connectToEndpoint } from '#backend/transport/local-client.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
let workstation: Workstation;

beforeAll(async () => {
  workstation = await startWorkstation(folder.path);
});

afterAll(async () => {
  await workstation.stop();
  folder.remove();
});

async function ask(dataDir: string) {
  const endpoint = readEndpoint(dataDir);
  if (!endpoint) throw new Error(`nobody serves ${dataDir}`);
  const port = await connectToEndpoint(endpoint);
  return { client: new RpcConnection(backendContracts, port).client, close: () => port.close() };
}

test('one person tries both ends: a second workstation in processes and a folder of its own, with the simulated microscope', async () => {
  const { client, close } = await ask(workstation.dataDir);
  const { isShown, url } = await client.workstation.tryMicroscope({});
  expect(isShown).toBe(false);
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);

  const trialDir = path.join(workstation.dataDir, 'trial-hospital');
  expect(readEndpoint(trialDir)?.pid).not.toBe(readEndpoint(workstation.dataDir)?.pid);
  const trial = await ask(trialDir);
  const { configuration } = await trial.client.microscope.getState({});
  expect(configuration?.controller.driver).toBe('simulated');
  expect((await client.microscope.getState({})).configuration).toBeNull();

  // Asked again, the same one is shown again.
  const again = await client.workstation.tryMicroscope({});
  expect(new URL(again.url).origin).toBe(new URL(url).origin);
  trial.close();
  close();
});

test('the second workstation ends with the first', async () => {
  const trialDir = path.join(workstation.dataDir, 'trial-hospital');
  expect(await workstation.stop()).toBe(0);
  expect(existsSync(path.join(trialDir, 'endpoint.json'))).toBe(false);
});
