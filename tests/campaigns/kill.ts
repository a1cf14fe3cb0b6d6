// npm run campaign:kill -- --kills N --seed S: kill -9 at random points of an import; what was reported durable is there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { killRounds } from '../support/kill/kill-rounds.ts';
import { root } from '../support/workstation.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const wanted = Number(values.kills);
const seed = Number(values.seed);
const startMs = performance.now();

const results = await killRounds(wanted, seed, undefined, (done, violations) => {
  if (done % 10 === 0) console.error(`${done} of ${wanted} kills, ${violations} violations`);
});

const { kills, violations } = results;
const share = (count: number) => `${count} of ${kills.length}`;
const files = results.source.taken;
const summary = {
  atUtc: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  seed,
  kills: kills.length,
  beforeTheFirstReport: share(kills.filter(({ reported }) => reported === 0).length),
  betweenFirstAndLastReport: share(
    kills.filter(({ reported }) => reported > 0 && reported < files - 1).length,
  ),
  completions: results.completions,
  durableChecked: results.durableChecked,
  killsThatLeftObjectsWithoutARow: kills.filter(({ unnamedObjects }) => unnamedObjects > 0).length,
  filesPerImport: files,
  bytesPerImport: results.source.bytes,
  violations: violations.length,
  /** Rule of three: with no failure in N, the true rate is below 3/N with 95 % confidence. */
  upperBoundPercent: violations.length === 0 ? Math.round((3 / kills.length) * 10_000) / 100 : null,
  minutes: Math.round((performance.now() - startMs) / 6000) / 10,
};
const outDir = path.join(root, 'out', 'campaigns');
mkdirSync(outDir, { recursive: true });
writeFileSync(
  path.join(outDir, 'kill.json'),
  `${JSON.stringify({ ...summary, violations, kills }, null, 2)}\n`,
);
console.log(JSON.stringify(summary, null, 2));
for (const violation of violations.slice(0, 20)) console.log(violation);
process.exit(violations.length > 0 ? 1 : 0);
