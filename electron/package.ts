// npm run package: builds the page and the programs and packs them with Electron for this platform.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePageBuilt } from '#page/page-build.ts';
import { findElectron } from './launch/electron-binary.ts';
import { say } from './launch/sentences.ts';
import { ensureShellBuilt } from './launch/shell-build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

// Before anything is built: in a closed network the answer is no, and it should not take minutes to hear it.
const electron = await findElectron({ root, isRequired: true, announce: say });
if ('unavailableBecause' in electron) {
  say('package-without-electron', { reason: electron.unavailableBecause });
  process.exit(1);
}
await ensurePageBuilt(root, () => say('preparing-page'));
await ensureShellBuilt(root, () => say('preparing-shell'));
rmSync(path.join(root, 'out', 'package'), { recursive: true, force: true });
const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
const { status } = spawnSync(process.execPath, [builder, '--publish', 'never', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
