import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { forkHelper } from '#backend/processes/helper-process.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';
import { startSimulatedStage } from '#backend/processes/simulated-stage.ts';
import { RemoteMicroscope } from '#backend/services/microscope/remote-microscope.ts';
import { OwnDeviceHost } from '#backend/services/microscope/own-device-host.ts';
import type { deviceHost } from '#shared/contract/device-host.ts';
import { deriveStreamKeys } from '#shared/link/seal.ts';
import type { DeviceRequest, MotionIntent } from '#shared/motion/intent.ts';
import { INTENT_INTERVAL_MS } from '#shared/motion/limits-of-time.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { PayloadOf } from '#shared/rpc/contract.ts';
import { readPositionLog } from '#device-host/simulated/position-log.ts';
import type { LoggedPosition } from '#device-host/simulated/position-log.ts';
import { temporaryDirectory } from './workstation.ts';

type Sealed = PayloadOf<typeof deviceHost, 'sealed'>;

export interface StartedDeviceHost {
  readonly own: OwnDeviceHost;
  readonly process: () => HelperProcess;
  readonly newest: () => Telemetry;
  /** Resolves with the first telemetry for which this holds. */
  readonly until: (holds: (telemetry: Telemetry) => boolean, what?: string) => Promise<Telemetry>;
  readonly positions: () => LoggedPosition[];
  readonly onSealed: (listener: (sealed: Sealed) => void) => void;
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
  const onSealed = new Set<(sealed: Sealed) => void>();
  const stage =
    configuration.controller.driver === 'simulated'
      ? startSimulatedStage({ spawnHelper: forkHelper, logPath })
      : undefined;
  const own = new OwnDeviceHost(configuration, {
    start: () => (child = forkHelper('device-host')),
    findSimulatedStage: () => stage?.socketPath ?? Promise.reject(new Error('no simulated stage')),
    log: pino({ enabled: false }),
    measureFocus: async (afterDeviceTimeMs) => {
      await pause(FRAME_MS);
      while (!seen.optics || seen.optics.deviceTimeMs <= afterDeviceTimeMs) await pause(5);
      const { deviceTimeMs, positionUm } = seen.optics;
      return {
        deviceTimeMs,
        focusUm: positionUm.z,
        ...(focusScore?.(positionUm) ?? { score: 0, isBlank: true }),
      };
    },
    onTelemetry: (telemetry) => (seen.newest = telemetry),
    onSealed: (message) => {
      for (const listener of onSealed) listener(message);
    },
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
    onSealed: (listener) => void onSealed.add(listener),
    close: () => {
      own.close();
      stage?.close();
      folder.remove();
    },
  };
}

type Common = Pick<MotionIntent, 'leaseEpoch' | 'sequence' | 'nonce'>;

/** What a page does: repeats what is meant, rests otherwise. */
function createHand(newest: () => Telemetry, intend: (intent: MotionIntent) => void, isBench: boolean) {
  let sequence = 0;
  let meant: ((common: Common) => MotionIntent) | undefined;
  let delayMs = 0;
  const timer = setInterval(() => {
    const { lease, nonce } = newest();
    const common = { leaseEpoch: lease.epoch, sequence: sequence++, nonce };
    const intent = meant?.(common) ?? { ...common, kind: 'rest' };
    if (delayMs === 0) intend(intent);
    else setTimeout(() => intend(intent), delayMs);
  }, INTENT_INTERVAL_MS);
  return {
    push: (velocityUmPerS: Partial<PositionUm>, shownFrameAgeMs = 50) => {
      meant = (common) => ({
        ...common,
        kind: 'velocity',
        velocityUmPerS: { x: 0, y: 0, z: 0, ...velocityUmPerS },
        shownFrameDeviceTimeMs: isBench ? null : newest().deviceTimeMs - shownFrameAgeMs,
      });
    },
    goTo: (targetUm: Partial<PositionUm>) => {
      const targetId = randomUUID();
      meant = (common) => ({ ...common, kind: 'target', targetId, targetUm });
    },
    hold: (procedureId: string) => {
      meant = (common) => ({ ...common, kind: 'hold', procedureId });
    },
    letGo: () => {
      meant = undefined;
    },
    /** What is said from now on arrives so much later. */
    delayBy: (ms: number) => {
      delayMs = ms;
    },
    /** From now on this hand says nothing at all. */
    end: () => clearInterval(timer),
  };
}

/** A person at the bench with a page in front. */
export function benchHand(host: StartedDeviceHost) {
  const request = async (asked: DeviceRequest) =>
    (await host.own.client.request({ requestId: randomUUID(), by: 'bench', request: asked })).refused;
  const intend = (intent: MotionIntent) => void host.own.client.benchIntent(intent).catch(() => {});
  return {
    ...createHand(host.newest, intend, true),
    request,
    takeControl: async () => {
      await request({ kind: 'take-back' });
      await host.until(({ lease }) => lease.holder === 'bench', 'the bench in control');
    },
  };
}

const SECRET = new Uint8Array(32).fill(9);

/** The pathologist at the other end of a link that carries sealed bytes without delay. */
export async function remoteHand(host: StartedDeviceHost, linkEpoch = 1) {
  const sessionId = randomUUID();
  const keys = await deriveStreamKeys(SECRET, sessionId, linkEpoch);
  const text = (key: Uint8Array) => Buffer.from(key).toString('base64');
  await host.own.client.openRemote({
    sessionId,
    linkEpoch,
    motionKey: text(keys.motion),
    requestKey: text(keys.request),
    telemetryKey: text(keys.telemetry),
    replyKey: text(keys.reply),
  });
  const seen: { telemetry?: Telemetry } = {};
  const sent: { readonly stream: 'motion' | 'request'; readonly bytes: string }[] = [];
  const microscope = new RemoteMicroscope({
    keys,
    epoch: linkEpoch,
    sendOn: (channel, bytes) => {
      const message = {
        stream: channel === 'motion' ? ('motion' as const) : ('request' as const),
        bytes: text(bytes),
      };
      sent.push(message);
      // The device host may have been killed by the test: then nothing is carried.
      if (host.own.isRunning) void host.own.client.receiveSealed(message).catch(() => {});
    },
    onTelemetry: (telemetry) => (seen.telemetry = telemetry),
  });
  host.onSealed(({ stream, bytes }) => {
    const sealed = Buffer.from(bytes, 'base64');
    void (stream === 'telemetry' ? microscope.telemetryArrived(sealed) : microscope.replyArrived(sealed));
  });
  const newest = () => seen.telemetry ?? host.newest();
  const request = async (asked: DeviceRequest) => (await microscope.request(asked)).refused;
  return {
    ...createHand(newest, (intent) => void microscope.intend(intent), false),
    request,
    newest,
    keys,
    intend: (intent: MotionIntent) => microscope.intend(intent),
    /** Everything that went over the link, as it was sealed. */
    sent,
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
