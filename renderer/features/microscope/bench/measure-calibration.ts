import { cameraOnStage } from '#renderer/microscopy/camera-on-stage.ts';
import type { CameraOnStage } from '#renderer/microscopy/camera-on-stage.ts';
import { measureShift } from '#renderer/microscopy/phase-correlation.ts';
import type { GreyPicture } from '#renderer/microscopy/phase-correlation.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { axesOfFrame, objectiveOf } from '../session/microscope-facts.ts';
import type { FedFrame, FrameFeed } from '../view/frame-feed.ts';
import { ScanEnded, nextFrame } from './next-frame.ts';

/** A square from the middle of the frame, halved: fine enough, and quick to transform. */
const SIDE = 256;
const HALVED = 2;
/** Far enough to measure by, near enough to have most of the picture in common, in pixels of the frame. */
const MOVE_PIXELS = 100;
const REST_MS = 120;
const LEAST_CERTAINTY = 8;

/**
 * Moves the stage a little along each axis and reads from the picture how large a pixel is and how the camera sits;
 * µm per pixel of the whole sensor.
 *
 * @throws ScanEnded if it was refused, or nothing was recognised in the picture
 */
export async function measureCalibration(
  session: MicroscopeSession,
  feed: FrameFeed,
  signal: AbortSignal,
): Promise<CameraOnStage> {
  const { facts, backend, telemetry } = session;
  const objective = objectiveOf(facts, telemetry?.objectiveId);
  if (!facts || !objective || !telemetry) throw new ScanEnded('no-picture');
  const procedureId = crypto.randomUUID();
  const { refused } = await backend.microscope.beginProcedure({ procedureId, kind: 'calibration' });
  if (refused) {
    session.showRefusal(refused);
    throw new ScanEnded('refused');
  }
  const home = { x: telemetry.positionUm.x, y: telemetry.positionUm.y };
  let frameWidth = 0;
  const look = async (toUm: { x: number; y: number }, progress: number): Promise<GreyPicture> => {
    await backend.microscope.travel({ procedureId, toUm }, { signal });
    let seen: GreyPicture | undefined;
    await nextFrame(feed, (session.telemetry?.deviceTimeMs ?? 0) + REST_MS, signal, (frame) => {
      frameWidth = frame.width;
      seen = greyMiddle(frame);
    });
    await backend.microscope.endProcedure({ procedureId, progress, isOver: false });
    if (!seen) throw new ScanEnded('no-picture');
    return seen;
  };
  try {
    const first = await look(home, 0.2);
    const axes = axesOfFrame(objective, facts.sensor, frameWidth);
    const moveUm = MOVE_PIXELS * (axes?.micrometresPerPixel ?? 1);
    const alongX = measureShift(first, await look({ x: home.x + moveUm, y: home.y }, 0.5));
    const alongY = measureShift(first, await look({ x: home.x, y: home.y + moveUm }, 0.8));
    await look(home, 1);
    if (Math.min(alongX.certainty, alongY.certainty) < LEAST_CERTAINTY) throw new ScanEnded('no-picture');
    const found = cameraOnStage(alongX, moveUm, alongY, moveUm);
    const sensorPixels = frameWidth / (facts.sensor.width || frameWidth) / HALVED;
    return { ...found, micrometresPerPixel: found.micrometresPerPixel * sensorPixels };
  } finally {
    await backend.microscope.endProcedure({ procedureId, progress: 1, isOver: true }).catch(() => {
      // Stopped or cancelled: it is over already.
    });
  }
}

function greyMiddle({ image, width, height }: FedFrame): GreyPicture {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true });
  if (!context) throw new ScanEnded('no-picture');
  const side = SIDE * HALVED;
  context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return { side: SIDE, levels: Float64Array.from({ length: SIDE * SIDE }, (_, at) => data[at * 4 + 1] ?? 0) };
}
