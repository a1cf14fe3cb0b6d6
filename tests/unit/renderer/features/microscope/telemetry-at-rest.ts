import type { Telemetry } from '#shared/motion/telemetry.ts';

/** A microscope with an agreed slide that stands still and obeys the remote. */
export const telemetryAtRest: Telemetry = {
  deviceTimeMs: 1000,
  nonce: 'n1',
  echo: null,
  isControllerConnected: true,
  fault: null,
  positionUm: { x: 0, y: 0, z: 0 },
  axes: { x: 'idle', y: 'idle', z: 'idle' },
  objectiveId: 3,
  turret: 'idle',
  lampPercent: 50,
  lease: { epoch: 4, holder: 'remote', requestedBy: null },
  stop: null,
  procedure: null,
  lastProcedure: null,
  isAwayFromSlide: false,
  slide: { slideId: '00000000-0000-4000-8000-0000000000aa', label: 'S1', agreedBy: ['bench', 'remote'] },
  isSlideChanging: false,
  velocityRefusal: null,
  refused: null,
  overtaken: 0,
  focusScore: null,
};
