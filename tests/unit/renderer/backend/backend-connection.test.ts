import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { BackendConnection } from '#renderer/backend/backend-connection.ts';
import { event, method } from '#shared/rpc/contract.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import type { MemoryPort } from '#shared/rpc/memory-port.ts';
import { RpcServer } from '#shared/rpc/serve.ts';

const echo = {
  say: method(z.strictObject({ text: z.string() }), z.string()),
  wait: method(z.strictObject({}), z.null()),
  said: event(z.strictObject({ text: z.string() })),
} as const;
const contracts = { echo } as const;

/** A backend whose connections can be cut and refused. */
function aBackend(served: typeof contracts = contracts) {
  const server = new RpcServer<typeof contracts, null>({
    contracts: served,
    services: { echo: { say: ({ text }) => text, wait: () => new Promise(() => undefined) } },
    reportInternalError: () => 'reference',
  });
  const open: MemoryPort[] = [];
  let isDown = false;
  return {
    server,
    openPort: () => {
      if (isDown) return Promise.reject(new Error('down'));
      const [ours, theirs] = createMemoryPortPair();
      open.push(theirs);
      server.attach(theirs, null);
      return Promise.resolve(ours);
    },
    goDown: () => {
      isDown = true;
      for (const port of open.splice(0)) port.close();
    },
    comeBack: () => (isDown = false),
    get openCount() {
      return open.length;
    },
  };
}

test('calls made before the connection is there wait for it', async () => {
  const connection = new BackendConnection(contracts, aBackend().openPort);
  expect(connection.state.kind).toBe('connecting');
  expect(await connection.client.echo.say({ text: 'a' })).toBe('a');
  expect(connection.state.kind).toBe('connected');
});

test('a lost connection fails what was waiting, comes back by itself and renews subscriptions', async () => {
  const backend = aBackend();
  const connection = new BackendConnection(contracts, backend.openPort);
  const heard: string[] = [];
  connection.client.echo.on('said', ({ text }) => heard.push(text));
  await connection.client.echo.say({ text: 'a' });
  const waiting = connection.client.echo.wait({});
  backend.goDown();
  await expect(waiting).rejects.toMatchObject({ code: 'disconnected' });
  expect(connection.state.kind).toBe('lost');
  await expect(connection.client.echo.say({ text: 'b' })).rejects.toMatchObject({ code: 'disconnected' });
  backend.comeBack();
  connection.retryNow();
  await vi.waitFor(() => expect(connection.state.kind).toBe('connected'));
  expect(await connection.client.echo.say({ text: 'c' })).toBe('c');
  backend.server.announce('echo', 'said', { text: 'again' });
  await vi.waitFor(() => expect(heard).toEqual(['again']));
  expect(backend.openCount).toBe(1);
});

test('a listener that has stopped stays silent after the connection came back', async () => {
  const backend = aBackend();
  const connection = new BackendConnection(contracts, backend.openPort);
  const heard: string[] = [];
  const stop = connection.client.echo.on('said', ({ text }) => heard.push(text));
  await connection.client.echo.say({ text: 'a' });
  stop();
  backend.goDown();
  backend.comeBack();
  connection.retryNow();
  await vi.waitFor(() => expect(connection.state.kind).toBe('connected'));
  backend.server.announce('echo', 'said', { text: 'again' });
  await connection.client.echo.say({ text: 'b' });
  expect(heard).toEqual([]);
});

test('a backend from another build is not tried again', async () => {
  const other = { echo: { ...echo, say: method(z.strictObject({ text: z.number() }), z.string()) } };
  const backend = aBackend(other as unknown as typeof contracts);
  const connection = new BackendConnection(contracts, backend.openPort);
  await vi.waitFor(() => expect(connection.state.kind).toBe('other-build'));
  await expect(connection.client.echo.say({ text: 'a' })).rejects.toMatchObject({ code: 'disconnected' });
  expect(backend.openCount).toBe(1);
});
