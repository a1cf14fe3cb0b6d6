// A specimen of the simulated microscope is exchanged like a slide: between two labels, whoever asks.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backendContracts } from '#shared/contract/index.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { RpcError } from '#shared/rpc/frames.ts';
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

test('while a labelled slide lies on the stage no other specimen is put under it', async () => {
  const { client, close } = await connect();
  let label: string | null | undefined;
  client.microscope.on('telemetry', ({ slide, isSlideChanging }) => {
    label = isSlideChanging ? null : (slide?.label ?? null);
  });
  const first = { path: '/slides/first', micrometresPerPixel: 0.5 };
  const other = { path: '/slides/other', micrometresPerPixel: 0.5 };
  const put = (simulatedSpecimen: typeof first | null) => client.settings.change({ simulatedSpecimen });
  const chosen = async () => (await client.settings.get({})).simulatedSpecimen;

  await client.microscope.configure({ configuration: simulatedMicroscope });
  await expect.poll(() => label, { timeout: 20_000 }).toBeNull();
  await put(first);
  const slide = { kind: 'propose-slide', slideId: randomUUID(), label: 'S-1' } as const;
  expect(await client.microscope.request(slide)).toMatchObject({ refused: null });
  await expect.poll(() => label, { timeout: 20_000 }).toBe('S-1');

  for (const wanted of [other, null]) {
    const refusal: unknown = await put(wanted).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RpcError);
    expect(refusal).toMatchObject({ code: 'conflict', problem: 'slide-on-stage' });
    expect(await chosen()).toEqual(first);
  }
  // What changes nothing, and every other setting, is free.
  await put(first);

  expect(await client.microscope.request({ kind: 'begin-slide-change' })).toMatchObject({ refused: null });
  await expect.poll(() => label, { timeout: 20_000 }).toBeNull();
  await put(other);
  expect(await chosen()).toEqual(other);
  close();
});
