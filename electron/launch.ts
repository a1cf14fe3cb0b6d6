// npm start: starts the backend and a window for it.
import { fork, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePageBuilt } from './page-build.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '0' },
    lang: { type: 'string', default: 'ja' },
    'no-window': { type: 'boolean', default: false },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const dataDir = path.resolve(values.data ?? path.join(os.homedir(), '.local', 'share', 'enkaku'));
mkdirSync(dataDir, { recursive: true });

const pageDir = await ensurePageBuilt(root, (sentence) => console.error(sentence));

const backend = fork(
  fileURLToPath(new URL('./backend/on-loopback.ts', import.meta.url)),
  ['--data', dataDir, '--port', values.port, '--page', pageDir, '--lang', values.lang],
  { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
);
backend.on('exit', (code) => process.exit(code ?? 1));
process.on('SIGTERM', () => backend.kill('SIGTERM'));
process.on('SIGINT', () => backend.kill('SIGTERM'));

backend.on('message', (ready: { url: string }) => {
  if (values['no-window']) {
    console.log(JSON.stringify(ready));
  } else {
    const window = spawn(
      'chromium',
      [`--app=${ready.url}`, `--user-data-dir=${path.join(dataDir, 'browser')}`],
      {
        stdio: 'ignore',
      },
    );
    window.on('exit', () => backend.kill('SIGTERM'));
  }
});
