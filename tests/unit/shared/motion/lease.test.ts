import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Party } from '#shared/motion/intent.ts';
import { changeLease, nobodySteers } from '#shared/motion/lease.ts';
import type { Lease, LeaseEvent } from '#shared/motion/lease.ts';

const party = fc.constantFrom<Party>('bench', 'remote');
const event = fc.oneof(
  fc.record({ kind: fc.constantFrom('request', 'release', 'renew', 'lost'), by: party }),
  fc.record({ kind: fc.constant('grant'), by: party, to: party }),
  fc.record({ kind: fc.constant('take-back'), by: party }),
  fc.record({ kind: fc.constant('time-passed') }),
) as fc.Arbitrary<LeaseEvent>;
const history = fc.array(fc.record({ event, passedMs: fc.integer({ min: 0, max: 1500 }) }), {
  maxLength: 60,
});

test('never two holders, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(history, (steps) => {
      let lease: Lease = nobodySteers;
      let nowMs = 0;
      /** Who has held which epoch. */
      const holders = new Map<number, Party | null>([[0, null]]);
      for (const { event: next, passedMs } of steps) {
        nowMs += passedMs;
        const before = lease;
        ({ lease } = changeLease(before, next, nowMs));
        expect(lease.epoch).toBeGreaterThanOrEqual(before.epoch);
        if (lease.holder !== before.holder) expect(lease.epoch).toBeGreaterThan(before.epoch);
        if (holders.has(lease.epoch)) expect(lease.holder).toBe(holders.get(lease.epoch));
        holders.set(lease.epoch, lease.holder);
        const isFromHolder = before.holder !== null && 'by' in next && next.by === before.holder;
        if (lease.holder === 'remote' && before.holder !== 'remote') {
          expect(next).toMatchObject({ kind: 'grant', to: 'remote' });
          expect(before.requestedBy).toBe('remote');
          expect('by' in next && next.by).toBe('bench');
        }
        if (before.holder === 'bench' && lease.holder === 'remote') expect(isFromHolder).toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});

test('the bench takes control back from any state', () => {
  fc.assert(
    fc.property(history, (steps) => {
      let lease: Lease = nobodySteers;
      for (const { event: next } of steps) ({ lease } = changeLease(lease, next, 0));
      const taken = changeLease(lease, { kind: 'take-back', by: 'bench' }, 0);
      expect(taken).toMatchObject({ refused: null, lease: { holder: 'bench', epoch: lease.epoch + 1 } });
    }),
  );
});

test('the remote takes nothing and gives itself nothing', () => {
  const asked = changeLease(nobodySteers, { kind: 'request', by: 'remote' }, 0).lease;
  expect(asked.holder).toBeNull();
  expect(changeLease(asked, { kind: 'grant', by: 'remote', to: 'remote' }, 0).refused).toBe('not-holder');
  expect(changeLease(asked, { kind: 'take-back', by: 'remote' }, 0).refused).toBe('not-permitted');
});

test('control is given only to whoever asked', () => {
  expect(changeLease(nobodySteers, { kind: 'grant', by: 'bench', to: 'remote' }, 0).refused).toBe(
    'not-permitted',
  );
});

test('a lease ends when nobody renews it', () => {
  const { lease } = changeLease(nobodySteers, { kind: 'request', by: 'bench' }, 0);
  expect(changeLease(lease, { kind: 'time-passed' }, 1999).lease.holder).toBe('bench');
  expect(changeLease(lease, { kind: 'time-passed' }, 2001).lease.holder).toBeNull();
});
