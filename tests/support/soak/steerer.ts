import { randomUUID } from 'node:crypto';
import type { SoakSite } from './soak-site.ts';

const WAIT_MS = 60_000;
const LINK_EVERY_MS = 4 * 60_000;
const SLIDE_EVERY_MS = 6 * 60_000;

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`in vain: ${what}`);
    await pause(50);
  }
}

/** Steers from the pathologist's page as a hand would, never resting, and now and then begins things anew. */
export class Steerer {
  readonly counts: Record<string, number> = {};
  /** What did not come about in time; the next round begins where everything is agreed again. */
  readonly failures: string[] = [];
  readonly #bench: SoakSite;
  readonly #pathologist: SoakSite;
  #slides = 0;
  #turn = 0;

  constructor(bench: SoakSite, pathologist: SoakSite) {
    this.#bench = bench;
    this.#pathologist = pathologist;
  }

  /** From two workstations that do not know each other to a pathologist who steers. */
  async begin(): Promise<void> {
    const sites = [this.#bench, this.#pathologist];
    for (const { page } of sites) await page.getByRole('button', { name: '顕微鏡' }).first().click();
    await this.#bench.page.getByTestId('use-simulated').click({ timeout: WAIT_MS });
    await this.#bench.page.getByTestId('microscope-picture').waitFor({ timeout: WAIT_MS });
    const [one, other] = await Promise.all(sites.map(({ backend }) => backend.link.showCard({})));
    if (!one || !other) throw new Error('a card is missing');
    await this.#bench.backend.link.addCard(other);
    await this.#pathologist.backend.link.addCard(one);
    await this.#pathologist.page.getByTestId('call').first().click({ timeout: WAIT_MS });
    await this.#bench.page.getByTestId('accept-call').click({ timeout: WAIT_MS });
    await this.#connected();
    await this.#pathologist.page.getByTestId('microscope-picture').waitFor({ timeout: WAIT_MS });
    await this.#agree();
  }

  /** @param forMs how long to steer; rare things happen more often in a short run */
  async steer(forMs: number): Promise<void> {
    const endMs = performance.now() + forMs;
    const linkEveryMs = Math.min(LINK_EVERY_MS, forMs / 4);
    const slideEveryMs = Math.min(SLIDE_EVERY_MS, forMs / 3);
    let nextLinkMs = performance.now() + linkEveryMs;
    let nextSlideMs = performance.now() + slideEveryMs;
    while (performance.now() < endMs) {
      if (performance.now() > nextLinkMs) {
        nextLinkMs += linkEveryMs;
        await this.#try('link anew', () => this.#linkAnew());
      } else if (performance.now() > nextSlideMs) {
        nextSlideMs += slideEveryMs;
        await this.#try('another slide', () => this.#anotherSlide());
      } else await this.#round();
    }
  }

  async #round(): Promise<void> {
    const turn = this.#turn++;
    if (!this.#mayMove()) await this.#try('agree', () => this.#agree());
    await this.#try('keys', () => this.#keys(turn));
    await this.#try('drag', () => this.#drag(turn));
    await this.#try('wheel', () => this.#wheel(turn));
    if (turn % 4 === 1) await this.#try('objective', () => this.#press(`Digit${2 + ((turn >> 2) % 3)}`));
    if (turn % 4 === 3) await this.#try('autofocus', () => this.#press('KeyX'));
    if (turn % 6 === 5) await this.#try('still', () => this.#still());
  }

  async #try(name: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.counts[name] = (this.counts[name] ?? 0) + 1;
    } catch (error) {
      this.failures.push(`${name}: ${(error as Error).message.split('\n')[0] ?? ''}`);
    }
  }

  #mayMove(): boolean {
    const { telemetry } = this.#pathologist;
    if (!telemetry || telemetry.stop || telemetry.isSlideChanging) return false;
    return telemetry.lease.holder === 'remote' && telemetry.slide?.agreedBy.includes('remote') === true;
  }

  async #keys(turn: number): Promise<void> {
    const keys = ['ArrowRight', 'KeyS', 'ArrowLeft', 'KeyW', 'ArrowDown', 'KeyD', 'ArrowUp', 'KeyA'];
    await this.#pathologist.page.keyboard.press(keys[turn % keys.length] ?? 'ArrowRight', { delay: 1200 });
  }

  async #drag(turn: number): Promise<void> {
    const { page } = this.#pathologist;
    const { x, y } = await this.#middle();
    const angle = (turn * Math.PI) / 3;
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 180 * Math.cos(angle), y + 180 * Math.sin(angle), { steps: 20 });
    await page.mouse.up();
    await pause(300);
  }

  async #wheel(turn: number): Promise<void> {
    const { page } = this.#pathologist;
    const { x, y } = await this.#middle();
    await page.mouse.move(x, y);
    for (let notch = 0; notch < 3; notch++) {
      await page.mouse.wheel(0, turn % 2 === 0 ? 120 : -120);
      await pause(80);
    }
  }

  async #middle(): Promise<{ x: number; y: number }> {
    const box = await this.#pathologist.page
      .getByTestId('microscope-picture')
      .boundingBox({ timeout: WAIT_MS });
    if (!box) throw new Error('no picture');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** A key that begins a procedure, and its end. */
  async #press(key: string): Promise<void> {
    await until('the stage rests', () => this.#pathologist.isResting);
    await this.#pathologist.page.keyboard.press(key);
    await pause(500);
    await until('the procedure ends', () => this.#pathologist.isResting);
  }

  async #still(): Promise<void> {
    await until('the stage rests', () => this.#pathologist.isResting);
    await this.#pathologist.page.keyboard.press('KeyC');
    await pause(1500);
  }

  /** The page with the connection says that it is lost: peers, keys and windows of the next epoch take its place. */
  async #linkAnew(): Promise<void> {
    const { link } = this.#bench.backend;
    const { session } = await link.getState({});
    if (!session) throw new Error('no session');
    await link.peerLost({ peer: 'live', epoch: session.epoch, state: 'closed' });
    await until('a new epoch', async () => {
      const now = (await link.getState({})).session;
      return now !== null && now.epoch > session.epoch;
    });
    await this.#connected();
  }

  async #anotherSlide(): Promise<void> {
    const { microscope } = this.#bench.backend;
    await microscope.request({ kind: 'begin-slide-change' });
    await until('the old slide is gone', () => this.#bench.telemetry?.isSlideChanging === true);
    await until('the slide is at its place for loading', () => this.#bench.isResting);
    await this.#agree();
  }

  async #connected(): Promise<void> {
    for (const { backend, name } of [this.#bench, this.#pathologist]) {
      await until(`${name} is connected`, async () => {
        const { session } = await backend.link.getState({});
        return session?.state === 'connected' && session.live.state === 'connected';
      });
    }
  }

  /** A label that both have agreed to, no STOP, and control at the pathologist's. */
  async #agree(): Promise<void> {
    const bench = this.#bench.backend.microscope;
    const pathologist = this.#pathologist.backend.microscope;
    await until('telemetry on both sides', () => this.#bench.telemetry !== undefined);
    const { slide, stop } = this.#bench.telemetry ?? {};
    if (stop) await bench.request({ kind: 'release-stop' });
    let agreed = slide;
    if (!agreed) {
      agreed = { slideId: randomUUID(), label: `S-${++this.#slides}`, agreedBy: [] };
      await bench.request({ kind: 'propose-slide', slideId: agreed.slideId, label: agreed.label });
    }
    const { slideId, label } = agreed;
    await until('the slide is known', () => this.#pathologist.telemetry?.slide?.slideId === slideId);
    await pathologist.request({ kind: 'agree-slide', slideId, label });
    await pathologist.request({ kind: 'request-lease' });
    await bench.request({ kind: 'grant-lease', to: 'remote' });
    await until('control', () => this.#mayMove());
  }
}
