import path from 'node:path';
import { createRandom } from '../synthetic-archive.ts';
import { temporaryDirectory } from '../workstation.ts';
import { inspectArchive, stagedFiles } from './inspect-archive.ts';
import { runImport } from './killed-import.ts';
import type { KillPoint } from './killed-import.ts';
import { makeSource } from './made-source.ts';
import type { MadeSource } from './made-source.ts';

export interface Kill {
  readonly round: number;
  readonly point: KillPoint;
  /** Instances reported durable by the killed run. */
  readonly reported: number;
  /** Instances in the archive after it. */
  readonly instances: number;
  readonly unnamedObjects: number;
}

export interface KillResults {
  readonly kills: readonly Kill[];
  readonly completions: number;
  /** Checks of an instance that was reported durable, after each kill and each end. */
  readonly durableChecked: number;
  readonly violations: readonly string[];
  readonly source: Pick<MadeSource, 'bytes' | 'taken'>;
}

const KILLS_PER_ROUND = 5;

interface Round {
  readonly number: number;
  readonly dataDir: string;
  readonly source: MadeSource;
  readonly ledger: Map<string, string>;
  readonly violations: string[];
}

/**
 * Kills imports until so many kills hit: rounds of one to five kills on one data folder, each followed
 * by a look at it, and at the end of each round the same import to its end.
 */
export async function killRounds(
  kills: number,
  seed: number,
  singleImages?: number,
  progressed: (done: number, violations: number) => void = () => {},
): Promise<KillResults> {
  const sandbox = temporaryDirectory();
  const random = createRandom(seed);
  const hits: Kill[] = [];
  const violations: string[] = [];
  let completions = 0;
  let durableChecked = 0;
  try {
    const source = makeSource(path.join(sandbox.path, 'source'), singleImages);
    // How long it takes on this machine today; the load of others makes it longer or shorter.
    const calibration = await runImport(path.join(sandbox.path, 'calibration'), source.folder);
    while (hits.length < kills) {
      const number = completions + 1;
      const folder = temporaryDirectory();
      const round: Round = { number, dataDir: folder.path, source, ledger: new Map(), violations };
      const wanted = Math.min(kills - hits.length, 1 + Math.floor(random() * KILLS_PER_ROUND));
      for (let count = 0; count < wanted; count++) {
        const hit = await killOnce(round, killPoint(random, source.taken, calibration.seconds * 1000));
        durableChecked += round.ledger.size;
        if (hit) hits.push(hit);
        progressed(hits.length, violations.length);
      }
      await complete(round);
      durableChecked += round.ledger.size;
      completions++;
      folder.remove();
    }
    return { kills: hits, completions, durableChecked, violations, source };
  } finally {
    sandbox.remove();
  }
}

/** A third anywhere in time, start of the program included; the others where something is being written. */
function killPoint(random: () => number, files: number, durationMs: number): KillPoint {
  if (random() < 1 / 3) return { kind: 'time', afterMs: random() * durationMs };
  return { kind: 'report', reports: 1 + Math.floor(random() * (files - 1)), afterMs: random() * 30 };
}

async function killOnce(round: Round, point: KillPoint): Promise<Kill | undefined> {
  const end = await runImport(round.dataDir, round.source.folder, point);
  remember(round, end.reported);
  const { violations, instances, unnamedObjects } = inspect(round);
  round.violations.push(
    ...violations.map((each) => `round ${round.number}, ${JSON.stringify(point)}: ${each}`),
  );
  if (!end.wasKilled) return undefined;
  return { round: round.number, point, reported: end.reported.length, instances, unnamedObjects };
}

async function complete(round: Round): Promise<void> {
  const { source, violations, number } = round;
  const before = inspect(round).instances;
  const end = await runImport(round.dataDir, source.folder);
  remember(round, end.reported);
  const say = (what: string) => violations.push(`round ${number}, to its end: ${what}`);
  const after = inspect(round);
  for (const each of after.violations) say(each);
  if (end.code !== 2) say(`exit code ${end.code}: ${end.stderr}`);
  if (after.instances !== source.expected.size)
    say(`${after.instances} instances of ${source.expected.size}`);
  if (after.unnamedObjects > 0) say(`${after.unnamedObjects} objects that no row names`);
  if (stagedFiles(round.dataDir).length > 0) say('staged files were left');
  const totals = JSON.parse(end.lastLine || '{}') as Record<string, unknown>;
  const { imported, duplicates, conflicts } = totals as Record<string, number>;
  const taken = (imported ?? 0) + (duplicates ?? 0) + (conflicts ?? 0);
  if (taken !== source.taken) say(`counts ${taken} files of ${source.taken}`);
  if (imported !== source.expected.size - before) say(`imported ${imported}, ${before} were there before`);
}

function remember(
  { ledger, violations, number }: Round,
  reported: readonly { sop: string; sha256: string }[],
) {
  for (const { sop, sha256 } of reported) {
    const before = ledger.get(sop);
    if (before !== undefined && before !== sha256)
      violations.push(`round ${number}: ${sop} changed its bytes`);
    ledger.set(sop, sha256);
  }
}

const inspect = ({ dataDir, source, ledger }: Round) => inspectArchive(dataDir, source.expected, ledger);
