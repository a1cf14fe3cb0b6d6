import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromiumProfile } from '../support/chromium.ts';
import { runCommand, startWorkstation } from '../support/workstation.ts';
import type { CommandResult, Workstation } from '../support/workstation.ts';
import type { MicroscopeReport, Sample } from './report.ts';

export interface Role {
  readonly name: string;
  readonly title: { readonly ja: string; readonly en: string };
}

/** A camera and a microphone that Chromium makes up, and nobody to ask for permission. */
const fakeMedia = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** One person at one workstation: a process, a data folder and a browser profile of their own. */
export class Actor {
  readonly role: Role;
  readonly page: Page;
  readonly #workstation: Workstation;
  readonly #context: BrowserContext;

  private constructor(role: Role, workstation: Workstation, context: BrowserContext, page: Page) {
    this.role = role;
    this.#workstation = workstation;
    this.#context = context;
    this.page = page;
  }

  static async enter(role: Role, folder: string, onPageError: (message: string) => void): Promise<Actor> {
    const dataDir = path.join(folder, role.name);
    mkdirSync(dataDir);
    const workstation = await startWorkstation(dataDir);
    const context = await launchChromiumProfile(path.join(folder, `${role.name}-profile`), fakeMedia);
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => onPageError(`${role.name}: ${error.message}`));
    await page.goto(workstation.url);
    return new Actor(role, workstation, context, page);
  }

  get pid(): number {
    return this.#workstation.process.pid ?? 0;
  }

  get dataDir(): string {
    return this.#workstation.dataDir;
  }

  /** The command line of this workstation, while it runs. */
  importFiles(...files: readonly string[]): Promise<CommandResult> {
    return runCommand('electron/commands/import.ts', ['--data', this.dataDir, ...files]);
  }

  async leave(): Promise<void> {
    await this.#context.close();
    await this.#workstation.stop();
  }
}

export interface Stage {
  /** The actor of a role; starts the workstation when the role first appears. */
  actor(name: string): Promise<Actor>;
  /** Files of the story. */
  readonly folder: string;
  measured(sample: Sample): void;
  measuredMicroscope(report: MicroscopeReport): void;
}

export interface StoryStep {
  readonly role: string;
  readonly title: { readonly ja: string; readonly en: string };
  readonly act: (stage: Stage) => Promise<void>;
}

/** Roles and steps are data: another story is another file, and the runner stays as it is. */
export interface Story {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly steps: readonly StoryStep[];
}
