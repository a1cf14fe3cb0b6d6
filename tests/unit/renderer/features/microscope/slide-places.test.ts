import { expect, test } from 'vitest';
import type { BackendClient } from '#renderer/backend/connection.ts';
import { MicroscopeSession } from '#renderer/features/microscope/session/microscope-session.ts';
import { currentView } from '#renderer/features/microscope/view/current-view.ts';
import { screenOfSlide, slideOfScreen } from '#renderer/features/microscope/view/stage-view.ts';
import type { MicroscopeState } from '#shared/contract/microscope.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import { positionWithObjective } from '#shared/motion/soft-limits.ts';
import { telemetryAtRest } from './telemetry-at-rest.ts';

const { objectives, stageLimitsUm } = simulatedMicroscope;
const [weak, strong] = [objectives[1], objectives[3]].map((objective) => {
  if (!objective) throw new Error('no such objective');
  return objective;
}) as [(typeof objectives)[number], (typeof objectives)[number]];
const screen = { width: 960, height: 540 };
const frame = { width: 1920, height: 1080 };
const stageUm = { x: 1000, y: -500, z: 40 };

function room() {
  const backend = { microscope: { intend: () => Promise.resolve(null) } } as unknown as BackendClient;
  const session = new MicroscopeSession(backend, 'remote');
  const state = {
    remote: {
      kind: 'microscope',
      objectives: objectives.map((objective) => ({ ...objective, rotationDeg: 2, isMirrored: false })),
      sensor: { widthPixels: 1920, heightPixels: 1080 },
      stageLimitsUm,
    },
  } as unknown as MicroscopeState;
  session.model.setState({ state, isSilent: false, frame, screenWidth: 960, screenHeight: 540 });
  const standWith = (objectiveId: number, positionUm: typeof stageUm) => {
    session.model.setState({ telemetry: { ...telemetryAtRest, objectiveId, positionUm } });
    session.picture.frameShown(frame, { deviceTimeMs: 1000, positionUm, objectiveId });
    const view = currentView(session, { screen, frame, still: undefined, stageUm: positionUm });
    if (!view) throw new Error('nothing is seen');
    return view;
  };
  const meant = () => ({ x: session.steering.aimOf('x'), y: session.steering.aimOf('y') });
  return { session, standWith, meant };
}

test('a mark drawn with one objective lies on the same tissue with the next', () => {
  const { standWith } = room();
  const drawn = slideOfScreen(standWith(weak.id, stageUm), { x: 480, y: 270 });
  // As the device host leaves the stage after turning to another objective.
  const later = standWith(strong.id, positionWithObjective(stageUm, weak, strong));
  const seen = screenOfSlide(later, drawn);
  expect(seen.x).toBeCloseTo(480, 6);
  expect(seen.y).toBeCloseTo(270, 6);
});

test('what was clicked comes to the middle whichever objective is in place', () => {
  for (const objective of [weak, strong]) {
    const { session, standWith, meant } = room();
    const tissue = slideOfScreen(standWith(weak.id, stageUm), { x: 480, y: 270 });
    standWith(objective.id, { x: -2000, y: 2000, z: 0 });
    session.places.jumpTo(tissue);
    const { x, y } = positionWithObjective(stageUm, weak, objective);
    expect(meant()).toEqual({ x, y });
  }
});

test('the way back leads to the tissue one came from, also after turning to another objective', () => {
  const { session, standWith, meant } = room();
  standWith(weak.id, stageUm);
  session.places.jumpTo({ x: 4000, y: 1000 });
  standWith(strong.id, { x: 4000, y: 1000, z: 40 });
  session.places.back();
  const { x, y } = positionWithObjective(stageUm, weak, strong);
  expect(meant()).toEqual({ x, y });
});

test('in a still of another objective a place is where the tissue is, not where the stage was', () => {
  const { session, standWith, meant } = room();
  standWith(strong.id, stageUm);
  const still = {
    objectiveId: weak.id,
    parcentricOffsetUm: weak.parcentricOffsetUm,
    micrometresPerPixel: weak.micrometresPerPixel,
    positionUm: stageUm,
    widthPixels: 1920,
    heightPixels: 1080,
  } as never;
  const view = currentView(session, { screen, frame, still, stageUm });
  if (!view) throw new Error('nothing is seen');
  session.places.jumpTo(slideOfScreen(view, { x: 480, y: 270 }));
  const { x, y } = positionWithObjective(stageUm, weak, strong);
  expect(meant()).toEqual({ x, y });
});

test('a move that ended early is told until something is meant, and goes on to the same place of the slide', () => {
  const { session, standWith, meant } = room();
  standWith(weak.id, stageUm);
  session.places.jumpTo({ x: 4000, y: 1000 });
  const wanted = meant();
  session.steering.lost();
  expect(session.model.getState().endedEarlyUm).toEqual({ x: 4000, y: 1000 });
  expect(meant()).toEqual({ x: undefined, y: undefined });
  session.places.goOnEarlyEnd();
  expect(meant()).toEqual(wanted);
  expect(session.model.getState().endedEarlyUm).toBeNull();
});
