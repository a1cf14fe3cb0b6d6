// The simulated controller: a process of its own, with its own clock, reached over a socket as others over a cable.
import { chmodSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createLineReader } from '../line-reader.ts';
import { monotonicMs } from '../monotonic.ts';
import { connectToBackend } from '../parent-channel.ts';
import { PositionLog } from './position-log.ts';
import { SimulatedStage } from './simulated-stage.ts';
import { StageCommand } from './stage-messages.ts';
import type { StageNews, StageStart } from './stage-messages.ts';

const REPORT_INTERVAL_MS = 16;
const MOVING_PAUSE_MS = 1;
const RESTING_PAUSE_MS = 8;
/** A microscope does not vanish with the program that steers it: its last move ends as any other, and is logged. */
const AFTER_LIFE_MS = 800;
const MAXIMUM_LINE = 1000;

try {
  // A controller has a processor of its own.
  os.setPriority(os.constants.priority.PRIORITY_HIGHEST);
} catch {
  // Not permitted: it simulates as well as it gets to.
}
const parent = connectToBackend(() => {
  setTimeout(end, AFTER_LIFE_MS);
});
let stage: SimulatedStage | undefined;
let log: PositionLog | undefined;
let folder: string | undefined;
let isOver = false;
const connections = new Set<net.Socket>();

parent.onMessage((message) => {
  if (stage) return;
  const { logPath, socketPath, standing } = message as StageStart;
  log = new PositionLog(logPath, { isContinued: standing !== undefined });
  stage = new SimulatedStage(log, monotonicMs(), standing);
  start(stage, logPath);
  listen(stage, socketPath);
});

function start(simulated: SimulatedStage, logPath: string): void {
  let reportedAtMs = 0;
  let told = '';
  const loop = () => {
    const nowMs = monotonicMs();
    simulated.advance(nowMs);
    if (nowMs - reportedAtMs >= REPORT_INTERVAL_MS) {
      reportedAtMs = nowMs;
      const report = `${JSON.stringify({ pid: process.pid, logPath, ...simulated.report() })}\n`;
      for (const socket of connections) socket.write(report);
      const standing = simulated.standing();
      if (told !== '' && told !== JSON.stringify(standing)) parent.send({ standing } satisfies StageNews);
      told = JSON.stringify(standing);
    }
    setTimeout(loop, simulated.isMoving ? MOVING_PAUSE_MS : RESTING_PAUSE_MS);
  };
  loop();
}

function listen(simulated: SimulatedStage, socketPath: string): void {
  const isFile = process.platform !== 'win32';
  if (isFile) {
    folder = path.dirname(socketPath);
    // Of a process before this one that was killed.
    rmSync(socketPath, { force: true });
  }
  net
    .createServer((socket) => serve(socket, simulated))
    .listen(socketPath, () => {
      if (isFile) chmodSync(socketPath, 0o600);
      parent.send({ standing: simulated.standing() } satisfies StageNews);
    });
}

function serve(socket: net.Socket, simulated: SimulatedStage): void {
  connections.add(socket);
  socket.setEncoding('utf8');
  const read = createLineReader('\n', MAXIMUM_LINE, (line) => {
    const command = parse(line);
    if (command) simulated.obey(command, monotonicMs());
  });
  socket.on('data', (chunk) => read(chunk.toString()));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => connections.delete(socket));
}

function parse(line: string): StageCommand | undefined {
  try {
    return StageCommand.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function end(): void {
  if (isOver) return;
  isOver = true;
  stage?.advance(monotonicMs());
  log?.flush();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
