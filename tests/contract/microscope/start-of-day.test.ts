import { afterAll, beforeAll, expect, test } from 'vitest';
import { backendContracts } from '#shared/contract/index.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
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

async function connect() {
  const endpoint = readEndpoint(workstation.dataDir);
  if (!endpoint) throw new Error('nobody serves');
  const port = await connectToEndpoint(endpoint);
  return { client: new RpcConnection(backendContracts, port).client, close: () => port.close() };
}

const means = { red: 230, green: 220, blue: 200 };

test('what was measured is kept with date and person, and counts after a restart', async () => {
  const { client, close } = await connect();
  await client.microscope.configure({ configuration: simulatedMicroscope });
  const white = await client.microscope.saveWhiteBalance({ cameraName: 'Cam A', means });
  expect(white.gains).toEqual({ red: 200 / 230, green: 200 / 220, blue: 1 });
  expect(white.measuredBy).not.toBe('');
  await client.microscope.saveWhiteBalance({ cameraName: 'Cam B', means });
  const focusLimitsUm = { minimum: -60, maximum: 55 };
  await client.microscope.saveFocusLimits({ objectiveId: 5, focusUm: 2, focusLimitsUm });
  close();
  await workstation.stop();
  workstation = await startWorkstation(folder.path);
  const again = await connect();
  const state = await again.client.microscope.getState({});
  expect(state.whiteBalances.map(({ cameraName }) => cameraName)).toEqual(['Cam A', 'Cam B']);
  expect(state.whiteBalances[0]).toEqual(white);
  expect(state.focusLimits).toMatchObject([{ objectiveId: 5, focusUm: 2, focusLimitsUm }]);
  expect(state.focusLimits[0]?.measuredAtMs).toBeGreaterThan(0);
  expect(state.configuration?.objectives.find(({ id }) => id === 5)?.focusLimitsUm).toEqual(focusLimitsUm);
  again.close();
});

test('limits that are wider than the present ones, or leave the focus outside, are refused', async () => {
  const { client, close } = await connect();
  const limits = async () =>
    (await client.microscope.getState({})).configuration?.objectives.find(({ id }) => id === 5)
      ?.focusLimitsUm;
  const before = await limits();
  const save = (focusUm: number, minimum: number, maximum: number) =>
    client.microscope.saveFocusLimits({ objectiveId: 5, focusUm, focusLimitsUm: { minimum, maximum } });
  await expect(save(2, -60, 70)).rejects.toMatchObject({ code: 'conflict' });
  await expect(save(2, -90, 50)).rejects.toMatchObject({ code: 'conflict' });
  await expect(save(52, -60, 50)).rejects.toMatchObject({ code: 'conflict' });
  expect(await limits()).toEqual(before);
  await save(2, -60, 50);
  expect(await limits()).toEqual({ minimum: -60, maximum: 50 });
  close();
});
