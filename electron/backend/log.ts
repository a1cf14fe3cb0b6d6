import { mkdirSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';

export type Log = pino.Logger;

/** Keys that could carry a patient; pino replaces their values even when somebody logs a whole object. */
const redactedKeys = ['patientName', 'patientId', 'birthDate', 'name', 'patient', 'input', 'metadata'];

/** Writes JSON lines to `<data folder>/log/backend.log`; never patient data (docs/decisions). */
export function createLog(dataDir: string): Log {
  const directory = path.join(dataDir, 'log');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = pino.destination({ dest: path.join(directory, 'backend.log'), sync: true });
  // A full disk must not end the program because of its log; work that fails says so itself.
  file.on('error', () => {});
  return pino(
    {
      base: { pid: process.pid },
      redact: { paths: redactedKeys.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    },
    file,
  );
}
