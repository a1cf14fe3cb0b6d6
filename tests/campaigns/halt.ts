// npm run campaign:halt -- --trials N: N trials over all causes on real processes; standstill on the stage's own log.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MAXIMUM_HALT_MS } from '#shared/motion/limits-of-time.ts';
import { measureHalts } from '../support/halts.ts';
import { haltCauses } from '../support/halts/orders.ts';
import type { HaltCause } from '../support/halts/orders.ts';
import { root } from '../support/workstation.ts';

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '1000' }, causes: { type: 'string', default: '' } },
});
const causes =
  values.causes === '' ? haltCauses : haltCauses.filter((cause) => values.causes.split(',').includes(cause));
const trialsPerCause = Math.ceil(Number(values.trials) / causes.length);
const startMs = performance.now();
let done = 0;

const { halts, violations, repeated } = await measureHalts({
  trialsPerCause,
  causes,
  onTrial: ({ cause, ms }) => {
    done += 1;
    if (ms > MAXIMUM_HALT_MS || done % 20 === 0) {
      console.error(`${done} of ${trialsPerCause * causes.length}: ${cause} ${ms.toFixed(0)} ms`);
    }
  },
});

const summary = {
  atUtc: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  all: figures(halts.map(({ ms }) => ms)),
  perCause: Object.fromEntries(causes.map((cause) => [cause, figures(ofCause(cause))])),
  longerThanAllowed: halts.filter(({ ms }) => ms > MAXIMUM_HALT_MS).length,
  violations,
  repeated,
  /** Rule of three: with no failure in N, the true rate is below 3/N with 95 % confidence. */
  upperBoundPercent: Math.round((3 / halts.length) * 10_000) / 100,
  minutes: Math.round((performance.now() - startMs) / 6000) / 10,
};
const outDir = path.join(root, 'out', 'campaigns');
mkdirSync(outDir, { recursive: true });
writeFileSync(path.join(outDir, 'halt.json'), `${JSON.stringify({ ...summary, halts }, null, 2)}\n`);
console.log(JSON.stringify(summary, null, 2));
process.exit(summary.longerThanAllowed > 0 || violations.length > 0 ? 1 : 0);

function ofCause(cause: HaltCause): number[] {
  return halts.filter((halt) => halt.cause === cause).map(({ ms }) => ms);
}

function figures(samples: readonly number[]) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
  return { n: sorted.length, median: at(0.5), p99: at(0.99), max: at(1) };
}
