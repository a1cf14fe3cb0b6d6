import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { benchHand, pause, remoteHand, startDeviceHost } from '#tests/support/device-host.ts';
import { CommandSource, foreignKinds } from '#tests/support/stale/foreign-commands.ts';
import type { Known } from '#tests/support/stale/foreign-commands.ts';
import { createRandom } from '#tests/support/synthetic-archive.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const COMMANDS = 2000;

test('two thousand stale and foreign commands move the stage of the real process nowhere', async () => {
  const host = await startDeviceHost();
  const bench = benchHand(host);
  const remote = await remoteHand(host);
  cleanUps.push(() => {
    bench.end();
    remote.end();
    host.close();
  });
  const slide = { slideId: randomUUID(), label: 'K26-0001 A1' };
  await bench.request({ kind: 'propose-slide', ...slide });
  await remote.request({ kind: 'agree-slide', ...slide });
  await remote.request({ kind: 'request-lease' });
  await bench.request({ kind: 'grant-lease', to: 'remote' });
  await host.until(({ lease }) => lease.holder === 'remote');
  const facts = (): Known => {
    const { nonce, lease, deviceTimeMs } = host.newest();
    return { nonce, leaseEpoch: lease.epoch, deviceTimeMs };
  };
  const old = facts();
  remote.push({ x: 500 });
  await host.until(({ positionUm }) => positionUm.x > 100);
  await pause(2100);
  // From here on the test speaks for the true remote too: its sequence goes on far beyond.
  remote.end();
  await pause(400);
  const { positionUm } = host.newest();
  const source = new CommandSource({ keys: remote.keys, linkEpoch: 1, random: createRandom(5) });
  for (const { stream, bytes } of remote.sent) {
    if (stream === 'motion') source.remember(Buffer.from(bytes, 'base64'));
  }
  const send = (bytes: Uint8Array) =>
    host.own.client.receiveSealed({ stream: 'motion', bytes: Buffer.from(bytes).toString('base64') });
  const rest = async () => {
    const { leaseEpoch, sequence, nonce } = source.genuineIntent(facts());
    await send(await source.seal({ leaseEpoch, sequence, nonce, kind: 'rest' }));
  };
  for (let count = 0; count < 300; count++) await rest();

  const notExecuted = () => (host.newest().refused?.count ?? 0) + host.newest().overtaken;
  const before = notExecuted();
  for (let index = 0; index < COMMANDS; index++) {
    if (index % 50 === 0) await rest();
    const kind = foreignKinds[index % foreignKinds.length] ?? 'garbage';
    const bytes = await source.foreign(kind, facts(), old);
    if (!bytes) throw new Error(`nothing to send for ${kind}`);
    await send(bytes);
  }
  await pause(200);
  expect(host.newest().positionUm).toEqual(positionUm);
  expect(notExecuted()).toBeGreaterThanOrEqual(before + COMMANDS);
  expect(host.newest().lease.holder).toBe('remote');
  await rest();
  for (let count = 0; count < 20; count++) {
    await send(await source.genuine(facts()));
    await pause(40);
  }
  await host.until((telemetry) => telemetry.positionUm.x !== positionUm.x, 'motion by the true remote');
});
