import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOpener, createSealer, deriveStreamKeys, sealedStreams, streamOf } from '#shared/link/seal.ts';
import type { Opened, SealedStream } from '#shared/link/seal.ts';

const key = new Uint8Array(32).fill(7);
const motion = { key, stream: 'motion', epoch: 3 } as const;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (opened: Opened) =>
  opened.isOpened ? new TextDecoder().decode(opened.bytes) : opened.refused;

test('what was sealed is opened, in the order of the calls', async () => {
  const sealer = createSealer(motion);
  const opener = createOpener({ ...motion, order: 'strict' });
  const sealed = await Promise.all(['one', 'two', 'three'].map((text) => sealer.seal(bytesOf(text))));
  const opened = await Promise.all(sealed.map((bytes) => opener.open(bytes)));
  expect(opened.map(textOf)).toEqual(['one', 'two', 'three']);
  expect(streamOf(sealed[0] ?? new Uint8Array())).toBe('motion');
});

test('another stream, epoch or key is refused and counted', async () => {
  const opener = createOpener({ ...motion, order: 'window' });
  const foreign = [
    createSealer({ ...motion, stream: 'request' }),
    createSealer({ ...motion, epoch: 2 }),
    createSealer({ ...motion, key: new Uint8Array(32).fill(8) }),
  ];
  const answers: string[] = [];
  for (const sealer of foreign) answers.push(textOf(await opener.open(await sealer.seal(bytesOf('move')))));
  expect(answers).toEqual(['wrong-stream', 'wrong-epoch', 'tampered']);
  expect(opener.refusals).toEqual({
    malformed: 0,
    'wrong-stream': 1,
    'wrong-epoch': 1,
    replayed: 0,
    tampered: 1,
  });
});

test('what was opened once is never opened again', async () => {
  const sealer = createSealer(motion);
  const sealed = await sealer.seal(bytesOf('move'));
  for (const order of ['strict', 'window'] as const) {
    const opener = createOpener({ ...motion, order });
    expect(textOf(await opener.open(sealed))).toBe('move');
    expect(textOf(await opener.open(sealed))).toBe('replayed');
  }
});

test('an ordered stream never goes back, an unordered one may arrive late once', async () => {
  const sealer = createSealer(motion);
  const first = await sealer.seal(bytesOf('first'));
  const second = await sealer.seal(bytesOf('second'));
  const strict = createOpener({ ...motion, order: 'strict' });
  const loose = createOpener({ ...motion, order: 'window' });
  const strictly: string[] = [];
  const loosely: string[] = [];
  for (const sealed of [second, first, first]) {
    strictly.push(textOf(await strict.open(sealed)));
    loosely.push(textOf(await loose.open(sealed)));
  }
  expect(strictly).toEqual(['second', 'replayed', 'replayed']);
  expect(loosely).toEqual(['second', 'first', 'replayed']);
});

test('what is later than the window is refused', async () => {
  const sealer = createSealer(motion);
  const opener = createOpener({ ...motion, order: 'window' });
  const late = await sealer.seal(bytesOf('late'));
  for (let count = 0; count < 1024; count++) await opener.open(await sealer.seal(bytesOf('x')));
  expect(textOf(await opener.open(late))).toBe('replayed');
});

test('a forged counter does not lock the true sender out', async () => {
  const sealer = createSealer(motion);
  const opener = createOpener({ ...motion, order: 'strict' });
  const forged = await sealer.seal(bytesOf('move'));
  new DataView(forged.buffer).setBigUint64(9, 1_000_000n);
  expect(textOf(await opener.open(forged))).toBe('tampered');
  expect(textOf(await opener.open(await sealer.seal(bytesOf('move'))))).toBe('move');
});

test('a sealer that starts again is followed, and the one before it never again', async () => {
  for (const order of ['strict', 'window'] as const) {
    const opener = createOpener({ ...motion, order });
    const [before, after] = [createSealer(motion), createSealer(motion)];
    const old = [await before.seal(bytesOf('one')), await before.seal(bytesOf('two'))];
    const [first = new Uint8Array(), second = new Uint8Array()] = old;
    expect(textOf(await opener.open(first))).toBe('one');
    expect(textOf(await opener.open(await after.seal(bytesOf('again'))))).toBe('again');
    expect(textOf(await opener.open(second))).toBe('replayed');
    expect(textOf(await opener.open(first))).toBe('replayed');
    expect(textOf(await opener.open(await after.seal(bytesOf('on'))))).toBe('on');
  }
});

test('no changed bit passes, and no bytes make it throw', async () => {
  const sealed = await createSealer(motion).seal(bytesOf('a command of some length'));
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = sealed.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const opener = createOpener({ ...motion, order: 'window' });
    expect((await opener.open(changed)).isOpened).toBe(false);
  }
  const opener = createOpener({ ...motion, order: 'window' });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect((await opener.open(bytes)).isOpened).toBe(false);
    }),
  );
});

test('every stream, epoch and session has a key of its own', async () => {
  const secret = new Uint8Array(32).fill(1);
  const sessions = ['5b1f5a0e-3d0c-4a5e-9a3e-000000000001', '5b1f5a0e-3d0c-4a5e-9a3e-000000000002'];
  const seen = new Set<string>();
  for (const session of sessions) {
    for (const epoch of [0, 1]) {
      const keys = await deriveStreamKeys(secret, session, epoch);
      for (const stream of sealedStreams satisfies readonly SealedStream[]) seen.add(keys[stream].join());
    }
  }
  expect(seen.size).toBe(2 * 2 * sealedStreams.length);
});
