import type { deviceHost } from '#shared/contract/device-host.ts';
import { TELEMETRY_INTERVAL_MS } from '#shared/motion/limits-of-time.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { PayloadOf, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { ControlDesk } from './control-desk.ts';
import { openController } from './drivers/index.ts';
import type { Controller, ControllerState } from './drivers/controller.ts';
import { Engine, MotionEnded } from './engine.ts';
import { ProcedureRunner } from './procedures/runner.ts';
import type { FocusMeasure } from './procedures/context.ts';
import { RemoteLink } from './remote-link.ts';

export interface DeviceHostOptions {
  /** Monotonic clock. */
  readonly nowMs: () => number;
  readonly measureFocus: (afterDeviceTimeMs: number) => Promise<FocusMeasure>;
  readonly tell: {
    telemetry(telemetry: Telemetry): void;
    sealed(sealed: PayloadOf<typeof deviceHost, 'sealed'>): void;
    simulatedOptics(optics: PayloadOf<typeof deviceHost, 'simulatedOptics'>): void;
  };
}

/** How late the watchdog may notice that nobody means a motion any more. */
const WATCH_INTERVAL_MS = 10;

interface Microscope {
  configuration: MicroscopeConfiguration;
  readonly controller: Controller;
  readonly engine: Engine;
  readonly runner: ProcedureRunner;
  readonly desk: ControlDesk;
  readonly remote: RemoteLink;
  readonly stopTimers: () => void;
}

/** Everything that moves the microscope, behind its contract. It needs nobody else to stop. */
export function createDeviceHost(options: DeviceHostOptions) {
  const { nowMs, tell } = options;
  // Goes on over a restart of this process, and fits the 32 bits of a frame's stamp for three weeks of it.
  const originMs = Math.floor(nowMs() / 2 ** 31) * 2 ** 31;
  const deviceTimeMs = () => nowMs() - originMs;
  let microscope: Microscope | undefined;

  const present = (): Microscope => {
    if (!microscope) throw new RpcError('unavailable', 'no microscope is set up');
    return microscope;
  };

  function open(configuration: MicroscopeConfiguration): Microscope {
    const controller = openController(configuration.controller);
    const current = () => built.configuration;
    const engine = new Engine({ controller, configuration: current, nowMs });
    const runner = new ProcedureRunner({
      engine,
      controller,
      configuration: current,
      nowMs,
      heldUntilMs: (by) => desk.heldUntilMs(by),
      measureFocus: () => options.measureFocus(deviceTimeMs()),
    });
    const desk = new ControlDesk({
      mover: engine,
      procedures: runner,
      objectiveOf: (id) => current().objectives.find((objective) => objective.id === id),
      setLamp: (percent) => controller.lamp?.setPercent(percent),
      nowMs,
      deviceTimeMs,
    });
    const remote = new RemoteLink(desk, (stream, sealed) =>
      tell.sealed({ stream, bytes: Buffer.from(sealed).toString('base64') }),
    );
    controller.onOptics(({ atMs, ...optics }) =>
      tell.simulatedOptics({ ...optics, deviceTimeMs: atMs - originMs }),
    );
    const timers = [
      setInterval(() => {
        desk.timePassed();
        if (isGone(controller.state())) desk.deviceGone();
        engine.watch();
        runner.watch();
      }, WATCH_INTERVAL_MS),
      setInterval(() => report(built), TELEMETRY_INTERVAL_MS),
    ];
    const stopTimers = () => timers.forEach((timer) => clearInterval(timer));
    const built: Microscope = { configuration, controller, engine, runner, desk, remote, stopTimers };
    return built;
  }

  function report({ controller, desk, runner, remote }: Microscope): void {
    const { isConnected, ...state } = controller.state();
    const telemetry: Telemetry = {
      deviceTimeMs: deviceTimeMs(),
      nonce: desk.issueNonce(),
      isControllerConnected: isConnected,
      ...state,
      axes: { ...state.axes },
      ...desk.report(),
      ...runner.report(),
    };
    tell.telemetry(telemetry);
    void remote.tell(telemetry);
  }

  function configure(configuration: MicroscopeConfiguration): null {
    const isSameController =
      JSON.stringify(microscope?.configuration.controller) === JSON.stringify(configuration.controller);
    if (microscope && isSameController) {
      microscope.configuration = configuration;
      return null;
    }
    close();
    microscope = open(configuration);
    return null;
  }

  function close(): void {
    if (!microscope) return;
    microscope.runner.cancel('cancelled', 'closed');
    microscope.engine.halt();
    microscope.stopTimers();
    microscope.controller.close();
    microscope = undefined;
  }

  const service: Service<typeof deviceHost, unknown> = {
    configure,
    openRemote: ({ motionKey, requestKey, telemetryKey, replyKey, ...rest }) => {
      present().remote.open({
        ...rest,
        motionKey: fromBase64(motionKey),
        requestKey: fromBase64(requestKey),
        telemetryKey: fromBase64(telemetryKey),
        replyKey: fromBase64(replyKey),
      });
      return null;
    },
    closeRemote: () => {
      microscope?.remote.close();
      return null;
    },
    receiveSealed: async ({ stream, bytes }) => {
      await present().remote.receive(stream, fromBase64(bytes));
      return null;
    },
    benchIntent: (intent) => {
      present().desk.intent(intent, 'bench');
      return null;
    },
    keepAlive: () => {
      microscope?.desk.benchIsAlive();
      return null;
    },
    request: ({ requestId, by, request }) => {
      const { desk } = present();
      // What the remote wants comes sealed; STOP alone is taken from anybody.
      if (by === 'remote' && request.kind !== 'stop') return { requestId, refused: 'not-permitted' };
      return { requestId, refused: desk.request(request, by) };
    },
    beginProcedure: ({ procedureId, kind }) => {
      const { desk, runner } = present();
      const refused = desk.beginBenchProcedure();
      if (!refused) runner.beginLed(procedureId, kind);
      return { refused };
    },
    travel: async ({ procedureId, toUm }) => {
      const { runner, controller } = present();
      const target = {
        ...(toUm.x !== undefined && { x: toUm.x }),
        ...(toUm.y !== undefined && { y: toUm.y }),
        ...(toUm.z !== undefined && { z: toUm.z }),
      };
      await asCall(() => runner.travelLed(procedureId, target));
      return { positionUm: controller.state().positionUm };
    },
    endProcedure: async ({ procedureId, progress, isOver }) => {
      await asCall(async () => present().runner.endLed(procedureId, progress, isOver));
      return null;
    },
    describe: () => {
      const simulation = microscope?.controller.simulation() ?? null;
      return {
        pid: process.pid,
        stagePid: simulation?.pid ?? null,
        positionLogPath: simulation?.positionLogPath ?? null,
      };
    },
  };

  return {
    service,
    /** Nobody is there any more who could mean anything: stops, and lets go of the controller. */
    close,
  };
}

/** Silence may be short; a connection that closed is another microscope for all that is known. */
function isGone({ fault }: ControllerState): boolean {
  return fault === 'controller-gone' || fault === 'simulator-gone';
}

/** How a procedure ended is something the caller can act on, not a failure of this process. */
async function asCall<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MotionEnded)) throw error;
    throw new RpcError(error.outcome === 'failed' ? 'unavailable' : 'cancelled', error.message);
  }
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
