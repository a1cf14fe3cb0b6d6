import type { MicroscopeState } from '#shared/contract/microscope.ts';
import type { RemoteMicroscope } from '#shared/link/talk.ts';
import type { Party } from '#shared/motion/intent.ts';
import type { PointUm } from '#shared/motion/position.ts';
import type { CameraAxes } from '../view/camera-axes.ts';
import type { Size } from '../view/stage-view.ts';

export type ObjectiveFacts = RemoteMicroscope['objectives'][number];

type Parcentric = Pick<ObjectiveFacts, 'parcentricOffsetUm'>;

/** What both faces of the room need to know of the microscope, wherever it stands. */
export interface MicroscopeFacts {
  readonly objectives: readonly ObjectiveFacts[];
  readonly sensor: Size;
  readonly stageLimitsUm: RemoteMicroscope['stageLimitsUm'];
}

/** The own microscope for the bench, the other workstation's for the pathologist; undefined while unknown. */
export function factsOf(
  state: MicroscopeState | null,
  party: Party,
  ownSensor: Size | null,
): MicroscopeFacts | undefined {
  if (party === 'remote') {
    const remote = state?.remote;
    if (!remote) return undefined;
    const { widthPixels: width, heightPixels: height } = remote.sensor;
    return { objectives: remote.objectives, sensor: { width, height }, stageLimitsUm: remote.stageLimitsUm };
  }
  const configuration = state?.configuration;
  if (!configuration) return undefined;
  return {
    objectives: configuration.objectives.map((objective) => {
      const measured = state.calibrations.find(({ objectiveId }) => objectiveId === objective.id);
      return {
        ...objective,
        rotationDeg: measured?.rotationDeg ?? 0,
        isMirrored: measured?.isMirrored ?? false,
      };
    }),
    sensor: ownSensor ?? { width: 0, height: 0 },
    stageLimitsUm: configuration.stageLimitsUm,
  };
}

export function objectiveOf(
  facts: MicroscopeFacts | undefined,
  objectiveId: number | null | undefined,
): ObjectiveFacts | undefined {
  return facts?.objectives.find(({ id }) => id === objectiveId);
}

/** Axes of a frame of that width, which shows the whole sensor. */
export function axesOfFrame(
  objective: ObjectiveFacts,
  sensor: Size,
  frameWidth: number,
): CameraAxes | undefined {
  if (frameWidth <= 0) return undefined;
  const sensorWidth = sensor.width > 0 ? sensor.width : frameWidth;
  return {
    micrometresPerPixel: (objective.micrometresPerPixel * sensorWidth) / frameWidth,
    rotationDeg: objective.rotationDeg,
    isMirrored: objective.isMirrored,
  };
}

/**
 * The place of the slide in the middle of the picture while the stage is at `stageUm`: the same for the same tissue
 * with every objective. Without knowing the objective, as with the first.
 */
export function placeOfSlide(stageUm: PointUm, objective: Parcentric | undefined): PointUm {
  const { x, y } = objective?.parcentricOffsetUm ?? { x: 0, y: 0 };
  return { x: stageUm.x - x, y: stageUm.y - y };
}

/** Where the stage has to be for the objective to show that place of the slide in the middle. */
export function placeOfStage(slideUm: PointUm, objective: Parcentric | undefined): PointUm {
  const { x, y } = objective?.parcentricOffsetUm ?? { x: 0, y: 0 };
  return { x: slideUm.x + x, y: slideUm.y + y };
}

/** Oil needs a drop of it and a hand beside the slide: only for who sits there. */
export function isUsable(objective: Pick<ObjectiveFacts, 'immersion'>, party: Party): boolean {
  return party === 'bench' || objective.immersion === 'dry';
}
