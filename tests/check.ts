// npm run check: format, lint, types, architecture and dead code, side by side.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './support/workstation.ts';

const tool = (file: string, ...args: string[]) => [path.join(root, 'node_modules', file), ...args];

// tests/tsconfig.json holds all tests for editor and linter; Node's types and a browser's disagree on streams,
// so that the compiler looks at those of the backend and those with pages separately.
const checks: Readonly<Record<string, string[]>> = {
  format: tool('oxfmt/bin/oxfmt', '--check'),
  lint: tool('oxlint/bin/oxlint', '--deny-warnings'),
  'types of shared': tool('typescript/bin/tsc', '-p', 'shared'),
  'types of electron': tool('typescript/bin/tsc', '-p', 'electron'),
  'types of renderer': tool('typescript/bin/tsc', '-p', 'renderer'),
  'types of tests': tool('typescript/bin/tsc', '-p', 'tests/tsconfig.node.json'),
  'types of tests with pages': tool('typescript/bin/tsc', '-p', 'tests/tsconfig.pages.json'),
  architecture: tool('vitest/vitest.mjs', 'run', '--config', 'tests/vitest.config.ts', 'tests/architecture'),
  'dead code': tool('knip/bin/knip.js', '--config', 'tests/knip.json'),
};

const results = await Promise.all(
  Object.entries(checks).map(
    ([name, args]) =>
      new Promise<boolean>((resolve) => {
        const child = spawn(process.execPath, args, { cwd: root });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.on('close', (code) => {
          console.log(`${code === 0 ? 'ok     ' : 'FAILED '} ${name}`);
          if (code !== 0) console.log(output);
          resolve(code === 0);
        });
      }),
  ),
);
process.exit(results.every(Boolean) ? 0 : 1);
