import { useEffect, useState } from 'react';
import type { LiveLink } from '#renderer/link/live-link.ts';
import { SimulatedOptics } from '#renderer/microscopy/simulated-optics.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { useCell } from '../use-cell.ts';
import type { FrameFeed } from '../view/frame-feed.ts';
import { BenchCamera } from './picture/bench-camera.ts';
import { CameraOrigin } from './picture/camera-origin.ts';
import type { PictureOrigin } from './picture/picture-origin.ts';

/** `simulated`, or the id of a camera of the system; empty: whichever it prefers. */
export type CameraChoice = string;
export type CameraProblem = 'no-camera' | 'pulled-out' | 'busy' | 'not-permitted' | 'failed';

export interface BenchPicture {
  readonly feed: FrameFeed | undefined;
  readonly choice: CameraChoice;
  readonly problem: CameraProblem | undefined;
  readonly choose: (choice: CameraChoice) => void;
}

const SIMULATED = 'simulated';

/** The camera of this workstation, shown here and sent to whoever is connected. */
export function useBenchPicture(
  live: LiveLink,
  session: MicroscopeSession,
  isSimulated: boolean,
): BenchPicture {
  const [chosen, choose] = useState<CameraChoice>();
  const [camera, setCamera] = useCell<BenchCamera>();
  const [problem, setProblem] = useCell<CameraProblem>();
  const choice = chosen ?? (isSimulated ? SIMULATED : '');
  useEffect(() => {
    let opened: BenchCamera | undefined;
    let isCurrent = true;
    setProblem(undefined);
    const lost = () => {
      setProblem('pulled-out');
      session.cameraIs(null);
      live.show('microscope', null);
      opened?.close();
      opened = undefined;
      setCamera(undefined);
    };
    openOrigin(session, choice, lost)
      .then((origin) => {
        if (!isCurrent) {
          origin.close();
          return;
        }
        opened = new BenchCamera(origin);
        session.cameraIs(origin.sensor);
        live.show('microscope', opened.track);
        setCamera(opened);
      })
      .catch((error: unknown) => setProblem(problemOf(error)));
    return () => {
      isCurrent = false;
      live.show('microscope', null);
      session.cameraIs(null);
      opened?.close();
      setCamera(undefined);
    };
  }, [session, live, choice, setCamera, setProblem]);
  return { feed: camera, choice, problem, choose };
}

async function openOrigin(
  session: MicroscopeSession,
  choice: CameraChoice,
  onLost: () => void,
): Promise<PictureOrigin> {
  if (choice !== SIMULATED) {
    return CameraOrigin.open(choice === '' ? undefined : choice, () => session.telemetry, onLost);
  }
  const { configuration } = await session.backend.microscope.getState({});
  return new SimulatedOptics(session.backend, configuration?.objectives ?? []);
}

function problemOf(error: unknown): CameraProblem {
  switch ((error as Error).name) {
    case 'NotAllowedError':
      return 'not-permitted';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no-camera';
    case 'NotReadableError':
      return 'busy';
    default:
      return 'failed';
  }
}
