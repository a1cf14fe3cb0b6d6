// npm run demo: plays the story without a screen and leaves numbered screenshots and demo.json in out/demo.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureDebianPackages } from '../support/debian-packages.ts';
import { root, temporaryDirectory } from '../support/workstation.ts';
import { liveMicroscope } from './live-microscope.ts';
import { readingRoom } from './reading-room.ts';
import { DemoReport } from './report.ts';
import type { MicroscopeReport, Sample } from './report.ts';
import { Actor } from './stage.ts';
import type { Stage, Story } from './stage.ts';

try {
  ensureDebianPackages();
  const report = await playAll([readingRoom, liveMicroscope]);
  console.log(`${report.steps.length} steps, ${report.pageErrors.length} page errors: out/demo/demo.json`);
  process.exit(report.pageErrors.length === 0 ? 0 : 1);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

interface Told {
  readonly steps: DemoReport['steps'];
  readonly pageErrors: string[];
  microscope: MicroscopeReport | undefined;
}

async function playAll(stories: readonly Story[]): Promise<DemoReport> {
  const outDir = path.join(root, 'out', 'demo');
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const startMs = performance.now();
  const startedAtUtc = new Date().toISOString();
  const told: Told = { steps: [], pageErrors: [], microscope: undefined };
  for (const story of stories) await play(story, outDir, startMs, told);
  const { steps, pageErrors, microscope } = told;
  if (!microscope) throw new Error('no story has told of the microscope');
  const report = DemoReport.parse({
    stories: stories.map(({ name }) => name),
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    startedAtUtc,
    machine: {
      processor: os.cpus()[0]?.model ?? 'unknown',
      cores: os.cpus().length,
      memoryGib: Math.round(os.totalmem() / 1024 ** 3),
      node: process.version,
    },
    roles: stories.flatMap(({ roles }) => roles),
    steps,
    microscope,
    pageErrors,
  } satisfies DemoReport);
  writeFileSync(path.join(outDir, 'demo.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** The actors of a story come when they are first called and leave when it ends. */
async function play(story: Story, outDir: string, startMs: number, told: Told): Promise<void> {
  const folder = temporaryDirectory();
  const actors = new Map<string, Promise<Actor>>();
  const samples: Sample[] = [];
  const stage: Stage = {
    folder: folder.path,
    measured: (sample) => void samples.push(sample),
    measuredMicroscope: (report) => {
      told.microscope = report;
    },
    actor: (name) => {
      const role = story.roles.find((candidate) => candidate.name === name);
      if (!role) throw new Error(`the story has no ${name}`);
      const actor =
        actors.get(name) ?? Actor.enter(role, folder.path, (message) => told.pageErrors.push(message));
      actors.set(name, actor);
      return actor;
    },
  };
  try {
    for (const step of story.steps) {
      const number = told.steps.length + 1;
      const startedAtMs = performance.now() - startMs;
      const actor = await stage.actor(step.role);
      console.error(`${number} ${step.role}: ${step.title.en}`);
      await step.act(stage);
      const durationMs = performance.now() - startMs - startedAtMs;
      const screenshot = `${String(number).padStart(2, '0')}-${step.role}.png`;
      await actor.page.screenshot({ path: path.join(outDir, screenshot) });
      told.steps.push({
        number,
        role: step.role,
        title: step.title,
        startedAtMs,
        durationMs,
        screenshot,
        samples: samples.splice(0),
      });
    }
  } catch (error) {
    // What each of them sees at that moment says more than the message.
    for (const [name, actor] of actors) {
      const seen = path.join(outDir, `failed-${name}.png`);
      await actor.then(({ page }) => page.screenshot({ path: seen })).catch(() => {});
    }
    throw error;
  } finally {
    for (const actor of actors.values())
      await actor.then(
        (entered) => entered.leave(),
        () => {},
      );
    folder.remove();
  }
}
