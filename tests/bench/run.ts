// npm run bench [-- NAME…]: measures, prints one table, and keeps the figures with what they were measured on.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support/workstation.ts';
import type { Measured } from './measured.ts';

interface Bench {
  readonly name: string;
  readonly run: () => Promise<Measured[]>;
}

interface BenchRun {
  readonly name: string;
  readonly results: readonly Measured[];
  /** Why there are none. */
  readonly failure?: string;
  readonly seconds: number;
}

const benchDir = path.join(root, 'tests', 'bench');
const wanted = process.argv.slice(2);

/** Figures of different machines, loads or versions are not to be compared without knowing it. */
const facts = {
  atUtc: new Date().toISOString(),
  commit: git('rev-parse', 'HEAD'),
  hasUncommittedChanges: git('status', '--porcelain') !== '',
  node: process.version,
  platform: `${os.platform()} ${os.release()} ${os.arch()}`,
  processor: os.cpus()[0]?.model ?? 'unknown',
  cores: os.cpus().length,
  memoryGib: Math.round(os.totalmem() / 1024 ** 3),
  loadAtStart: os.loadavg()[0],
};

const files = readdirSync(benchDir)
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
  .sort();
if (files.length === 0) {
  console.error(`No bench is called ${wanted.join(' or ')}.`);
  process.exit(1);
}

const runs: BenchRun[] = [];
for (const file of files) runs.push(await runBench(file));

const outDir = path.join(root, 'out', 'bench');
mkdirSync(outDir, { recursive: true });
for (const run of runs) {
  writeFileSync(path.join(outDir, `${run.name}.json`), `${JSON.stringify({ ...facts, ...run }, null, 2)}\n`);
}
printTable(runs);
console.log(
  `\n${facts.processor}, ${facts.cores} cores, ${facts.memoryGib} GiB, load ${facts.loadAtStart?.toFixed(1)} at start; commit ${facts.commit.slice(0, 7)}${facts.hasUncommittedChanges ? ' with changes' : ''}. Figures in out/bench.`,
);
process.exit(runs.some(({ failure }) => failure !== undefined) ? 1 : 0);

async function runBench(file: string): Promise<BenchRun> {
  const startMs = performance.now();
  const seconds = () => Math.round((performance.now() - startMs) / 100) / 10;
  const name = file.replace(/\.bench\.ts$/, '');
  console.error(`${name} …`);
  try {
    const { bench } = (await import(pathToFileURL(path.join(benchDir, file)).href)) as { bench: Bench };
    return { name: bench.name, results: await bench.run(), seconds: seconds() };
  } catch (error) {
    console.error(error);
    return { name, results: [], failure: String(error), seconds: seconds() };
  }
}

function printTable(all: readonly BenchRun[]): void {
  const rows = all.flatMap(({ name, results, failure }) =>
    failure === undefined
      ? results.map(({ measure, value, unit, ratioTo, target }) => [
          name,
          measure,
          `${format(value)} ${unit}`,
          ratioTo ?? '',
          target ?? '',
        ])
      : [[name, `FAILED: ${failure}`, '', '', '']],
  );
  const header = ['bench', 'measure', 'value', 'ratio to', 'target'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  console.log(line(header));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of rows) console.log(line(row));
}

function format(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
