// npm run campaign:fuzz -- --count N --seed S: mutated files through the real import. --only I writes one case.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeCase } from '../support/fuzz/fuzz-case.ts';
import { importBatch } from '../support/fuzz/fuzz-import.ts';
import { loadSeeds, seedsHash, withOwnUid } from '../support/fuzz/seeds.ts';
import { root, temporaryDirectory } from '../support/workstation.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    batch: { type: 'string', default: '500' },
    only: { type: 'string' },
    /** Also starts from the public files beside the project. */
    public: { type: 'boolean', default: false },
  },
});

const MIB = 1024 * 1024;
const campaignSeed = Number(values.seed);
const seeds = loadSeeds(values.public);
const out = path.join(root, 'out/fuzz');
mkdirSync(out, { recursive: true });

if (values.only !== undefined) {
  const found = makeCase(seeds, campaignSeed, Number(values.only));
  const file = path.join(out, `case-${campaignSeed}-${found.index}-${found.container}.dcm`);
  writeFileSync(file, found.bytes);
  console.log(JSON.stringify({ ...found, bytes: found.bytes.length, file }));
  process.exit(0);
}

const first = Number(values.from);
const end = first + Number(values.count);
const batchSize = Number(values.batch);
const witnessSeeds = seeds.filter(({ name }) => name.startsWith('own'));
const totals = {
  files: 0,
  durable: 0,
  duplicates: 0,
  refused: 0,
  seconds: 0,
  slowestBatchSeconds: 0,
  peakBackendMib: 0,
  peakHelperMib: 0,
  peakCodecMib: 0,
};
const opened: Record<string, number> = {};
const refusedByCode: Record<string, number> = {};
const violations: string[] = [];

for (let start = first; start < end; start += batchSize) {
  // A folder of its own for each batch: later ones must not be saved by what earlier ones stored.
  const sandbox = temporaryDirectory();
  const cases = Array.from({ length: Math.min(batchSize, end - start) }, (_, index) =>
    makeCase(seeds, campaignSeed, start + index),
  );
  const witnesses = witnessSeeds.map(({ bytes }, index) => withOwnUid(bytes, 90_000_000 + index));
  const batch = await importBatch(sandbox.path, cases, witnesses);
  sandbox.remove();
  totals.files += cases.length;
  totals.durable += batch.durable - witnesses.length;
  totals.duplicates += batch.duplicates;
  totals.seconds += batch.seconds;
  totals.slowestBatchSeconds = Math.max(totals.slowestBatchSeconds, batch.seconds);
  for (const [outcome, count] of Object.entries(batch.opened)) {
    opened[outcome] = (opened[outcome] ?? 0) + count;
  }
  totals.peakBackendMib = Math.max(totals.peakBackendMib, Math.round(batch.peakBackendBytes / MIB));
  totals.peakHelperMib = Math.max(totals.peakHelperMib, Math.round(batch.peakHelperBytes / MIB));
  totals.peakCodecMib = Math.max(totals.peakCodecMib, Math.round(batch.peakCodecBytes / MIB));
  for (const [code, count] of Object.entries(batch.refusedByCode)) {
    refusedByCode[code] = (refusedByCode[code] ?? 0) + count;
    totals.refused += count;
  }
  violations.push(...batch.violations.map((sentence) => `batch from ${start}: ${sentence}`));
  console.log(
    `${totals.files}/${end - first}: ${totals.durable} durable, ${totals.refused} refused, ${violations.length} violations, ` +
      `${batch.seconds.toFixed(1)} s, helpers ${totals.peakHelperMib} MiB, backend ${totals.peakBackendMib} MiB`,
  );
  for (const sentence of batch.violations) console.log(`  ${sentence}`);
}

const report = {
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  seedFiles: seeds.length,
  seedsHash: seedsHash(seeds),
  campaignSeed,
  from: first,
  ...totals,
  refusedByCode,
  opened,
  violations,
  // Rule of three: with no failure in N the true rate is below 3/N with 95 % confidence.
  failureRateBelow: violations.length === 0 ? 3 / totals.files : null,
};
writeFileSync(path.join(out, 'report.json'), JSON.stringify(report, null, 2));
console.log(JSON.stringify(report, null, 2));
process.exit(violations.length === 0 ? 0 : 1);
