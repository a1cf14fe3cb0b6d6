import { expect, test } from 'vitest';
import type { MotionIntent } from '#shared/motion/intent.ts';
import { judgeIntent } from '#shared/motion/judge-intent.ts';
import type { Circumstances } from '#shared/motion/judge-intent.ts';
import { NonceBook } from '#shared/motion/nonces.ts';

const good: Circumstances = {
  deviceTimeMs: 10_000,
  lease: { epoch: 3, holder: 'remote', requestedBy: null, renewedAtMs: 0 },
  lastSequence: 6,
  nonceAgeMs: 80,
  isStopped: false,
  mustRest: false,
  slide: {
    isChanging: false,
    slide: { slideId: 's', label: 'l', agreedBy: ['bench', 'remote'] },
    usedIds: new Set(),
  },
  isDeviceKnown: true,
  procedure: null,
};
const common = { leaseEpoch: 3, sequence: 7, nonce: 'n' };
const velocity: MotionIntent = {
  ...common,
  kind: 'velocity',
  velocityUmPerS: { x: 1, y: 0, z: 0 },
  shownFrameDeviceTimeMs: 9800,
};
const letGo: MotionIntent = { ...velocity, velocityUmPerS: { x: 0, y: 0, z: 0 } };
const target: MotionIntent = { ...common, kind: 'target', targetId: 't', targetUm: { x: 1 } };
const hold: MotionIntent = { ...common, kind: 'hold', procedureId: 'p' };
const running = { procedureId: 'p', startedBy: 'remote' as const };

const cases: readonly [string, MotionIntent, Partial<Circumstances>, string | null][] = [
  ['all is well', velocity, {}, null],
  ['somebody else steers', velocity, { lease: { ...good.lease, holder: 'bench' } }, 'not-holder'],
  ['an older lease', velocity, { lease: { ...good.lease, epoch: 4 } }, 'old-lease'],
  ['a sequence seen before', velocity, { lastSequence: 7 }, 'old-sequence'],
  ['a nonce of nobody', velocity, { nonceAgeMs: undefined }, 'unknown-nonce'],
  ['a long way round', velocity, { nonceAgeMs: 501 }, 'slow-link'],
  ['a step over a long way round', target, { nonceAgeMs: 1999 }, null],
  ['a step of long ago', target, { nonceAgeMs: 2001 }, 'stale-nonce'],
  ['an old picture', { ...velocity, shownFrameDeviceTimeMs: 9499 }, {}, 'stale-picture'],
  ['a picture of the future', { ...velocity, shownFrameDeviceTimeMs: 10_001 }, {}, 'stale-picture'],
  ['no picture', { ...velocity, shownFrameDeviceTimeMs: null }, {}, 'stale-picture'],
  ['letting go on an old picture', { ...letGo, shownFrameDeviceTimeMs: 9000 }, {}, null],
  ['letting go without a picture', { ...letGo, shownFrameDeviceTimeMs: null }, {}, null],
  ['letting go over a long way round', letGo, { nonceAgeMs: 900 }, null],
  ['letting go long ago', letGo, { nonceAgeMs: 2001 }, 'stale-nonce'],
  [
    'letting go of what somebody else steers',
    letGo,
    { lease: { ...good.lease, holder: 'bench' } },
    'not-holder',
  ],
  ['STOP', target, { isStopped: true }, 'stopped'],
  ['hands still on after STOP', target, { mustRest: true }, 'stopped'],
  ['slides being changed', target, { slide: { ...good.slide, isChanging: true } }, 'slide-change'],
  ['no slide', target, { slide: { ...good.slide, slide: null } }, 'no-slide'],
  ['a controller that is silent', target, { isDeviceKnown: false }, 'device-unknown'],
  ['a procedure under way', target, { procedure: running }, 'busy'],
  ['the procedure is held', hold, { procedure: running }, null],
  ['a procedure of somebody else', hold, { procedure: { ...running, startedBy: 'bench' } }, 'not-permitted'],
  ['a rest of an older lease', { ...common, kind: 'rest', leaseEpoch: 1 }, {}, null],
  ['a rest of long ago', { ...common, kind: 'rest' }, { nonceAgeMs: 2001 }, 'stale-nonce'],
];

test.each(cases)('%s', (_name, intent, circumstances, expected) => {
  expect(judgeIntent(intent, 'remote', { ...good, ...circumstances })).toBe(expected);
});

test('the bench may look through the eyepieces', () => {
  const lease = { ...good.lease, holder: 'bench' as const };
  const blind = { ...velocity, shownFrameDeviceTimeMs: null };
  expect(judgeIntent(blind, 'bench', { ...good, lease })).toBeNull();
});

test('a nonce ages on the clock of whoever gave it out, and is forgotten', () => {
  const book = new NonceBook();
  book.issue('a', 1000);
  expect(book.ageMs('a', 1400)).toBe(400);
  expect(book.ageMs('b', 1400)).toBeUndefined();
  book.issue('c', 6000);
  expect(book.ageMs('a', 6000)).toBeUndefined();
});
