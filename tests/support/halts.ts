import type { LoggedPosition } from '#device-host/simulated/position-log.ts';
import { monotonicMs } from '#device-host/monotonic.ts';
import { pause } from './device-host.ts';
import { haltCauses } from './halts/orders.ts';
import type { HaltCause } from './halts/orders.ts';
import { HaltRig } from './halts/rig.ts';

export interface Halt {
  readonly cause: HaltCause;
  /** From the last accepted intent to the last motion, both on the stage's own log. */
  readonly ms: number;
}

export interface HaltResults {
  readonly halts: readonly Halt[];
  /** What must never happen: motion after a thaw, or a halt by the broker's end. */
  readonly violations: readonly string[];
  /** Trials that say nothing, because the machine was too busy for the stage to be moving when it happened. */
  readonly repeated: number;
}

export interface HaltOptions {
  readonly trialsPerCause: number;
  readonly causes?: readonly HaltCause[];
  readonly onTrial?: (halt: Halt) => void;
}

/** The most the lowest objective allows. */
const SPEED_UM_PER_S = 12_000;
/** Far enough from the limits for the longest trial. */
const TURN_BACK_UM = 5000;
const REST_MS = 300;
const SETTLE_DEADLINE_MS = 5000;
const THAW_MS = 250;
/** A machine that makes so many trials void is not one to measure on. */
const MAXIMUM_REPEATED = 200;
const HOUR_S = 3600;

interface Deed {
  /** What happens while the stage moves. */
  readonly happen: (rig: HaltRig) => void | Promise<void>;
  /** Undone once the stage is at rest; `thaws` says that whoever was frozen had a hand on it. */
  readonly undo?: (rig: HaltRig) => void;
  readonly thaws?: boolean;
}

const signal = (pid: number, name: NodeJS.Signals) => process.kill(pid, name);

const deeds: Readonly<Record<HaltCause, Deed>> = {
  'link-cut': { happen: (rig) => rig.cut(true), undo: (rig) => rig.cut(false) },
  'remote-renderer-killed': { happen: (rig) => void signal(rig.pidOf('remoteRenderer'), 'SIGKILL') },
  'remote-backend-killed': { happen: (rig) => void signal(rig.pidOf('remoteBackend'), 'SIGKILL') },
  'remote-killed': {
    happen: (rig) => {
      signal(rig.pidOf('remoteBackend'), 'SIGKILL');
      signal(rig.pidOf('remoteRenderer'), 'SIGKILL');
    },
  },
  'remote-frozen': {
    happen: (rig) => {
      signal(rig.pidOf('remoteRenderer'), 'SIGSTOP');
      signal(rig.pidOf('remoteBackend'), 'SIGSTOP');
    },
    undo: (rig) => {
      signal(rig.pidOf('remoteBackend'), 'SIGCONT');
      signal(rig.pidOf('remoteRenderer'), 'SIGCONT');
    },
    thaws: true,
  },
  'relay-frozen': {
    happen: (rig) => void signal(rig.pidOf('relay'), 'SIGSTOP'),
    undo: (rig) => void signal(rig.pidOf('relay'), 'SIGCONT'),
    thaws: true,
  },
  'broker-killed': {
    happen: async (rig) => {
      const killedAtMs = monotonicMs();
      signal(rig.pidOf('broker'), 'SIGKILL');
      if (!(await goesOn(rig, killedAtMs))) throw new Violation('the end of the broker stopped it');
      rig.mean(null);
    },
  },
  'both-cores-busy': {
    happen: async (rig) => {
      rig.makeBusy();
      await pause(200);
      signal(rig.pidOf('remoteRenderer'), 'SIGKILL');
    },
    undo: (rig) => rig.endBusy(),
  },
  'clock-jumps': {
    happen: async (rig) => {
      rig.jumpClock(Math.random() < 0.5 ? HOUR_S : -HOUR_S);
      await pause(100);
      rig.cut(true);
    },
    undo: (rig) => {
      rig.jumpClock(0);
      rig.cut(false);
    },
  },
  'hospital-backend-killed': { happen: (rig) => void signal(rig.pidOf('bench'), 'SIGKILL') },
  'hospital-backend-frozen': {
    happen: (rig) => void signal(rig.pidOf('bench'), 'SIGSTOP'),
    undo: (rig) => void signal(rig.pidOf('bench'), 'SIGCONT'),
    thaws: true,
  },
  'device-host-killed': { happen: (rig) => void signal(rig.hostPid, 'SIGKILL') },
  'device-host-frozen': {
    happen: (rig) => void signal(rig.hostPid, 'SIGSTOP'),
    undo: (rig) => void signal(rig.hostPid, 'SIGCONT'),
    thaws: true,
  },
};

class Violation extends Error {}

/** The stage was not moving when it should have been stopped: this trial says nothing. */
class NotMoving extends Error {}

