import net from 'node:net';
import type { FaultCode } from '#shared/motion/faults.ts';
import type { DeviceState } from '#shared/motion/position.ts';
import { createLineReader } from '../line-reader.ts';
import { monotonicMs } from '../monotonic.ts';
import { StageReport } from '../simulated/stage-messages.ts';
import type { StageCommand } from '../simulated/stage-messages.ts';
import type { Controller, ControllerState, OpticsSample } from './controller.ts';

/** Reports come every 16 ms; after this without one nobody knows what it does. */
const SILENT_AFTER_MS = 250;
const RECONNECT_MS = 200;
const TURN_TIMEOUT_MS = 3000;
const TURN_POLL_MS = 20;
const MAXIMUM_LINE = 4000;

/** The simulated controller at its socket. Connects again by itself; nothing moves by that. */
export function openSimulated({ socketPath }: { readonly socketPath?: string | undefined }): Controller {
  const listeners = new Set<(sample: OpticsSample) => void>();
  let socket: net.Socket | undefined;
  let report: StageReport | undefined;
  let heardAtMs = -Infinity;
  let isClosed = false;
  let isConnected = false;

  const hear = (line: string) => {
    const parsed = parse(line);
    if (!parsed) return;
    report = parsed;
    heardAtMs = monotonicMs();
    const { atMs, opticsUm: positionUm, objectiveId, lampPercent } = parsed;
    for (const listener of listeners) listener({ atMs, positionUm, objectiveId, lampPercent });
  };
  const connect = () => {
    if (isClosed || socketPath === undefined) return;
    const connection = net.connect(socketPath);
    socket = connection;
    const read = createLineReader('\n', MAXIMUM_LINE, hear);
    connection.setEncoding('utf8');
    connection.on('connect', () => (isConnected = true));
    connection.on('data', (chunk) => read(chunk.toString()));
    connection.on('error', () => connection.destroy());
    connection.on('close', () => {
      isConnected = false;
      heardAtMs = -Infinity;
      setTimeout(connect, RECONNECT_MS);
    });
  };
  connect();
  const send = (command: StageCommand) => {
    if (isConnected) socket?.write(`${JSON.stringify(command)}\n`);
  };
  const state = () => stateOf(report, isConnected, monotonicMs() - heardAtMs > SILENT_AFTER_MS);

  return {
    state,
    move: ({ axes, durationMs, acceptedAtMs }) => send({ command: 'move', axes, durationMs, acceptedAtMs }),
    stop: () => send({ command: 'halt' }),
    turret: {
      isByHand: false,
      turnTo: async (station) => {
        send({ command: 'turret', station });
        const deadlineMs = monotonicMs() + TURN_TIMEOUT_MS;
        // The command and the first report after it need a moment.
        do await new Promise((resolve) => setTimeout(resolve, TURN_POLL_MS * 2));
        while (state().objectiveId !== station && monotonicMs() < deadlineMs);
        if (state().objectiveId !== station) throw new Error('controller-silent' satisfies FaultCode);
      },
    },
    lamp: { setPercent: (percent) => send({ command: 'lamp', percent }) },
    toleranceUm: { stage: 0.5, focus: 0.1 },
    brakingUmPerS2: { stage: 300_000, focus: 40_000 },
    simulation: () => (report ? { pid: report.pid, positionLogPath: report.logPath } : null),
    onOptics: (listener) => void listeners.add(listener),
    close: () => {
      isClosed = true;
      send({ command: 'halt' });
      socket?.end();
    },
  };
}

function stateOf(report: StageReport | undefined, isConnected: boolean, isSilent: boolean): ControllerState {
  const axis = (isMoving: boolean | undefined): DeviceState =>
    isSilent || isMoving === undefined ? 'unknown' : isMoving ? 'moving' : 'idle';
  const fault = isConnected ? 'controller-silent' : report ? 'simulator-gone' : 'controller-not-found';
  return {
    isConnected: isConnected && !isSilent,
    fault: isSilent ? fault : null,
    positionUm: report?.encoderUm ?? { x: 0, y: 0, z: 0 },
    axes: { x: axis(report?.moving.x), y: axis(report?.moving.y), z: axis(report?.moving.z) },
    objectiveId: isSilent ? null : (report?.objectiveId ?? null),
    turret: isSilent ? 'unknown' : report?.objectiveId === null ? 'moving' : 'idle',
    lampPercent: report?.lampPercent ?? null,
  };
}

function parse(line: string): StageReport | undefined {
  try {
    return StageReport.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
