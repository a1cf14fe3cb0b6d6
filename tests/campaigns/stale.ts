// npm run campaign:stale -- --commands N --seed S: commands no device host may execute, against its own gate.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runStaleCommands } from '../support/stale/stale-run.ts';
import { root } from '../support/workstation.ts';

const { values } = parseArgs({
  options: { commands: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
});
const startMs = performance.now();
const results = await runStaleCommands(Number(values.commands), Number(values.seed), (done) =>
  console.error(`${done} of ${values.commands}`),
);
const sent = Object.values(results.sent).reduce((sum, count) => sum + count, 0);
const summary = {
  atUtc: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  seed: Number(values.seed),
  sent,
  perKind: results.sent,
  executed: results.executed,
  genuineSent: results.genuineSent,
  genuineExecuted: results.genuineExecuted,
  /** Rule of three: with none in N, the true rate is below 3/N with 95 % confidence. */
  upperBoundPerMillion: Math.round((3 / sent) * 1e8) / 100,
  minutes: Math.round((performance.now() - startMs) / 6000) / 10,
};
const outDir = path.join(root, 'out', 'campaigns');
mkdirSync(outDir, { recursive: true });
writeFileSync(path.join(outDir, 'stale.json'), `${JSON.stringify(summary, null, 2)}\n`);
console.log(JSON.stringify(summary, null, 2));
process.exit(results.executed === 0 && results.genuineExecuted === results.genuineSent ? 0 : 1);