/** Moves the real stage process, lets something happen, and reads on its own log when it came to rest. */
export async function measureHalts({
  trialsPerCause,
  causes = haltCauses,
  onTrial,
}: HaltOptions): Promise<HaltResults> {
  const halts: Halt[] = [];
  const violations: string[] = [];
  let repeated = 0;
  for (const cause of causes) {
    const rig = new HaltRig({
      hasJumpingClock: cause === 'clock-jumps',
      hasBroker: cause === 'broker-killed',
    });
    try {
      for (let trial = 0; trial < trialsPerCause && repeated < MAXIMUM_REPEATED;) {
        try {
          const halt = { cause, ms: await oneHalt(rig, cause) };
          halts.push(halt);
          trial += 1;
          onTrial?.(halt);
        } catch (error) {
          await rig.calmDown();
          if (error instanceof NotMoving) repeated += 1;
          else if (error instanceof Violation) {
            trial += 1;
            violations.push(`${cause}: ${error.message}`);
          } else throw error;
        }
      }
    } finally {
      await rig.close();
    }
  }
  return { halts, violations, repeated };
}

async function oneHalt(rig: HaltRig, cause: HaltCause): Promise<number> {
  const { happen, undo, thaws } = deeds[cause];
  await rig.ready();
  const oldHost = rig.hostPid;
  const away = (rig.positionUm?.x ?? 0) > 0 ? -1 : 1;
  await pause(60);
  const startedAtMs = monotonicMs();
  rig.mean({ x: away * SPEED_UM_PER_S, y: 0, z: 0 });
  await untilMoving(rig, startedAtMs);
  // At any moment between two intents.
  await pause(100 + Math.random() * 80);
  const happenedAtMs = monotonicMs();
  await happen(rig);
  const { restedAtMs, acceptedAtMs } = await atRest(rig, startedAtMs, happenedAtMs);
  rig.mean(null);
  if (thaws) await pause(THAW_MS);
  undo?.(rig);
  if (thaws) {
    await pause(THAW_MS);
    const after = rig.positionsSince(restedAtMs + 2);
    if (after.some(({ x }) => x !== after[0]?.x)) throw new Violation('it moved after the thaw');
  }
  if (cause === 'device-host-killed') await rig.readyAfterNewHost(oldHost);
  if (Math.abs(rig.positionUm?.x ?? 0) > TURN_BACK_UM) await turnBack(rig);
  return restedAtMs - acceptedAtMs;
}

/** Intents are still accepted; a loaded machine may have let some be late. */
async function goesOn(rig: HaltRig, sinceMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 1000; waitedMs += 100) {
    await pause(100);
    const last = rig.positionsSince(sinceMs).at(-1);
    if (last && last.acceptedAtMs > sinceMs + 100) return true;
  }
  return false;
}

async function untilMoving(rig: HaltRig, sinceMs: number): Promise<void> {
  for (;;) {
    const positions = rig.positionsSince(sinceMs);
    if (positions.some((position, index) => differs(position, positions[index - 1]))) return;
    if (monotonicMs() > sinceMs + SETTLE_DEADLINE_MS) throw new NotMoving();
    await pause(20);
  }
}

/** The last sample that differs from the one before it, once all has been still for a while. */
async function atRest(rig: HaltRig, sinceMs: number, happenedAtMs: number) {
  const deadlineMs = monotonicMs() + SETTLE_DEADLINE_MS;
  for (;;) {
    await pause(50);
    const positions = rig.positionsSince(sinceMs);
    const last = positions.at(-1);
    const moved = positions.findLast((position, index) => differs(position, positions[index - 1]));
    if (last && moved && last.atMs - moved.atMs >= REST_MS && last.atMs > happenedAtMs + REST_MS) {
      if (moved.atMs < happenedAtMs) throw new NotMoving();
      return { restedAtMs: moved.atMs, acceptedAtMs: last.acceptedAtMs };
    }
    if (monotonicMs() > deadlineMs) throw moved ? new Violation('it never came to rest') : new NotMoving();
  }
}

function differs(position: LoggedPosition, before: LoggedPosition | undefined): boolean {
  return (
    before !== undefined && (position.x !== before.x || position.y !== before.y || position.z !== before.z)
  );
}

async function turnBack(rig: HaltRig): Promise<void> {
  await rig.ready();
  const direction = (rig.positionUm?.x ?? 0) > 0 ? -1 : 1;
  rig.mean({ x: direction * SPEED_UM_PER_S, y: 0, z: 0 });
  const deadlineMs = monotonicMs() + SETTLE_DEADLINE_MS;
  while ((rig.positionUm?.x ?? 0) * direction < 0) {
    // The next trial tries again; nothing is measured meanwhile.
    if (monotonicMs() > deadlineMs) break;
    await pause(20);
  }
  rig.mean(null);
  await pause(300);
}
