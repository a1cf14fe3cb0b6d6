// npm run campaign:hostile-broker -- --runs N --seed S: calls through a broker that belongs to the attacker.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { hostileLanes } from '../support/hostile/hostile-runs.ts';
import { root } from '../support/workstation.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const LANES = 6;
const startMs = performance.now();
const result = await hostileLanes(Number(values.runs), Number(values.seed), LANES, (done, wrong) =>
  console.error(`${done} runs of a lane, ${wrong} wrong peers`),
);
const isGood = result.wrongPeers === 0 && result.phantomRings === 0 && result.readableEnvelopes === 0;
const summary = {
  atUtc: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  ...result,
  /** Rule of three: with no failure in N, the true rate is below 3/N with 95 % confidence. */
  upperBoundPercent: isGood ? Math.round((3 / result.runs) * 100_000) / 1000 : null,
  minutes: Math.round((performance.now() - startMs) / 6000) / 10,
};
const outDir = path.join(root, 'out', 'campaigns');
mkdirSync(outDir, { recursive: true });
writeFileSync(path.join(outDir, 'hostile-broker.json'), `${JSON.stringify(summary, null, 2)}\n`);
console.log(JSON.stringify(summary, null, 2));
process.exit(isGood && result.attacks.none.connected > 0 ? 0 : 1);
