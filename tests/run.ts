// npm test: installs what the tests run against, then runs all of them.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureDebianPackages } from './support/debian-packages.ts';
import { root } from './support/workstation.ts';

try {
  ensureDebianPackages();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'tests/vitest.config.ts',
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
