import { z } from 'zod';
import type { ControllerConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { Controller } from './controller.ts';
import { ControllerFault, createSteppedController } from './stepped-controller.ts';
import type { Step, SteppedPort } from './stepped-controller.ts';

/**
 * The OpenFlexure microscope's own server, HTTP API version 2: a move is an action that is started, asked
 * after and, to stop it, deleted. `zero` and range finding are never sent.
 */

type Settings = Extract<ControllerConfiguration, { driver: 'openflexure' }>;

const ANSWER_TIMEOUT_MS = 800;
const STEP_TIMEOUT_MS = 1500;
const POLL_MS = 15;
/** Of the motors as built; the camera's calibration measures what a step is on the slide. */
const UM_PER_STEP = { stage: 0.088, focus: 0.05 } as const;

const Action = z.object({
  id: z.union([z.string(), z.number()]),
  status: z.string(),
  links: z.object({ self: z.object({ href: z.string() }) }).optional(),
});
type Action = z.infer<typeof Action>;
const Position = z.object({ x: z.number(), y: z.number(), z: z.number() });

const running = new Set(['pending', 'running', 'idle']);

export function openOpenFlexure(settings: Settings): Controller {
  return createSteppedController(new OpenFlexurePort(settings.url));
}

class OpenFlexurePort implements SteppedPort {
  readonly toleranceUm = { stage: 0.2, focus: 0.1 };
  readonly brakingUmPerS2 = { stage: 20_000, focus: 5000 };
  readonly #base: string;
  #current: URL | undefined;
  #wasThere = false;

  constructor(url: string) {
    this.#base = `${url.replace(/\/+$/, '')}/api/v2/`;
  }

  async open(): Promise<void> {
    await this.read();
    this.#wasThere = true;
  }

  async step({ deltaUm }: Step): Promise<void> {
    const action = Action.safeParse(
      await this.#call('POST', 'actions/stage/move/', {
        x: Math.round(deltaUm.x / UM_PER_STEP.stage),
        y: Math.round(deltaUm.y / UM_PER_STEP.stage),
        z: Math.round(deltaUm.z / UM_PER_STEP.focus),
        absolute: false,
      }),
    );
    if (!action.success) throw new ControllerFault('controller-garbled');
    this.#current = this.#addressOf(action.data);
    try {
      await this.#untilEnded(action.data, this.#current);
    } finally {
      this.#current = undefined;
    }
  }

  async read() {
    const position = Position.safeParse(await this.#call('GET', 'instrument/state/stage/position'));
    if (!position.success) throw new ControllerFault('controller-garbled');
    const { x, y, z: focus } = position.data;
    return {
      positionUm: { x: x * UM_PER_STEP.stage, y: y * UM_PER_STEP.stage, z: focus * UM_PER_STEP.focus },
      isMoving: false,
    };
  }

  stopNow(): void {
    const address = this.#current;
    if (address) void fetch(address, { method: 'DELETE', signal: within(ANSWER_TIMEOUT_MS) }).catch(() => {});
  }

  close(): void {
    this.#current = undefined;
  }

  async #untilEnded(started: Action, address: URL): Promise<void> {
    const deadlineMs = performance.now() + STEP_TIMEOUT_MS;
    let { status } = started;
    while (running.has(status)) {
      if (performance.now() > deadlineMs) throw new ControllerFault('controller-silent');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const action = Action.safeParse(await this.#call('GET', address));
      if (!action.success) throw new ControllerFault('controller-garbled');
      ({ status } = action.data);
    }
    // `cancelled` and `terminated` are what a stop was for.
    if (status === 'error') throw new ControllerFault('command-refused');
  }

  #addressOf({ id, links }: Action): URL {
    const base = new URL(this.#base);
    const own = new URL(`actions/${id}`, base);
    const told = links ? new URL(links.self.href, base) : own;
    // Never away from the server that was set.
    return told.origin === base.origin ? told : own;
  }

  async #call(method: string, path: string | URL, body?: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.#base), {
      method,
      signal: within(ANSWER_TIMEOUT_MS),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw this.#networkFault(error);
    });
    if (response.status === 503 || response.status === 409) throw new ControllerFault('controller-locked');
    if (response.status === 400 || response.status === 422) throw new ControllerFault('value-out-of-range');
    if (!response.ok) throw new ControllerFault('command-refused', `HTTP ${response.status}`);
    return response.json().catch((error: unknown) => {
      throw error instanceof SyntaxError
        ? new ControllerFault('controller-garbled')
        : this.#networkFault(error);
    });
  }

  #networkFault(error: unknown): ControllerFault {
    if (error instanceof Error && error.name === 'TimeoutError')
      return new ControllerFault('controller-silent');
    return new ControllerFault(this.#wasThere ? 'controller-gone' : 'controller-not-found');
  }
}

function within(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}
