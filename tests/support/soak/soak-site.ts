import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { backendContracts } from '#shared/contract/index.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { connectToEndpoint } from '#backend/transport/local-client.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { Actor } from '../../demo/stage.ts';
import { heapFigures, inspectNode } from './inspector.ts';
import type { Send } from './inspector.ts';
import { figuresOf, isNodeRole, processesOfSite } from './processes.ts';

/** One number of one thing at one time: 'backend' has 'files', 'page' has 'nodes'. */
export interface Measured {
  readonly role: string;
  readonly quantity: string;
  readonly value: number;
}

/** One workstation with its user, and everything that can be counted about both. */
export class SoakSite {
  readonly name: string;
  readonly page: Page;
  readonly backend: Client<typeof backendContracts>;
  telemetry: Telemetry | undefined;
  readonly travel = { movements: 0, micrometres: 0, refusals: 0 };
  readonly #actor: Actor;
  readonly #profileDir: string;
  readonly #devTools: CDPSession;
  readonly #inspectors = new Map<number, Promise<{ send: Send; close: () => void } | undefined>>();

  private constructor(
    actor: Actor,
    profileDir: string,
    backend: Client<typeof backendContracts>,
    devTools: CDPSession,
  ) {
    this.name = actor.role.name;
    this.page = actor.page;
    this.backend = backend;
    this.#actor = actor;
    this.#profileDir = profileDir;
    this.#devTools = devTools;
    backend.microscope.on('telemetry', (telemetry) => {
      this.#count(telemetry);
      this.telemetry = telemetry;
    });
  }

  static async open(name: string, folder: string, onError: (message: string) => void): Promise<SoakSite> {
    const actor = await Actor.enter({ name, title: { ja: name, en: name } }, folder, onError);
    const endpoint = readEndpoint(actor.dataDir);
    if (!endpoint) throw new Error(`${name} has no endpoint`);
    const { client } = new RpcConnection(backendContracts, await connectToEndpoint(endpoint));
    const devTools = await actor.page.context().newCDPSession(actor.page);
    await devTools.send('Performance.enable');
    return new SoakSite(actor, path.join(folder, `${name}-profile`), client, devTools);
  }

  get isResting(): boolean {
    const { telemetry } = this;
    if (!telemetry || telemetry.procedure) return false;
    return Object.values(telemetry.axes).every((state) => state === 'idle');
  }

  async measure(): Promise<Measured[]> {
    const running = processesOfSite(this.#actor.pid, this.#profileDir);
    const measured: Measured[] = [];
    const add = (role: string, figures: object) => {
      for (const [quantity, value] of Object.entries(figures)) {
        if (typeof value === 'number') measured.push({ role, quantity, value });
      }
    };
    // Heaps first: what could be collected is gone before the system is asked for sizes.
    for (const { pid, role } of running.filter((one) => isNodeRole(one.role))) {
      add(role, await this.#heapOf(pid));
    }
    add('page', await this.#pageFigures());
    for (const role of new Set(running.map((one) => one.role))) {
      add(role, figuresOf(running.filter((one) => one.role === role).map(({ pid }) => pid)));
    }
    const { stills } = await this.backend.microscope.listStills({});
    const isIncomplete = (still: (typeof stills)[number]) =>
      !still.forms.some(({ form, isVerified }) => form === 'lossless' && isVerified);
    const unpinned = stills.filter(({ facts }) => !facts.isKept);
    add('stills', { unpinned: unpinned.length, untransferred: stills.filter(isIncomplete).length });
    add('data folder', { databaseMib: megabytes(this.#actor.dataDir, /\.(?:db|sqlite)/) });
    return measured;
  }

  async leave(): Promise<void> {
    for (const inspector of this.#inspectors.values()) (await inspector)?.close();
    await this.#actor.leave();
  }

  /** From one telemetry message to the next: what the stage did, and what it refused to do. */
  #count(next: Telemetry): void {
    const before = this.telemetry;
    if (!before) return;
    const isMoving = ({ axes }: Telemetry) => Object.values(axes).includes('moving');
    if (isMoving(next) && !isMoving(before)) this.travel.movements += 1;
    const { x, y } = next.positionUm;
    this.travel.micrometres += Math.hypot(x - before.positionUm.x, y - before.positionUm.y);
    this.travel.refusals += Math.max(0, (next.refused?.count ?? 0) - (before.refused?.count ?? 0));
  }

  async #heapOf(pid: number): Promise<object> {
    const inspector = this.#inspectors.get(pid) ?? inspectNode(pid).catch(() => undefined);
    this.#inspectors.set(pid, inspector);
    const opened = await inspector;
    return opened ? heapFigures(opened.send).catch(() => ({})) : {};
  }

  async #pageFigures(): Promise<object> {
    const send = this.#devTools.send.bind(this.#devTools) as Send;
    const heap = await heapFigures(send);
    const { metrics } = await this.#devTools.send('Performance.getMetrics');
    const metric = (name: string) => metrics.find((candidate) => candidate.name === name)?.value ?? 0;
    return { ...heap, nodes: metric('Nodes'), listeners: metric('JSEventListeners') };
  }
}

function megabytes(folder: string, names: RegExp): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => names.test(name));
  return files.reduce((sum, name) => sum + sizeOf(path.join(folder, name)), 0) / 1024 ** 2;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
