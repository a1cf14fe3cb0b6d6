import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { Calibration, MicroscopeState, microscope } from '#shared/contract/microscope.ts';
import type { LiveChannel } from '#shared/contract/page.ts';
import type { SpecimenChoice } from '#shared/contract/specimen.ts';
import { gainsOf } from '#shared/domain/white-balance.ts';
import { areLimitsTighter } from '#shared/motion/focus-limits.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { RemoteMicroscope as RemoteFacts, StillFacts, Talk } from '#shared/link/talk.ts';
import type { Objective } from '#shared/motion/objective.ts';
import { axes } from '#shared/motion/position.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { Log } from '#backend/log.ts';
import type { Pages } from '#backend/pages.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';
import { Arrivals } from './arrivals.ts';
import { Maps } from './maps.ts';
import { OwnDeviceHost } from './own-device-host.ts';
import { createPictureHandler } from './picture-handler.ts';
import { createRecords } from './records.ts';
import { RemoteMicroscope } from './remote-microscope.ts';
import type { StreamKeys } from './remote-microscope.ts';
import { SpecimenOnStage } from './specimen.ts';
import { PictureFiles } from './still-files.ts';
import { Stills } from './stills.ts';

export interface MicroscopeOptions {
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly announcer: Announcer<BackendContracts>;
  readonly clock: Clock;
  readonly log: Log;
  readonly pages: Pages;
  readonly startDeviceHost: () => HelperProcess;
  /** Resolves with where the simulated controller listens. */
  readonly startSimulatedStage: () => Promise<string>;
  /** What was chosen to lie under the simulated microscope. */
  readonly chosenSpecimen: () => SpecimenChoice | null;
  /** To the workstation we are connected with; nothing happens without one. */
  readonly link: {
    readonly sendOn: (channel: LiveChannel, bytes: Uint8Array) => void;
    readonly say: (talk: Talk) => void;
    readonly sendFile: (path: string) => Promise<string | undefined>;
    /** Somebody steers: files go slowly for a moment. */
    readonly yieldFiles: () => void;
    /** A new connection with new keys: the device host has forgotten the old ones. */
    readonly renew: () => void;
  };
  /** Makes the DICOM instance of a still and stores it as any import does. Resolves when it is durable. */
  readonly archiveStill: (
    facts: StillFacts,
    losslessPath: string,
    patient: { readonly patientId: string; readonly patientName: string; readonly issuer: string },
  ) => Promise<{ studyUid: string; sopUid: string }>;
}

/** The live peer is up: who we are in it, and the keys of this epoch. */
export interface LinkUp {
  readonly sessionId: string;
  readonly epoch: number;
  readonly role: 'bench' | 'pathologist';
  readonly keys: StreamKeys;
}

/** Telemetry of so many moments is remembered, to know where the stage stood when a frame was exposed. */
const REMEMBERED_TELEMETRY = 250;
const SERIAL_PORT_NAME = /^(ttyUSB|ttyACM|ttyS|cu\.|tty\.usb)/;

