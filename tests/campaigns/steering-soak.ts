// npm run campaign:steering-soak -- --minutes N: two workstations, video on, steered without pause; nothing may grow.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SoakSite } from '../support/soak/soak-site.ts';
import type { Measured } from '../support/soak/soak-site.ts';
import { Steerer } from '../support/soak/steerer.ts';
import { trendOf, verdictOf } from '../support/soak/trend.ts';
import { root, temporaryDirectory } from '../support/workstation.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const forMs = Number(values.minutes) * 60_000;
const SAMPLE_EVERY_MS = 30_000;
const ANSWER_MS = 20_000;
const WARM_UP_SHARE = 0.2;
/** A soak in which the stage mostly stood would prove nothing. */
const LEAST_MOVEMENTS_PER_MINUTE = 2;

/**
 * Growth per hour that is still none. A telemetry message that is never let go of (25 a second) would be 90,000
 * elements and more than 50 MiB an hour. Memory of the system wavers with what its allocators hold back; a renderer
 * and a graphics process waver most. Quantities without a limit are recorded only.
 */
const limitsPerHour: Readonly<Record<string, number>> = {
  heapMib: 5,
  mapEntries: 1000,
  arrayElements: 5000,
  blobMib: 20,
  nodes: 500,
  listeners: 100,
  pssMib: 30,
  files: 6,
  threads: 6,
  unpinned: 12,
  untransferred: 2,
  databaseMib: 8,
  entries: 4,
};
const limitsOfRoles: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // While a browser is watched over its debugging protocol it keeps the body of every request (shown with and
  // without: 5 MB a request, and none); the blobs that the page itself keeps are counted instead.
  browser: { pssMib: Number.POSITIVE_INFINITY },
  'browser renderer': { pssMib: 60 },
  'browser gpu-process': { pssMib: 60 },
};

interface Sample extends Measured {
  readonly site: string;
  readonly atMs: number;
}

const folder = temporaryDirectory();
const tmp = path.join(folder.path, 'tmp');
mkdirSync(tmp);
// Folders that are left over are counted here, and inspectors open on ports of their own.
Object.assign(process.env, { TMPDIR: tmp, NODE_OPTIONS: '--inspect-port=0' });

const samples: Sample[] = [];
const pageErrors: string[] = [];
const sites: SoakSite[] = [];
let steerer: Steerer | undefined;
const over = new AbortController();

async function sample(startMs: number): Promise<void> {
  const atMs = performance.now() - startMs;
  for (const site of sites) {
    for (const measured of await inTime(site.measure())) samples.push({ ...measured, site: site.name, atMs });
  }
  const entries = readdirSync(tmp).length;
  samples.push({ site: 'both', role: 'temporary folder', quantity: 'entries', value: entries, atMs });
}

/** A process that ends while it is asked never answers; the next sample is as good. */
async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  answer.catch(() => {});
  const late = new AbortController();
  const timeOut = pause(ANSWER_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error('no answer in time');
  });
  timeOut.catch(() => {});
  return Promise.race([answer, timeOut]).finally(() => late.abort());
}

async function sampleUntilOver(startMs: number): Promise<void> {
  for (let round = 0; !over.signal.aborted; round++) {
    while (!over.signal.aborted && performance.now() < startMs + round * SAMPLE_EVERY_MS) await pause(200);
    if (over.signal.aborted) return;
    await sample(startMs).catch((error: unknown) => console.error(`not sampled: ${String(error)}`));
    console.error(`${Math.round((performance.now() - startMs) / 60_000)} of ${values.minutes} minutes`);
  }
}

try {
  for (const name of ['hospital', 'pathologist']) {
    sites.push(await SoakSite.open(name, folder.path, (message) => pageErrors.push(message)));
  }
  const [bench, pathologist] = sites;
  if (!bench || !pathologist) throw new Error('a side is missing');
  steerer = new Steerer(bench, pathologist);
  await steerer.begin();
  const sampling = sampleUntilOver(performance.now());
  await steerer.steer(forMs).finally(() => over.abort());
  await sampling;
} finally {
  for (const site of sites) await site.leave().catch(() => {});
  folder.remove();
}

const series = Map.groupBy(
  samples.filter(({ atMs }) => atMs >= WARM_UP_SHARE * forMs),
  ({ site, role, quantity }) => `${site} · ${role} · ${quantity}`,
);
const trends = [...series].flatMap(([name, points]) => {
  const trend = trendOf(points);
  const [{ role, quantity } = { role: '', quantity: '' }] = points;
  const limitPerHour = limitsOfRoles[role]?.[quantity] ?? limitsPerHour[quantity];
  if (!trend) return [];
  const verdict = limitPerHour === undefined ? ('recorded' as const) : verdictOf(trend, limitPerHour);
  return [{ name, ...trend, limitPerHour, verdict }];
});
const judged = trends.filter(({ verdict }) => verdict !== 'recorded');
const growing = judged.filter(({ verdict }) => verdict === 'grows');
const undecided = judged.filter(({ verdict }) => verdict === 'undecided');
const travel = sites[0]?.travel ?? { movements: 0, micrometres: 0, refusals: 0 };
const summary = {
  atUtc: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  minutes: Number(values.minutes),
  actions: steerer.counts,
  failures: steerer.failures,
  travel,
  pageErrors,
  judged: judged.length,
  growing: growing.map(({ name }) => name),
  undecided: undecided.map(({ name }) => name),
};
const outDir = path.join(root, 'out', 'campaigns');
mkdirSync(outDir, { recursive: true });
writeFileSync(
  path.join(outDir, 'steering-soak.json'),
  `${JSON.stringify({ summary, trends, samples }, null, 2)}\n`,
);
const shown = (value: number) => Number(value.toPrecision(3));
console.table(
  [...growing, ...undecided].map(({ name, verdict, perHour, from, to, limitPerHour }) => ({
    name,
    verdict,
    perHour: shown(perHour),
    from: shown(from),
    to: shown(to),
    limitPerHour,
  })),
);
console.log(JSON.stringify(summary, null, 2));
const hasSteered = travel.movements >= LEAST_MOVEMENTS_PER_MINUTE * summary.minutes;
process.exit(growing.length === 0 && hasSteered && judged.length > 0 && pageErrors.length === 0 ? 0 : 1);
