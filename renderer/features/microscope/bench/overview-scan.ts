import type { MicroscopeSession } from '../session/microscope-session.ts';
import { axesOfFrame, placeOfSlide } from '../session/microscope-facts.ts';
import type { FrameFeed } from '../view/frame-feed.ts';
import { fieldOfViewUm } from '../view/stage-view.ts';
import { SlideMosaic } from '../view/slide-mosaic.ts';
import { ScanEnded, nextFrame } from './next-frame.ts';
import { scanFields } from './scan-fields.ts';

/** Vibration of the stage has died down. */
const REST_MS = 60;
const OBJECTIVE_PATIENCE_MS = 20_000;

/**
 * Photographs the whole slide with the weakest objective and offers the map to whoever is connected.
 * @throws ScanEnded
 */
export async function scanOverview(
  session: MicroscopeSession,
  feed: FrameFeed,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { facts, backend } = session;
  const slideId = session.telemetry?.slide?.slideId;
  if (!facts || slideId === undefined) throw new ScanEnded('no-slide');
  const weakest = [...facts.objectives].sort((one, other) => one.magnification - other.magnification)[0];
  if (!weakest) throw new ScanEnded('no-picture');
  await turnTo(session, weakest.id, signal);
  const first = await nextFrame(feed, session.telemetry?.deviceTimeMs ?? 0, signal);
  const axes = axesOfFrame(weakest, facts.sensor, first.width);
  if (!axes) throw new ScanEnded('no-picture');
  const fields = scanFields(facts.stageLimitsUm, fieldOfViewUm(axes, first));
  const mosaic = new SlideMosaic({ slideId, limits: facts.stageLimitsUm });
  const procedureId = crypto.randomUUID();
  const { refused } = await backend.microscope.beginProcedure({ procedureId, kind: 'overview-scan' });
  if (refused) {
    session.showRefusal(refused);
    throw new ScanEnded('refused');
  }
  try {
    for (const [index, toUm] of fields.entries()) {
      signal.throwIfAborted();
      onProgress(index, fields.length);
      await backend.microscope.travel({ procedureId, toUm }, { signal });
      const frame = await nextFrame(feed, (session.telemetry?.deviceTimeMs ?? 0) + REST_MS, signal, (shown) =>
        mosaic.add(shown, axes, placeOfSlide(shown.stamp?.positionUm ?? toUm, weakest)),
      );
      if (frame.stamp === undefined) throw new ScanEnded('no-picture');
      await backend.microscope.endProcedure({
        procedureId,
        progress: (index + 1) / fields.length,
        isOver: false,
      });
    }
  } finally {
    await backend.microscope.endProcedure({ procedureId, progress: 1, isOver: true }).catch(() => {
      // Stopped or cancelled: it is over already.
    });
  }
  await offer(session, mosaic);
}

async function offer(session: MicroscopeSession, mosaic: SlideMosaic): Promise<void> {
  const blob = await mosaic.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  const { slideId } = mosaic.map;
  const answer = await fetch(`/microscope/maps/${slideId}`, { method: 'PUT', body: blob });
  // The slide may have been changed meanwhile: then the map belongs to nothing any more.
  if (!answer.ok || session.telemetry?.slide?.slideId !== slideId) throw new ScanEnded('ended');
  await session.backend.microscope.offerMap(mosaic.map);
}

async function turnTo(session: MicroscopeSession, objectiveId: number, signal: AbortSignal): Promise<void> {
  if (session.telemetry?.objectiveId === objectiveId) return;
  await session.changeObjective(objectiveId);
  await new Promise<void>((resolve, reject) => {
    const end = (error?: unknown) => {
      clearTimeout(timer);
      stop();
      if (error === undefined) resolve();
      else reject(error);
    };
    const stop = session.model.subscribe(({ telemetry }) => {
      if (telemetry?.objectiveId === objectiveId && telemetry.procedure === null) end();
    });
    const timer = setTimeout(() => end(new ScanEnded('refused')), OBJECTIVE_PATIENCE_MS);
    signal.addEventListener('abort', () => end(signal.reason), { once: true });
  });
}
