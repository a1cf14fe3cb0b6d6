// Runs one of our TypeScript programs. Plain JavaScript that an old Node understands too, so that a wrong
// Node is told in a sentence: inside npm scripts `node` is the one from the lock file, if it was installed.
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const script = process.argv[2];

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `Node ${NEEDED} が必要ですが、ここでは ${process.versions.node} が使われています。npm ci をもう一度実行してください（--omit=optional を付けないでください）。\n` +
      `Node ${NEEDED} is needed, but this is ${process.versions.node}. Run npm ci again (without --omit=optional).\n`,
  );
  process.exit(1);
}
if (script === undefined) throw new Error('node electron/run.js SCRIPT [ARGUMENT…]');
// Most of a start is reading TypeScript. Programs that this one starts share what was read; it lies in the
// project, because only who may change that may change what will run.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../out/cache/compiled', import.meta.url));
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
process.argv.splice(1, 2, path.resolve(script));
await import(pathToFileURL(path.resolve(script)).href);
