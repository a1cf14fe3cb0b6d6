import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { event, method } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { RpcServer } from '#shared/rpc/serve.ts';
import { MAXIMUM_FRAME_LENGTH } from '#shared/rpc/text-port.ts';
import { carriers } from './ports.ts';
import type { Carrier, Connection } from './ports.ts';

const contracts = {
  ward: {
    echo: method(z.strictObject({ text: z.string().max(10) }), z.strictObject({ text: z.string() })),
    lie: method(z.null(), z.strictObject({ beds: z.number() })),
    break: method(z.null(), z.null()),
    refuse: method(z.null(), z.null()),
    recite: method(z.strictObject({ length: z.number() }), z.string()),
    wait: method(z.null(), z.null()),
    waitAsNodeDoes: method(z.null(), z.null()),
    whoAmI: method(z.null(), z.string()),
    bedFreed: event(z.strictObject({ bed: z.number() })),
  },
} as const;

describe.each(Object.entries(carriers))('calls %s', (_name, createCarrier) => {
  let server: RpcServer<typeof contracts, string>;
  let carrier: Carrier;
  let connection: Connection;
  let reported: unknown[];
  let abortedWith: unknown;
  let clients = 0;

  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        abortedWith = signal.reason;
        reject(signal.reason as Error);
      });
    });

  beforeEach(async () => {
    reported = [];
    abortedWith = undefined;
    clients = 0;
    server = new RpcServer<typeof contracts, string>({
      contracts,
      services: {
        ward: {
          echo: ({ text }) => ({ text }),
          lie: () => ({ beds: 'many' }) as unknown as { beds: number },
          break: () => {
            throw new Error('a secret of the ward');
          },
          refuse: () => {
            throw new RpcError('conflict', 'the bed is taken');
          },
          recite: ({ length }) => 'x'.repeat(length),
          wait: (_input, { signal }) => untilAborted(signal),
          waitAsNodeDoes: async (_input, { signal }) => {
            await untilAborted(signal).catch(() => {
              throw new DOMException('This operation was aborted', 'AbortError');
            });
            return null;
          },
          whoAmI: (_input, { caller }) => caller,
        },
      },
      reportInternalError: (_call, error) => {
        reported.push(error);
        return 'reference-1';
      },
    });
    carrier = await createCarrier((port) => server.attach(port, `client ${++clients}`));
    connection = await carrier.connect();
  });

  afterEach(async () => {
    connection.drop();
    await carrier.dispose();
  });

  const connect = () => new RpcConnection(contracts, connection.port);
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => expect.fail('the call succeeded'),
      (error: RpcError) => error,
    );

  test('an answer comes back', async () => {
    expect(await connect().client.ward.echo({ text: 'hello' })).toEqual({ text: 'hello' });
  });

  test('bad input is refused before the service sees it', async () => {
    const { client } = connect();
    expect(await failure(client.ward.echo({ text: 'much too long' }))).toMatchObject({
      code: 'invalid-input',
    });
    const unknownKey = { text: 'a', bed: 1 } as { text: string };
    expect(await failure(client.ward.echo(unknownKey))).toMatchObject({ code: 'invalid-input' });
    expect(await failure(client.ward.echo(undefined as never))).toMatchObject({ code: 'invalid-input' });
    expect(reported).toEqual([]);
  });

  test('bad output never leaves', async () => {
    const error = await failure(connect().client.ward.lie(null));
    expect(error).toMatchObject({ code: 'internal', reference: 'reference-1' });
    expect(error.message).not.toContain('many');
    expect(reported).toHaveLength(1);
  });

  test('an unexpected failure crosses as a reference, an expected one as itself', async () => {
    const { client } = connect();
    const error = await failure(client.ward.break(null));
    expect(error).toMatchObject({ code: 'internal', reference: 'reference-1' });
    expect(error.message).not.toContain('secret');
    expect(await failure(client.ward.refuse(null))).toMatchObject({
      code: 'conflict',
      message: 'the bed is taken',
    });
  });

  test.each(['ward.nothing', 'nothing.echo', 'ward.bedFreed', 'ward', '', 'ward.', '.echo', '$nothing'])(
    'the unknown name "%s" is not found',
    async (name) => {
      expect(await failure(rawCall(connection, { name, input: null }))).toMatchObject({ code: 'not-found' });
    },
  );

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'what every object inherits (%s) is no service and no method',
    async (name) => {
      for (const call of [`ward.${name}`, `${name}.${name}`, `${name}.call`]) {
        expect(await failure(rawCall(connection, { name: call, input: null }))).toMatchObject({
          code: 'not-found',
        });
      }
    },
  );

  test('a cancelled call ends and its service is told', async () => {
    const { client } = connect();
    for (const call of [client.ward.wait, client.ward.waitAsNodeDoes]) {
      const controller = new AbortController();
      const waiting = failure(call(null, { signal: controller.signal }));
      await client.ward.echo({ text: 'between' });
      controller.abort();
      expect(await waiting).toMatchObject({ code: 'cancelled' });
      expect(abortedWith).toMatchObject({ code: 'cancelled' });
    }
    expect(await failure(client.ward.wait(null, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'cancelled',
    });
    expect(reported).toEqual([]);
  });

  test('events reach those who subscribed, while they are', async () => {
    const { client } = connect();
    const heard: number[] = [];
    server.announce('ward', 'bedFreed', { bed: 1 });
    const stop = client.ward.on('bedFreed', ({ bed }) => heard.push(bed));
    await client.ward.echo({ text: 'subscribed' });
    server.announce('ward', 'bedFreed', { bed: 2 });
    await client.ward.echo({ text: 'heard' });
    stop();
    await client.ward.echo({ text: 'stopped' });
    server.announce('ward', 'bedFreed', { bed: 3 });
    await client.ward.echo({ text: 'silence' });
    expect(heard).toEqual([2]);
    expect(() => server.announce('ward', 'bedFreed', { bed: 'four' as unknown as number })).toThrow();
  });

  test('nobody subscribes to what is no event', async () => {
    for (const name of ['ward.echo', 'ward.__proto__', 'constructor.name', '', null]) {
      expect(await failure(rawCall(connection, { name: '$subscribe', input: name }))).toMatchObject({
        code: 'not-found',
      });
    }
  });

  test('when the connection is lost, waiting calls fail and running ones are aborted', async () => {
    const { client } = connect();
    const waiting = failure(client.ward.wait(null));
    await client.ward.echo({ text: 'sent' });
    connection.drop();
    expect(await waiting).toMatchObject({ code: 'disconnected' });
    await expect.poll(() => abortedWith).toMatchObject({ code: 'disconnected' });
    expect(await failure(client.ward.echo({ text: 'late' }))).toMatchObject({ code: 'disconnected' });
    server.announce('ward', 'bedFreed', { bed: 1 });
  });

  test('two clients have their own calls, callers and subscriptions', async () => {
    const first = connect().client;
    const other = await carrier.connect();
    const second = new RpcConnection(contracts, other.port).client;
    expect(await first.ward.whoAmI(null)).toBe('client 1');
    expect(await second.ward.whoAmI(null)).toBe('client 2');
    const heard: string[] = [];
    first.ward.on('bedFreed', () => heard.push('first'));
    await first.ward.echo({ text: 'a' });
    server.announce('ward', 'bedFreed', { bed: 1 });
    await second.ward.echo({ text: 'b' });
    await first.ward.echo({ text: 'c' });
    expect(heard).toEqual(['first']);
    other.drop();
    expect(await first.ward.echo({ text: 'alive' })).toEqual({ text: 'alive' });
  });

  test('a frame that is too long fails its own call and nothing else', async () => {
    const { client } = connect();
    const tooLong = { text: 'x'.repeat(MAXIMUM_FRAME_LENGTH) };
    expect(await failure(client.ward.echo(tooLong))).toMatchObject({ code: 'invalid-input' });
    expect(await failure(client.ward.recite({ length: MAXIMUM_FRAME_LENGTH }))).toMatchObject({
      code: 'internal',
      reference: 'reference-1',
    });
    expect(await client.ward.echo({ text: 'alive' })).toEqual({ text: 'alive' });
  });

  test('a peer that sends a frame that is too long is cut off', async () => {
    const waiting = failure(connect().client.ward.wait(null));
    connection.sendRaw(`"${'x'.repeat(4 * MAXIMUM_FRAME_LENGTH)}"`);
    expect(await waiting).toMatchObject({ code: 'disconnected' });
  });

  test('a peer that sends no JSON is cut off', async () => {
    const waiting = failure(connect().client.ward.wait(null));
    connection.sendRaw('not JSON');
    expect(await waiting).toMatchObject({ code: 'disconnected' });
  });

  test('JSON that is no frame is passed over; something like a call is answered', async () => {
    const { client } = connect();
    for (const raw of ['{}', '[]', '1', 'null', '{"type":"call","id":-1}', '{"type":"cancel","id":999}']) {
      connection.sendRaw(raw);
    }
    expect(await client.ward.echo({ text: 'alive' })).toEqual({ text: 'alive' });
    expect(await failure(rawCall(connection, { name: 7, input: null }))).toMatchObject({
      code: 'invalid-input',
    });
  });

  test('a number that is still in use is refused', async () => {
    void failure(rawCall(connection, { name: 'ward.wait', input: null }));
    expect(await failure(rawCall(connection, { name: 'ward.wait', input: null }))).toMatchObject({
      code: 'invalid-input',
    });
  });

  test('too many calls at once are refused, not queued', async () => {
    const { client } = connect();
    const waiting = Array.from({ length: 1000 }, () => failure(client.ward.wait(null)));
    expect(await failure(client.ward.echo({ text: 'more' }))).toMatchObject({ code: 'unavailable' });
    connection.drop();
    for (const error of await Promise.all(waiting)) expect(error.code).toBe('disconnected');
  });

  test('a page from another build is told', async () => {
    await connect().checkFingerprint();
    const others = {
      ward: { ...contracts.ward, echo: method(z.strictObject({ text: z.number() }), z.null()) },
    };
    const stale = new RpcConnection(others, (await carrier.connect()).port);
    expect(await failure(stale.checkFingerprint())).toMatchObject({ code: 'conflict' });
  });

  test('a listener that throws keeps nobody else from hearing', async () => {
    const { client } = connect();
    const heard: number[] = [];
    // The test runner's own handlers would call this a failure.
    const handlers = process.rawListeners('uncaughtException') as NodeJS.UncaughtExceptionListener[];
    process.removeAllListeners('uncaughtException');
    const thrown = new Promise<unknown>((resolve) => process.once('uncaughtException', resolve));
    client.ward.on('bedFreed', () => {
      throw new Error('thrown by a listener');
    });
    client.ward.on('bedFreed', ({ bed }) => heard.push(bed));
    await client.ward.echo({ text: 'a' });
    server.announce('ward', 'bedFreed', { bed: 5 });
    expect(await thrown).toMatchObject({ message: 'thrown by a listener' });
    for (const handler of handlers) process.on('uncaughtException', handler);
    expect(heard).toEqual([5]);
  });
});

/** A call that the typed client would not let one make. */
function rawCall({ port, sendRaw }: Connection, call: { name: unknown; input: unknown }): Promise<unknown> {
  const id = 100_000;
  return new Promise((resolve, reject) => {
    port.onFrame((raw) => {
      const frame = raw as {
        type: string;
        id: number;
        output: unknown;
        error: { code: RpcError['code']; message: string };
      };
      if (frame.id !== id) return;
      if (frame.type === 'result') resolve(frame.output);
      else reject(new RpcError(frame.error.code, frame.error.message));
    });
    sendRaw(JSON.stringify({ type: 'call', id, ...call }));
  });
}
