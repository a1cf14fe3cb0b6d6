import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { forkHelper } from '#backend/processes/helper-process.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';
import { startSimulatedStage } from '#backend/processes/simulated-stage.ts';
import { OwnDeviceHost } from '#backend/services/microscope/own-device-host.ts';
import type { DeviceRequest, MotionIntent } from '#shared/motion/intent.ts';
import { INTENT_INTERVAL_MS } from '#shared/motion/limits-of-time.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { readPositionLog } from '#device-host/simulated/position-log.ts';
import type { LoggedPosition } from '#device-host/simulated/position-log.ts';
import { temporaryDirectory } from './workstation.ts';

export interface StartedDeviceHost {
  readonly own: OwnDeviceHost;
  readonly process: () => HelperProcess;
  readonly newest: () => Telemetry;
  /** Resolves with the first telemetry for which this holds. */
  readonly until: (holds: (telemetry: Telemetry) => boolean, what?: string) => Promise<Telemetry>;
  readonly positions: () => LoggedPosition[];
  readonly sealed: { readonly stream: string; readonly bytes: string }[];
  readonly close: () => void;
}

export interface StartOptions {
  readonly configuration?: MicroscopeConfiguration;
  /** In place of a camera: how sharp a picture is with the optics at this place. */
  readonly focusScore?: (optics: PositionUm) => { readonly score: number; readonly isBlank: boolean };
}

const UNTIL_MS = 15_000;
const FRAME_MS = 33;

/** The real processes: device host and simulated stage, as a backend starts them. */
export async function startDeviceHost({
  configuration = simulatedMicroscope,
  focusScore,
}: StartOptions = {}): Promise<StartedDeviceHost> {
  const folder = temporaryDirectory();
  const logPath = path.join(folder.path, 'position.log');
  const seen: { newest?: Telemetry; optics?: { deviceTimeMs: number; positionUm: PositionUm } } = {};
  let child: HelperProcess | undefined;
  const sealed: { stream: string; bytes: string }[] = [];
  const stage =
    configuration.controller.driver === 'simulated' ? startSimulatedStage(forkHelper, logPath) : undefined;
  const own = new OwnDeviceHost(configuration, {
    start: () => (child = forkHelper('device-host')),
    findSimulatedStage: () => stage ?? Promise.reject(new Error('no simulated stage')),
    log: pino({ enabled: false }),
    measureFocus: async (afterDeviceTimeMs) => {
      await pause(FRAME_MS);
      while (!seen.optics || seen.optics.deviceTimeMs <= afterDeviceTimeMs) await pause(5);
      const { deviceTimeMs, positionUm } = seen.optics;
      return { deviceTimeMs, ...(focusScore?.(positionUm) ?? { score: 0, isBlank: true }) };
    },
    onTelemetry: (telemetry) => (seen.newest = telemetry),
    onSealed: (message) => void sealed.push(message),
    onSimulatedOptics: (sample) => (seen.optics = sample),
    onStateChanged: () => {},
  });
  const until: StartedDeviceHost['until'] = async (holds, what = holds.toString()) => {
    const deadlineMs = performance.now() + UNTIL_MS;
    while (!seen.newest || !holds(seen.newest)) {
      if (performance.now() > deadlineMs) throw new Error(`never: ${what}; ${JSON.stringify(seen.newest)}`);
      await pause(10);
    }
    return seen.newest;
  };
  await until(({ isControllerConnected }) => isControllerConnected, 'a connected controller');
  return {
    own,
    process: () => child ?? forkHelper('device-host'),
    newest: () => {
      if (!seen.newest) throw new Error('no telemetry yet');
      return seen.newest;
    },
    until,
    positions: () => readPositionLog(readFileSync(logPath)),
    sealed,
    close: () => {
      own.close();
      folder.remove();
    },
  };
}

/** A person at the bench with a page in front: repeats what is meant, rests otherwise. */
export function benchHand(host: StartedDeviceHost) {
  let sequence = 0;
  let meant: ((common: Common) => MotionIntent) | undefined;
  type Common = Pick<MotionIntent, 'leaseEpoch' | 'sequence' | 'nonce'>;
  const intend = () => {
    const { lease, nonce } = host.newest();
    const common = { leaseEpoch: lease.epoch, sequence: sequence++, nonce };
    const intent = meant?.(common) ?? { ...common, kind: 'rest' as const };
    void host.own.client.benchIntent(intent).catch(() => {});
  };
  const timer = setInterval(intend, INTENT_INTERVAL_MS);
  return {
    request: async (request: DeviceRequest) =>
      (await host.own.client.request({ requestId: randomUUID(), by: 'bench', request })).refused,
    takeControl: async () => {
      await host.own.client.request({
        requestId: randomUUID(),
        by: 'bench',
        request: { kind: 'take-back' },
      });
      await host.until(({ lease }) => lease.holder === 'bench', 'the bench in control');
    },
    push: (velocityUmPerS: Partial<PositionUm>) => {
      meant = (common) => ({
        ...common,
        kind: 'velocity',
        velocityUmPerS: { x: 0, y: 0, z: 0, ...velocityUmPerS },
        shownFrameDeviceTimeMs: null,
      });
    },
    goTo: (targetUm: Partial<PositionUm>) => {
      const targetId = randomUUID();
      meant = (common) => ({ ...common, kind: 'target', targetId, targetUm });
    },
    letGo: () => {
      meant = undefined;
    },
    end: () => clearInterval(timer),
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
