import { randomUUID } from 'node:crypto';
import { deviceHost, focusMeter } from '#shared/contract/device-host.ts';
import { INTENT_INTERVAL_MS } from '#shared/motion/limits-of-time.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { PayloadOf } from '#shared/rpc/contract.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { ServiceClient } from '#shared/rpc/connect.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Port } from '#shared/rpc/frames.ts';
import { RpcServer } from '#shared/rpc/serve.ts';
import type { Log } from '#backend/log.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';

type Sealed = PayloadOf<typeof deviceHost, 'sealed'>;
type SimulatedOptics = PayloadOf<typeof deviceHost, 'simulatedOptics'>;

export interface DeviceHostOptions {
  readonly start: () => HelperProcess;
  /** Where the simulated controller listens; starts it when it is asked for the first time. */
  readonly findSimulatedStage: () => Promise<string>;
  readonly log: Log;
  /** Score of the first frame exposed after that device time. */
  readonly measureFocus: (
    afterDeviceTimeMs: number,
  ) => Promise<{ score: number; deviceTimeMs: number; focusUm: number; isBlank: boolean }>;
  readonly onTelemetry: (telemetry: Telemetry) => void;
  readonly onSealed: (sealed: Sealed) => void;
  readonly onSimulatedOptics: (optics: SimulatedOptics) => void;
  readonly onStateChanged: () => void;
}

/** Long enough for a person to read that it ended; nothing moves meanwhile or after, until somebody means it. */
const RESTART_PAUSE_MS = 1000;

/** The process that moves the microscope of this workstation, started again when it dies. */
export class OwnDeviceHost {
  readonly #options: DeviceHostOptions;
  #configuration: MicroscopeConfiguration;
  #process: HelperProcess | undefined;
  #client: ServiceClient<typeof deviceHost> | undefined;
  #restart: NodeJS.Timeout | undefined;
  #keepingAlive: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(configuration: MicroscopeConfiguration, options: DeviceHostOptions) {
    this.#options = options;
    this.#configuration = configuration;
    this.#start();
  }

  get isRunning(): boolean {
    return this.#client !== undefined;
  }

  /** @throws RpcError `unavailable` while the process is not there */
  get client(): ServiceClient<typeof deviceHost> {
    if (!this.#client) throw new RpcError('unavailable', 'the device host is not running');
    return this.#client;
  }

  async configure(configuration: MicroscopeConfiguration): Promise<void> {
    this.#configuration = configuration;
    await this.#configure(this.client);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#keepingAlive);
    clearTimeout(this.#restart);
    this.#client = undefined;
    this.#process?.kill();
  }

  #start(): void {
    const { start, log, onStateChanged } = this.#options;
    const child = start();
    this.#process = child;
    child.onExit(({ code, signal }) => {
      if (this.#process !== child) return;
      this.#client = undefined;
      clearInterval(this.#keepingAlive);
      if (this.#isClosed) return;
      log.warn({ code, signal }, 'the device host ended; motion is off');
      this.#restart = setTimeout(() => this.#start(), RESTART_PAUSE_MS);
      onStateChanged();
    });
    const client = this.#connect(portOf(child));
    void this.#configure(client)
      .then(() => {
        if (this.#process !== child || this.#isClosed) return;
        this.#client = client;
        // Procedures of the bench go on only while this process is well.
        this.#keepingAlive = setInterval(() => {
          void client.keepAlive({}).catch(() => {});
        }, INTENT_INTERVAL_MS);
        onStateChanged();
      })
      .catch((error: unknown) => log.error({ err: error }, 'the device host refused its configuration'));
  }

  async #configure(client: ServiceClient<typeof deviceHost>): Promise<void> {
    const configuration = this.#configuration;
    const { controller } = configuration;
    if (controller.driver !== 'simulated') await client.configure(configuration);
    else {
      const socketPath = await this.#options.findSimulatedStage();
      await client.configure({ ...configuration, controller: { ...controller, socketPath } });
    }
  }

  #connect(port: Port): ServiceClient<typeof deviceHost> {
    const { measureFocus, onTelemetry, onSealed, onSimulatedOptics, log } = this.#options;
    new RpcServer({
      contracts: { focusMeter },
      services: { focusMeter: { measure: ({ afterDeviceTimeMs }) => measureFocus(afterDeviceTimeMs) } },
      reportInternalError: (name, error) => {
        const reference = randomUUID();
        log.error({ err: error, call: name, reference }, 'a call of the device host failed');
        return reference;
      },
    }).attach(port, 'device-host');
    const { client } = new RpcConnection({ deviceHost }, port);
    client.deviceHost.on('telemetry', onTelemetry);
    client.deviceHost.on('sealed', onSealed);
    client.deviceHost.on('simulatedOptics', onSimulatedOptics);
    return client.deviceHost;
  }
}

function portOf(child: HelperProcess): Port {
  return {
    send: (frame) => child.send(frame),
    onFrame: (listener) => child.onMessage(listener),
    onClose: (listener) => child.onExit(() => listener()),
  };
}
