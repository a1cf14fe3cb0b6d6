import type { Party, RefusalReason } from './intent.ts';
import { LEASE_LIFETIME_MS } from './limits-of-time.ts';

/** Who may steer. At most one at a time; every change of holder is a new epoch, and older intents are foreign. */
export interface Lease {
  readonly epoch: number;
  readonly holder: Party | null;
  /** Who has asked for control and waits. */
  readonly requestedBy: Party | null;
  readonly renewedAtMs: number;
}

export const nobodySteers: Lease = { epoch: 0, holder: null, requestedBy: null, renewedAtMs: 0 };

export type LeaseEvent =
  | { readonly kind: 'request' | 'release' | 'renew' | 'lost'; readonly by: Party }
  | { readonly kind: 'grant'; readonly by: Party; readonly to: Party }
  | { readonly kind: 'take-back'; readonly by: Party }
  | { readonly kind: 'time-passed' };

export interface LeaseChange {
  readonly lease: Lease;
  readonly refused: RefusalReason | null;
}

/**
 * The bench takes control back at any time, without being asked. The remote gets it only by asking, and
 * only from the bench or, where the bench asks for it back politely, hands it over itself.
 */
export function changeLease(lease: Lease, event: LeaseEvent, nowMs: number): LeaseChange {
  switch (event.kind) {
    case 'request':
      // A page of the bench that was loaded again asks again: a new epoch, so that its sequence may start anew.
      if (event.by === 'bench' && lease.holder !== 'remote') return give(lease, 'bench', nowMs);
      if (event.by === lease.holder) return give(lease, event.by, nowMs);
      return kept({ ...lease, requestedBy: event.by });
    case 'release':
      if (event.by === lease.holder) return give(lease, null, nowMs);
      if (event.by === lease.requestedBy) return kept({ ...lease, requestedBy: null });
      return { lease, refused: 'not-holder' };
    case 'grant':
      return grant(lease, event, nowMs);
    case 'take-back':
      return event.by === 'bench' ? give(lease, 'bench', nowMs) : { lease, refused: 'not-permitted' };
    case 'renew':
      return event.by === lease.holder
        ? kept({ ...lease, renewedAtMs: nowMs })
        : { lease, refused: 'not-holder' };
    case 'lost': {
      const requestedBy = lease.requestedBy === event.by ? null : lease.requestedBy;
      const without = { ...lease, requestedBy };
      return event.by === lease.holder ? give(without, null, nowMs) : kept(without);
    }
    default:
      return lease.holder !== null && nowMs - lease.renewedAtMs > LEASE_LIFETIME_MS
        ? give(lease, null, nowMs)
        : kept(lease);
  }
}

function grant(
  lease: Lease,
  { by, to }: { readonly by: Party; readonly to: Party },
  nowMs: number,
): LeaseChange {
  if (by !== 'bench' && by !== lease.holder) return { lease, refused: 'not-holder' };
  // Nobody is given a moving microscope without having asked for it.
  if (to !== lease.requestedBy && to !== by && to !== 'bench') return { lease, refused: 'not-permitted' };
  if (to === by && by !== 'bench') return { lease, refused: 'not-permitted' };
  return give(lease, to, nowMs);
}

function give(lease: Lease, holder: Party | null, nowMs: number): LeaseChange {
  const requestedBy = lease.requestedBy === holder ? null : lease.requestedBy;
  return kept({ epoch: lease.epoch + 1, holder, requestedBy, renewedAtMs: nowMs });
}

function kept(lease: Lease): LeaseChange {
  return { lease, refused: null };
}
