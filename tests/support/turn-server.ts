import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface TurnServer {
  readonly url: string;
  /** What makes its credentials; a workstation is given it to make its own. */
  readonly secret: string;
  /** Good until `expiresInSeconds` from now; negative: already expired. */
  credentials(expiresInSeconds: number): { username: string; credential: string };
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 15_000;

/** Debian's coturn on loopback, with credentials that a secret makes for a time (`use-auth-secret`). */
export async function startTurnServer(): Promise<TurnServer> {
  const secret = randomBytes(24).toString('hex');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'enkaku-turn-'));
  const port = await freePort();
  const child = spawn(
    '/usr/bin/turnserver',
    [
      '-n',
      `--listening-port=${port}`,
      '--listening-ip=127.0.0.1',
      '--relay-ip=127.0.0.1',
      '--allow-loopback-peers',
      '--cli-password=unused',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--no-tcp',
      '--fingerprint',
      '--use-auth-secret',
      `--static-auth-secret=${secret}`,
      '--realm=enkaku.test',
      `--userdb=${path.join(folder, 'turn.db')}`,
      `--pidfile=${path.join(folder, 'turn.pid')}`,
      '--log-file=stdout',
      '--simple-log',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  }
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await answers(port, () => said);
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    secret,
    credentials: (expiresInSeconds) => {
      const username = `${Math.floor(Date.now() / 1000) + expiresInSeconds}:workstation`;
      return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks with a STUN binding request until somebody answers. */
async function answers(port: number, said: () => string): Promise<void> {
  const socket = createSocket('udp4');
  try {
    const answered = new Promise<void>((resolve) => socket.once('message', () => resolve()));
    const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]);
    const timer = setInterval(() => socket.send(request, port, '127.0.0.1'), 100);
    const timeout = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error(`coturn does not answer: ${said()}`)), READY_TIMEOUT_MS).unref();
    });
    await Promise.race([answered, timeout]).finally(() => clearInterval(timer));
  } finally {
    socket.close();
  }
}

function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
