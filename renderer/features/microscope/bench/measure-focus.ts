import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';

type Outcome = NonNullable<Telemetry['lastProcedure']>['outcome'];

export interface FoundFocus {
  readonly objectiveId: number;
  /** Null: nothing was found to focus on. */
  readonly focusUm: number | null;
}

const PATIENCE_MS = 90_000;
const CONTROL_PATIENCE_MS = 3000;

/**
 * Turns to one objective after the other and focuses on what lies there, within the limits in force; ends on the
 * objective it began with. A STOP, or control that is lost, ends it: what was found until then stays.
 *
 * @returns whether all were tried
 */
export async function measureFocus(
  session: MicroscopeSession,
  objectiveIds: readonly number[],
  signal: AbortSignal,
  onFound: (found: FoundFocus) => void,
): Promise<boolean> {
  if (!(await hasControl(session, signal))) return false;
  const first = session.telemetry?.objectiveId ?? null;
  for (const objectiveId of objectiveIds) {
    if (signal.aborted) return false;
    if (session.telemetry?.objectiveId !== objectiveId) {
      const turned = await outcomeOf(session, await session.changeObjective(objectiveId), signal);
      if (turned !== 'done') return false;
    }
    const focused = await outcomeOf(session, await session.autofocus(), signal);
    if (focused !== 'done' && focused !== 'failed') return false;
    const focusUm = focused === 'done' ? (session.telemetry?.positionUm.z ?? null) : null;
    onFound({ objectiveId, focusUm });
  }
  if (first === null || session.telemetry?.objectiveId === first) return true;
  return (await outcomeOf(session, await session.changeObjective(first), signal)) === 'done';
}

/** Takes control where nobody has it; never from somebody else. */
async function hasControl(session: MicroscopeSession, signal: AbortSignal): Promise<boolean> {
  if (session.isHolder) return true;
  if (session.telemetry?.lease.holder !== null) return false;
  await session.request({ kind: 'request-lease' });
  return untilTold(session, signal, CONTROL_PATIENCE_MS, () => (session.isHolder ? true : undefined)).then(
    (isHolder) => isHolder ?? false,
  );
}

function outcomeOf(
  session: MicroscopeSession,
  procedureId: string | undefined,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  if (procedureId === undefined) return Promise.resolve(undefined);
  return untilTold(session, signal, PATIENCE_MS, ({ lastProcedure, procedure }) =>
    lastProcedure?.procedureId === procedureId && procedure === null ? lastProcedure.outcome : undefined,
  );
}

/** Undefined where it was not told in time. */
function untilTold<Value>(
  session: MicroscopeSession,
  signal: AbortSignal,
  patienceMs: number,
  read: (telemetry: Telemetry) => Value | undefined,
): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const end = (value?: Value) => {
      clearTimeout(timer);
      stop();
      resolve(value);
    };
    const stop = session.model.subscribe(({ telemetry }) => {
      const value = telemetry && read(telemetry);
      if (value !== undefined && value !== null) end(value);
    });
    const timer = setTimeout(() => end(), patienceMs);
    signal.addEventListener('abort', () => end(), { once: true });
  });
}
