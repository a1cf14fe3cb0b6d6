import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface MosquittoOptions {
  readonly folder: string;
  readonly passwords: Readonly<Record<string, string>>;
  /** Lines of mosquitto's ACL file. */
  readonly acl: string;
  /** MQTT in WebSockets on the same port, as hospitals have it behind a proxy that lets HTTPS through only. */
  readonly isWebSocket?: boolean;
}

/** Debian's mosquitto with passwords, ACL and TLS on a port of loopback. */
export class Mosquitto {
  readonly #folder: string;
  readonly port: number;
  /** PEM of the authority that signed its certificate. */
  readonly authorityFile: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.authorityFile = path.join(folder, 'ca.pem');
  }

  static async start({ folder, passwords, acl, isWebSocket }: MosquittoOptions): Promise<Mosquitto> {
    const broker = new Mosquitto(folder, await freePort());
    const file = (name: string) => path.join(folder, name);
    makeCertificates(folder);
    writeFileSync(file('passwords'), '');
    for (const [user, password] of Object.entries(passwords)) {
      execFileSync('mosquitto_passwd', ['-b', file('passwords'), user, password], { stdio: 'ignore' });
    }
    writeFileSync(file('acl'), acl);
    writeFileSync(
      file('mosquitto.conf'),
      [
        `listener ${broker.port} 127.0.0.1`,
        `certfile ${file('broker.pem')}`,
        `keyfile ${file('broker.key')}`,
        // Version 2.0.11 does not count a listener for WebSockets and ends without another one; it has it on every
        // address besides, so password and TLS are all that guards it.
        ...(isWebSocket === true ? ['protocol websockets', `listener 0 ${file('broker.socket')}`] : []),
        'allow_anonymous false',
        `password_file ${file('passwords')}`,
        `acl_file ${file('acl')}`,
        ...(process.getuid?.() === 0 ? ['user root'] : []),
        '',
      ].join('\n'),
    );
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    this.#process = spawn('/usr/sbin/mosquitto', ['-c', path.join(this.#folder, 'mosquitto.conf')], {
      stdio: 'ignore',
    });
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await isListening(this.port)) return;
      await wait(100);
    }
    throw new Error('mosquitto does not listen');
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=site',
  );
  openssl('req', ...newKey, '-keyout', 'broker.key', '-out', 'broker.csr', '-subj', '/CN=127.0.0.1');
  writeFileSync(path.join(folder, 'names'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'broker.csr', ...signing, '-out', 'broker.pem');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
