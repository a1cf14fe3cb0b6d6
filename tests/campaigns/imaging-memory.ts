// npm run campaign:memory -- --rounds N: opens and leaves studies one after the other; the page's memory stays bounded.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { closeImagingBrowsers, openImagingPage } from '#tests/support/imaging-page.ts';
import { element } from '#tests/support/dicom-files.ts';
import { anImageFile, madeStudyUid, writeFiles } from '#tests/support/made-files.ts';
import { rendererPssMib } from '#tests/support/renderer-memory.ts';
import { root, runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' } } });
const rounds = Number(values.rounds);
const STUDIES = 20;
const SLICES = 60;
const SIZE = 512;
const MEBIBYTE = 1024 ** 2;
const STUDY_MIB = (SLICES * SIZE * SIZE * 2) / MEBIBYTE;
/** Far below what all studies need, so that leaving them has to free memory. */
const CACHE_LIMIT_MIB = 4 * STUDY_MIB;

const studyUidOf = (study: number) => `${madeStudyUid}.${study}`;
const seriesUidOf = (study: number) => `${studyUidOf(study)}.1`;

function slice(study: number, index: number): Buffer {
  const pixels = new Int16Array(SIZE * SIZE).map(
    (_, at) => ((at * 7 + index * 131 + study * 17) % 2000) - 1000,
  );
  const elements = [
    element('00080018', 'UI', `${seriesUidOf(study)}.${index + 1}`),
    element('0020000D', 'UI', studyUidOf(study)),
    element('0020000E', 'UI', seriesUidOf(study)),
  ];
  return anImageFile({ columns: SIZE, rows: SIZE, pixels, instanceNumber: index + 1, elements });
}

interface Sample {
  readonly round: number;
  readonly study: number;
  /** Of the renderer process, workers included, after the study was loaded and scrolled through. */
  readonly pssMib: number;
  /** Pixels the room itself counts. */
  readonly cachedMib: number;
}

/** As a doctor does it: open, wait until it is loaded, look at a coronal plane, leave. */
const readStudy = (page: Page, study: number) =>
  page.evaluate(
    async ({ studyUid, seriesUid, studyKey }) => {
      globalThis.soakView ??= imagingPage.openView({ width: 800, height: 800 });
      const view = globalThis.soakView;
      const { stacks } = await imagingPage.openSeries(
        studyUid as never,
        seriesUid as never,
        studyKey as never,
      );
      const [stack] = stacks;
      if (!stack) throw new Error('no stack');
      await view.show(stack);
      while (stack.progress.get().loaded < stack.images.length) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (let index = 0; index < stack.images.length; index += 10) await view.setIndex(index);
      const coronal = imagingPage.reformat(stack, 'coronal');
      if (coronal.isPossible) await view.show(coronal.stack);
      return imagingPage.cachedBytes();
    },
    { studyUid: studyUidOf(study), seriesUid: seriesUidOf(study), studyKey: study },
  );

declare global {
  var soakView: ReturnType<typeof imagingPage.openView> | undefined;
}

/** After the last study, everything collected that can be. */
let collectedMib = 0;

async function soak(workstation: Workstation): Promise<Sample[]> {
  const imaging = await openImagingPage({ workstation });
  const { page } = imaging;
  await page.evaluate((bytes) => imagingPage.limitCache(bytes), CACHE_LIMIT_MIB * MEBIBYTE);
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round++) {
    const study = (round % STUDIES) + 1;
    const cachedMib = (await readStudy(page, study)) / MEBIBYTE;
    samples.push({ round: round + 1, study, pssMib: await rendererPssMib(page), cachedMib });
    if ((round + 1) % 10 === 0)
      console.error(`${round + 1} of ${rounds}: ${Math.round(samples.at(-1)?.pssMib ?? 0)} MiB`);
  }
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await page.waitForTimeout(2000);
  collectedMib = await rendererPssMib(page);
  await imaging.close();
  return samples;
}

const folder = temporaryDirectory();
for (let study = 1; study <= STUDIES; study++) {
  const files = Array.from({ length: SLICES }, (_, index) => slice(study, index));
  writeFiles(path.join(folder.path, 'files', String(study)), files);
}
const data = path.join(folder.path, 'data');
const imported = await runCommand('electron/commands/import.ts', [
  '--data',
  data,
  path.join(folder.path, 'files'),
]);
if (imported.code !== 0) throw new Error(imported.stderr);
const workstation = await startWorkstation(data);
let samples: Sample[] = [];
try {
  samples = await soak(workstation);
} finally {
  await closeImagingBrowsers();
  await workstation.stop();
  folder.remove();
}

const largest = (part: readonly Sample[]) => Math.max(...part.map(({ pssMib }) => pssMib));
const quarter = Math.floor(rounds / 4);
const second = largest(samples.slice(quarter, 2 * quarter));
const last = largest(samples.slice(-quarter));
const summary = {
  atUtc: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  rounds,
  studies: STUDIES,
  studyMib: STUDY_MIB,
  cacheLimitMib: CACHE_LIMIT_MIB,
  firstMib: Math.round(samples[0]?.pssMib ?? 0),
  largestMib: Math.round(largest(samples)),
  collectedMib: Math.round(collectedMib),
  largestCachedMib: Math.round(Math.max(...samples.map(({ cachedMib }) => cachedMib))),
  /** Largest of the last quarter to the largest of the second: above 1.1 something is never let go of. */
  growth: Math.round((last / second) * 1000) / 1000,
};
const outDir = path.join(root, 'out', 'campaigns');
mkdirSync(outDir, { recursive: true });
writeFileSync(path.join(outDir, 'memory.json'), `${JSON.stringify({ summary, samples }, null, 2)}\n`);
console.log(JSON.stringify(summary, null, 2));
process.exit(summary.growth <= 1.1 && summary.largestCachedMib <= CACHE_LIMIT_MIB ? 0 : 1);
