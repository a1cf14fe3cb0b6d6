import type { MicroscopeSession } from '../session/microscope-session.ts';

/** Long enough for the stage to be under way. */
const RUN_UP_MS = 400;
const GIVE_UP_MS = 3000;

/**
 * Moves the stage a little, presses STOP and waits until telemetry says that everything stands; ms by the device
 * host's clock. Undefined where nothing moved: without control, or stopped already. STOP stays pressed.
 */
export async function measureStop(session: MicroscopeSession): Promise<number | undefined> {
  if (!session.mayMove()) return undefined;
  session.push('check', { x: 1, y: 0, z: 0 });
  await new Promise<void>((resolve) => setTimeout(resolve, RUN_UP_MS));
  const before = session.telemetry;
  const wasMoving = before?.axes.x === 'moving';
  session.push('check', null);
  session.stop();
  if (!before || !wasMoving) return undefined;
  return new Promise<number | undefined>((resolve) => {
    const stop = session.model.subscribe(({ telemetry }) => {
      if (!telemetry?.stop || Object.values(telemetry.axes).includes('moving')) return;
      end(telemetry.deviceTimeMs - before.deviceTimeMs);
    });
    const timer = setTimeout(() => end(undefined), GIVE_UP_MS);
    function end(ms: number | undefined): void {
      clearTimeout(timer);
      stop();
      resolve(ms);
    }
  });
}