/** Joins the device host, the camera's page and the link: the own microscope, or somebody else's. */
export function createMicroscope(options: MicroscopeOptions) {
  const { dataDir, announcer, clock, log, pages, link } = options;
  const records = createRecords(options.database, clock);
  const files = new PictureFiles(dataDir);
  const specimen = new SpecimenOnStage(options.chosenSpecimen, log);
  const recent: Telemetry[] = [];
  let own: OwnDeviceHost | undefined;
  /** One for the life of this backend: it stays where it is when the device host is started again. */
  let simulatedStage: Promise<string> | undefined;
  let remote: RemoteMicroscope | undefined;
  let up: LinkUp | undefined;
  let remoteFacts: RemoteFacts | null = null;
  let configuration = records.configuration();

  const arrivals = new Arrivals();
  const maps = new Maps({
    arrivals,
    files,
    log,
    say: link.say,
    sendFile: link.sendFile,
    onArrived: (map) => announcer.announce('microscope', 'mapArrived', map),
  });
  const stills = new Stills({
    arrivals,
    records,
    files,
    clock,
    log,
    pages,
    objectiveOf: (id) => configuration?.objectives.find((objective) => objective.id === id),
    recentTelemetry: () => recent,
    say: link.say,
    sendFile: link.sendFile,
    onChange: (still) => announcer.announce('microscope', 'stillChanged', still),
  });

  const state = (): MicroscopeState => ({
    configuration,
    deviceHost: own ? (own.isRunning ? 'running' : 'ended') : 'absent',
    hasCamera: pages.cameraHost() !== undefined,
    calibrations: records.calibrations(),
    whiteBalances: records.whiteBalances(),
    focusLimits: records.focusLimits(),
    lastCheck: records.checks(1)[0] ?? null,
    remote: remoteFacts,
    map: maps.current(),
  });
  const stateChanged = () => announcer.announce('microscope', 'stateChanged', state());
  const isConsole = () => up?.role === 'pathologist';

  function telemetryCame(telemetry: Telemetry): void {
    recent.push(telemetry);
    if (recent.length > REMEMBERED_TELEMETRY) recent.shift();
    maps.slideIs(telemetry.isSlideChanging ? null : (telemetry.slide?.slideId ?? null));
    announcer.announce('microscope', 'telemetry', telemetry);
  }

  function startOwn(): void {
    own?.close();
    own = undefined;
    specimen.slideIs(null);
    if (!configuration) return;
    own = new OwnDeviceHost(configuration, {
      start: options.startDeviceHost,
      findSimulatedStage: () => (simulatedStage ??= options.startSimulatedStage()),
      log,
      measureFocus: async (afterDeviceTimeMs) => {
        const camera = pages.cameraHost();
        if (!camera) throw new RpcError('unavailable', 'no-camera');
        return camera.host.measureFocus({ afterDeviceTimeMs, atPart: null });
      },
      onTelemetry: (telemetry) => {
        specimen.slideIs(telemetry.isSlideChanging ? null : telemetry.slide);
        if (isConsole()) return;
        telemetryCame(telemetry);
        if (axes.some((axis) => telemetry.axes[axis] === 'moving')) link.yieldFiles();
      },
      onSealed: ({ stream, bytes }) => {
        if (up?.role !== 'bench') return;
        link.sendOn(stream === 'telemetry' ? 'telemetry' : 'control', Buffer.from(bytes, 'base64'));
      },
      onSimulatedOptics: (optics) => announcer.announce('microscope', 'simulatedOptics', optics),
      onStateChanged: () => {
        // A device host that was started again knows nothing of the link: control has to be asked for anew.
        if (own?.isRunning && up?.role === 'bench') {
          // Under keys that were used before, old messages would count as new.
          if (openedEpoch === epochOf(up)) link.renew();
          else void openRemote(up);
        }
        stateChanged();
      },
    });
  }

  const epochOf = ({ sessionId, epoch }: LinkUp) => `${sessionId} ${epoch}`;
  let openedEpoch = '';
  async function openRemote(next: LinkUp): Promise<void> {
    const { sessionId, epoch, keys } = next;
    openedEpoch = epochOf(next);
    await own?.client.openRemote({
      sessionId,
      linkEpoch: epoch,
      motionKey: base64(keys.motion),
      requestKey: base64(keys.request),
      telemetryKey: base64(keys.telemetry),
      replyKey: base64(keys.reply),
    });
  }

  function introduce(): void {
    if (!configuration) return;
    const camera = pages.cameraHost()?.camera;
    link.say({
      kind: 'microscope',
      objectives: configuration.objectives.map(
        ({ focusLimitsUm: _limits, parfocalOffsetUm: _focus, ...told }) => {
          const measured = records.calibrations().find(({ objectiveId }) => objectiveId === told.id);
          return {
            ...told,
            rotationDeg: measured?.rotationDeg ?? 0,
            isMirrored: measured?.isMirrored ?? false,
          };
        },
      ),
      sensor: { widthPixels: camera?.widthPixels ?? 0, heightPixels: camera?.heightPixels ?? 0 },
      stageLimitsUm: configuration.stageLimitsUm,
    });
    void maps.offerAgain().catch((error: unknown) => log.warn({ err: error }, 'the map was not offered'));
  }

  async function takeForPeer(talk: Extract<Talk, { kind: 'request-still' }>): Promise<void> {
    try {
      if (talk.isKept && stills.keep(talk.stillId)) return;
      await stills.take(talk, 'pathologist');
    } catch (error) {
      const reason = error instanceof RpcError ? error.message.slice(0, 64) : 'internal';
      if (!(error instanceof RpcError)) log.error({ err: error }, 'a still failed');
      link.say({ kind: 'still-refused', stillId: talk.stillId, reason });
    }
  }

  const service: Service<typeof microscope, Principal> = {
    getState: state,
    configure: async ({ configuration: chosen }, { caller }) => {
      records.saveConfiguration(chosen, caller.person);
      configuration = chosen;
      startOwn();
      stateChanged();
      return null;
    },
    intend: async (intent) => {
      if (remote) await remote.intend(intent);
      else if (own && !isConsole()) await own.client.benchIntent(intent);
      else throw new RpcError('unavailable', 'no-microscope');
      return null;
    },
    request: async (request) => {
      if (remote) return remote.request(request);
      if (!own || isConsole()) throw new RpcError('unavailable', 'no-microscope');
      return own.client.request({ requestId: randomUUID(), by: 'bench', request });
    },
    beginProcedure: (input) => ownClient().beginProcedure(input),
    travel: (input, { signal }) => ownClient().travel(input, { signal }),
    endProcedure: (input) => ownClient().endProcedure(input),
    say: (talk) => {
      link.say(talk);
      return null;
    },
    takeStill: async (input) => {
      if (stills.keep(input.stillId)) {
        if (isConsole()) link.say({ kind: 'request-still', ...input });
        return null;
      }
      if (isConsole()) link.say({ kind: 'request-still', ...input });
      else await stills.take(input, 'bench');
      return null;
    },
    listStills: () => ({ stills: records.stills(200) }),
    archiveStill: async ({ stillId, ...patient }) => {
      const still = records.still(stillId);
      if (!still) throw new RpcError('not-found', 'no such still');
      const lossless = still.forms.find(({ form }) => form === 'lossless');
      if (!lossless?.isVerified || still.facts.sha256 === null)
        throw new RpcError('conflict', 'not-bit-exact');
      const archived = await options.archiveStill(still.facts, files.stillPath(stillId, 'lossless'), patient);
      stills.archived(stillId, archived.sopUid);
      return archived;
    },
    saveCalibration: (measured, { caller }) => {
      const calibration: Calibration = {
        ...measured,
        measuredAtMs: clock.nowMs(),
        measuredBy: caller.person,
      };
      records.saveCalibration(calibration);
      const { objectiveId, micrometresPerPixel, focusLimitsUm } = calibration;
      applyMeasured(objectiveId, { micrometresPerPixel, focusLimitsUm }, caller.person);
      return null;
    },
    saveWhiteBalance: ({ cameraName, means }, { caller }) => {
      const measured = {
        cameraName,
        means,
        gains: gainsOf(means),
        measuredAtMs: clock.nowMs(),
        measuredBy: caller.person,
      };
      records.saveWhiteBalance(measured);
      stateChanged();
      return measured;
    },
    saveFocusLimits: (found, { caller }) => {
      const { objectiveId, focusUm, focusLimitsUm } = found;
      const present = configuration?.objectives.find(({ id }) => id === objectiveId)?.focusLimitsUm;
      if (!present || !areLimitsTighter(focusLimitsUm, focusUm, present)) {
        throw new RpcError('conflict', 'wider-limits');
      }
      records.saveFocusLimits({ ...found, measuredAtMs: clock.nowMs(), measuredBy: caller.person });
      applyMeasured(objectiveId, { focusLimitsUm }, caller.person);
      return null;
    },
    saveCheck: (check, { caller }) => {
      records.saveCheck({ ...check, doneAtMs: clock.nowMs(), doneBy: caller.person });
      stateChanged();
      return null;
    },
    listChecks: ({ limit }) => ({ checks: records.checks(limit) }),
    offerMap: async (map) => {
      await maps.offer(map);
      return null;
    },
    openSpecimen: () => specimen.open(),
    listSerialPorts: async () => {
      const names = await readdir('/dev').catch(() => []);
      return { paths: names.filter((name) => SERIAL_PORT_NAME.test(name)).map((name) => `/dev/${name}`) };
    },
  };

  function ownClient() {
    if (!own) throw new RpcError('unavailable', 'no-microscope');
    return own.client;
  }

  /** What was measured counts from now on: scale, and how far focus may go with this objective. */
  function applyMeasured(
    objectiveId: number,
    measured: Partial<Pick<Objective, 'micrometresPerPixel' | 'focusLimitsUm'>>,
    person: string,
  ) {
    if (!configuration) return;
    configuration = {
      ...configuration,
      objectives: configuration.objectives.map((objective) =>
        objective.id === objectiveId ? { ...objective, ...measured } : objective,
      ),
    };
    records.saveConfiguration(configuration, person);
    void own
      ?.configure(configuration)
      .catch((error: unknown) => log.error({ err: error }, 'calibration not taken'));
    stateChanged();
  }

  pages.onChange(() => {
    stateChanged();
    if (up?.role === 'bench') introduce();
  });

  return {
    service,
    /** Starts the device host, if there is a microscope here: not for a command that looks after the archive. */
    start: startOwn,
    examineSpecimen: (chosen: SpecimenChoice | null) => specimen.examine(chosen),
    /** Answers everything below `/microscope/`. */
    pictures: createPictureHandler(files, stills, specimen),
    linkUp: (next: LinkUp): void => {
      up = next;
      if (next.role === 'pathologist') {
        remote = new RemoteMicroscope({
          keys: next.keys,
          epoch: next.epoch,
          sendOn: link.sendOn,
          onTelemetry: telemetryCame,
        });
      } else if (own?.isRunning) {
        void openRemote(next).catch((error: unknown) => log.error({ err: error }, 'the link was not opened'));
        introduce();
      }
      stateChanged();
    },
    /** The first sign of a lost path: remote motion is off before anything else is tried. */
    linkLost: (): void => {
      remote?.close();
      remote = undefined;
      up = undefined;
      if (own?.isRunning) {
        void own.client.closeRemote({}).catch(() => {});
      }
      stateChanged();
    },
    /** Sealed bytes of the peer, by the stream their first byte names. */
    received: (stream: 'motion' | 'request' | 'telemetry' | 'reply', bytes: Uint8Array): void => {
      if (stream === 'telemetry') void remote?.telemetryArrived(bytes);
      else if (stream === 'reply') void remote?.replyArrived(bytes);
      else if (up?.role === 'bench' && own?.isRunning) {
        void own.client.receiveSealed({ stream, bytes: base64(bytes) }).catch(() => {});
      }
    },
    heard: (talk: Talk): void => {
      if (talk.kind === 'microscope') {
        remoteFacts = talk;
        stateChanged();
      } else if (talk.kind === 'map') maps.heard(talk);
      else if (talk.kind === 'request-still') void takeForPeer(talk);
      else if (talk.kind === 'still' || talk.kind === 'still-form' || talk.kind === 'still-refused') {
        stills.heard(talk);
      }
      announcer.announce('microscope', 'heard', talk);
    },
    fileArrived: (transferId: string, path: string): Promise<void> => arrivals.arrived(transferId, path),
    close: (): void => {
      own?.close();
      specimen.close();
    },
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
