import { expect, test } from 'vitest';
import { Steering } from '#renderer/features/microscope/steering/steering.ts';
import type { Commanded } from '#renderer/features/microscope/steering/steering.ts';
import { INTENT_INTERVAL_MS } from '#shared/motion/limits-of-time.ts';
import type { MotionIntent, Party, RefusalReason } from '#shared/motion/intent.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { telemetryAtRest } from './telemetry-at-rest.ts';

function steered(changes: Partial<Telemetry> = {}, party: Party = 'remote') {
  let nowMs = 0;
  let ids = 0;
  let telemetry: Telemetry = { ...telemetryAtRest, ...changes };
  const sent: MotionIntent[] = [];
  const refused: RefusalReason[] = [];
  const commanded: Commanded[] = [];
  const endedEarly: unknown[] = [];
  const steering = new Steering({
    send: (intent) => sent.push(intent),
    nowMs: () => nowMs,
    newId: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`,
    facts: () => ({
      telemetry,
      party,
      shownFrameDeviceTimeMs: 77,
      velocityOf: ({ x, y, z }) => ({ x: x * 100, y: y * 100, z: z * 10 }),
      maximumFocusSpeedUmPerS: 50,
      stageLimitsUm: { x: { minimum: -1000, maximum: 1000 }, y: { minimum: -1000, maximum: 1000 } },
    }),
    commanded: (what) => commanded.push(what),
    refused: (reason) => refused.push(reason),
    endedEarly: (um) => endedEarly.push(um),
  });
  const pass = (ms: number) => {
    for (const endMs = nowMs + ms; nowMs < endMs;) {
      nowMs += INTENT_INTERVAL_MS;
      steering.tick();
    }
  };
  const tell = (next: Partial<Telemetry>) => (telemetry = { ...telemetry, ...next });
  return { steering, sent, refused, commanded, endedEarly, pass, tell };
}

const kinds = (sent: readonly MotionIntent[]) => sent.map(({ kind }) => kind);

const lastOf = (sent: readonly MotionIntent[], by: Party = 'remote') => ({
  by,
  sequence: sent.at(-1)?.sequence ?? -1,
});

test('what is meant is said at once and every 40 ms, with lease, nonce and the frame that is looked at', () => {
  const { steering, sent, pass } = steered();
  steering.push('keys', { x: 1, y: 0, z: 0 });
  expect(sent).toHaveLength(1);
  pass(200);
  expect(sent).toHaveLength(6);
  expect(sent[0]).toMatchObject({
    kind: 'velocity',
    velocityUmPerS: { x: 100, y: 0, z: 0 },
    shownFrameDeviceTimeMs: 77,
    leaseEpoch: 4,
    nonce: 'n1',
  });
  const sequences = sent.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
});

test('letting go says zero three times, then that nothing is held', () => {
  const { steering, sent, pass } = steered();
  steering.push('keys', { x: 0, y: 1, z: 0 });
  sent.length = 0;
  steering.letGo();
  pass(400);
  expect(kinds(sent).slice(0, 4)).toEqual(['velocity', 'velocity', 'velocity', 'rest']);
  for (const intent of sent.slice(0, 3)) {
    expect(intent).toMatchObject({ velocityUmPerS: { x: 0, y: 0, z: 0 } });
  }
  expect(kinds(sent).slice(4)).not.toContain('velocity');
});

test('two hands are one push, and one hand that lets go leaves the other', () => {
  const { steering, sent, pass } = steered();
  steering.push('keys', { x: 1, y: 0, z: 0 });
  steering.push('stick', { x: 1, y: 0, z: 0 });
  pass(40);
  expect(sent.at(-1)).toMatchObject({ velocityUmPerS: { x: 100 } });
  steering.push('keys', null);
  pass(40);
  expect(sent.at(-1)).toMatchObject({ velocityUmPerS: { x: 100 } });
});

test('a target is repeated under one id until it is reached, and keeps within the stage', () => {
  const { steering, sent, pass, tell } = steered();
  steering.aim({ x: 5000, y: 20 });
  pass(80);
  const ids = new Set(sent.map((intent) => (intent.kind === 'target' ? intent.targetId : '')));
  expect(ids.size).toBe(1);
  expect(sent.at(-1)).toMatchObject({ kind: 'target', targetUm: { x: 1000, y: 20 } });
  tell({ positionUm: { x: 1000, y: 20, z: 0 } });
  pass(40);
  expect(sent.at(-1)?.kind).not.toBe('target');
});

test('a refused target is not insisted on', () => {
  const { steering, sent, refused, pass, tell } = steered();
  steering.aim({ x: 10 });
  tell({ refused: { reason: 'outside-limits', count: 1, intent: lastOf(sent) } });
  pass(40);
  expect(refused).toEqual(['outside-limits']);
  expect(sent.at(-1)?.kind).not.toBe('target');
});

test.each(['slow-link', 'stale-picture'] as const)(
  'velocity is not even sent while the device host refuses it: %s',
  (reason) => {
    const { steering, sent, refused, pass } = steered({ velocityRefusal: reason });
    steering.push('keys', { x: 1, y: 0, z: 0 });
    pass(200);
    expect(kinds(sent)).not.toContain('velocity');
    expect(refused).toContain(reason);
    steering.push('keys', null);
    steering.aim({ x: 50 });
    pass(40);
    expect(kinds(sent)).toContain('target');
  },
);

test('the bench is told that its own picture stands still, and may move by steps', () => {
  const lease = { epoch: 4, holder: 'bench', requestedBy: null } as const;
  const { steering, sent, refused, pass, tell } = steered({ lease, deviceTimeMs: 500 }, 'bench');
  steering.push('keys', { x: 1, y: 0, z: 0 });
  expect(kinds(sent)).toEqual(['velocity']);
  tell({ deviceTimeMs: 600 });
  pass(80);
  expect(kinds(sent).slice(1)).not.toContain('velocity');
  expect(refused).toContain('stale-picture');
  steering.push('keys', null);
  steering.aim({ x: 50 });
  pass(40);
  expect(kinds(sent)).toContain('target');
});

test('without control nothing moves, and a STOP ends what was meant', () => {
  const without = steered({ lease: { epoch: 4, holder: 'bench', requestedBy: null } });
  without.steering.push('keys', { x: 1, y: 0, z: 0 });
  without.pass(80);
  expect(kinds(without.sent)).not.toContain('velocity');
  expect(without.refused).toContain('not-holder');

  const stopped = steered();
  stopped.steering.aim({ x: 100 });
  stopped.tell({ stop: { by: 'bench' } });
  stopped.pass(80);
  expect(stopped.steering.isAimed).toBe(false);
});

test('a procedure is held until the device host says it is over', () => {
  const { steering, sent, pass, tell } = steered();
  const procedureId = '00000000-0000-4000-8000-00000000abcd';
  steering.hold(procedureId);
  tell({ procedure: { procedureId, kind: 'autofocus', startedBy: 'remote', progress: 0.5 } });
  pass(400);
  expect(kinds(sent)).toEqual(Array.from(sent, () => 'hold'));
  tell({ procedure: null, lastProcedure: { procedureId, outcome: 'done', reason: null } });
  pass(40);
  expect(steering.heldProcedure).toBeUndefined();
});

test('the wheel while steering turns into focus speed and is paid back exactly', () => {
  const { steering, sent, pass } = steered();
  steering.push('keys', { x: 1, y: 0, z: 0 });
  sent.length = 0;
  steering.focusBy(3);
  pass(400);
  const focusedUm = sent
    .map((intent) => (intent.kind === 'velocity' ? intent.velocityUmPerS.z : 0))
    .reduce((sum, z) => sum + (z * INTENT_INTERVAL_MS) / 1000, 0);
  expect(focusedUm).toBeCloseTo(3, 3);
});

test('at rest the lease is renewed twice a second and nothing else is said', () => {
  const { sent, pass } = steered();
  pass(2000);
  expect(kinds(sent)).toEqual(Array.from(sent, () => 'rest'));
  expect(sent.length).toBeGreaterThanOrEqual(3);
  expect(sent.length).toBeLessThanOrEqual(5);
});

test.each(['old-sequence', 'stale-nonce', 'unknown-nonce'] as const)(
  'one repetition that came late or was overtaken (%s) does not end a finite move',
  (reason) => {
    const { steering, sent, refused, endedEarly, pass, tell } = steered();
    steering.aim({ x: 500 });
    pass(80);
    tell({ refused: { reason, count: 1, intent: lastOf(sent) } });
    pass(200);
    expect(refused).toEqual([]);
    expect(sent.at(-1)).toMatchObject({ kind: 'target', targetUm: { x: 500 } });
    tell({ refused: { reason: 'outside-limits', count: 2, intent: lastOf(sent) } });
    pass(40);
    expect(refused).toEqual(['outside-limits']);
    expect(steering.isAimed).toBe(false);
    expect(endedEarly).toEqual([]);
  },
);

test('a refusal heard of late, of what was meant before, of the other side or of a request, ends no finite move', () => {
  const { steering, sent, refused, pass, tell } = steered();
  steering.push('keys', { x: 1, y: 0, z: 0 });
  pass(80);
  steering.push('keys', null);
  pass(200);
  const pushed = lastOf(sent);
  steering.aim({ x: 500 });
  pass(80);
  tell({ refused: { reason: 'slow-link', count: 1, intent: pushed } });
  pass(80);
  tell({ refused: { reason: 'not-holder', count: 2, intent: lastOf(sent, 'bench') } });
  pass(80);
  tell({ refused: { reason: 'not-permitted', count: 3, intent: null } });
  pass(80);
  expect(refused).toEqual([]);
  expect(sent.at(-1)).toMatchObject({ kind: 'target', targetUm: { x: 500 } });
  tell({ refused: { reason: 'outside-limits', count: 4, intent: lastOf(sent) } });
  pass(40);
  expect(refused).toEqual(['outside-limits']);
  expect(steering.isAimed).toBe(false);
});

test('a finite move that is given up on its way is told as ended early, one that arrived or was let go is not', () => {
  const late = steered();
  late.steering.aim({ x: 500 });
  late.pass(21_000);
  expect(late.endedEarly).toEqual([{ x: 500 }]);

  const lost = steered();
  lost.steering.aim({ x: 500 });
  lost.steering.lost();
  lost.steering.lost();
  expect(lost.endedEarly).toEqual([{ x: 500 }]);
  expect(lost.steering.isAimed).toBe(false);

  const arrived = steered();
  arrived.steering.aim({ x: 500 });
  arrived.tell({ positionUm: { x: 500, y: 0, z: 0 } });
  arrived.pass(21_000);
  expect(arrived.endedEarly).toEqual([]);

  const letGo = steered();
  letGo.steering.aim({ x: 500 });
  letGo.steering.letGo();
  letGo.pass(21_000);
  expect(letGo.endedEarly).toEqual([]);
});
