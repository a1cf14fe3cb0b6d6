import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const TICK_MS = 5;
/** µm/s of its motors are slow; in steps. */
const STEPS_PER_S = 20_000;

interface Action {
  readonly id: string;
  status: 'running' | 'completed' | 'cancelled';
  readonly toward: Record<'x' | 'y' | 'z', number>;
}

/** The move, position and action calls of the server's API version 2, on a real socket. */
export class OpenFlexureEmulator {
  readonly position = { x: 0, y: 0, z: 0 };
  readonly visited: { readonly x: number; readonly y: number; readonly z: number }[] = [];
  readonly paths: string[] = [];
  isSilent = false;
  isLocked = false;
  isGarbled = false;
  readonly #actions = new Map<string, Action>();
  #server: http.Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #port = 0;

  async plugIn(): Promise<string> {
    const server = http.createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    return `http://127.0.0.1:${this.#port}`;
  }

  pullCable(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  end(): void {
    clearInterval(this.#timer);
    this.pullCable();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    this.paths.push(`${request.method} ${path}`);
    if (this.isSilent) return;
    if (this.isGarbled) {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html>Sign in to the guest network</html>');
      return;
    }
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const id = /^\/api\/v2\/actions\/(\d+)$/.exec(path)?.[1];
    const action = id === undefined ? undefined : this.#actions.get(id);
    if (path === '/api/v2/instrument/state/stage/position') json(200, rounded(this.position));
    else if (path === '/api/v2/actions/stage/move/' && request.method === 'POST') {
      if (this.isLocked) json(503, { message: 'locked' });
      else json(201, described(this.#start(JSON.parse(Buffer.concat(chunks).toString()) as StepRequest)));
    } else if (action && request.method === 'DELETE') {
      action.status = 'cancelled';
      json(200, described(action));
    } else if (action) json(200, described(action));
    else json(404, { message: 'not found' });
  }

  #start({ x, y, z, absolute }: StepRequest): Action {
    const from = absolute ? { x: 0, y: 0, z: 0 } : this.position;
    const action: Action = {
      id: String(this.#actions.size + 1),
      status: 'running',
      toward: { x: from.x + x, y: from.y + y, z: from.z + z },
    };
    this.#actions.set(action.id, action);
    return action;
  }

  #tick(): void {
    const action = [...this.#actions.values()].find(({ status }) => status === 'running');
    if (!action) return;
    const perTick = (STEPS_PER_S * TICK_MS) / 1000;
    let left = 0;
    for (const axis of ['x', 'y', 'z'] as const) {
      const distance = action.toward[axis] - this.position[axis];
      this.position[axis] += Math.sign(distance) * Math.min(Math.abs(distance), perTick);
      left += Math.abs(action.toward[axis] - this.position[axis]);
    }
    this.visited.push({ ...this.position });
    if (left === 0) action.status = 'completed';
  }
}

interface StepRequest {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly absolute: boolean;
}

function described({ id, status }: Action) {
  return { id, status, links: { self: { href: `/api/v2/actions/${id}` } } };
}

function rounded({ x, y, z }: { x: number; y: number; z: number }) {
  return { x: Math.round(x), y: Math.round(y), z: Math.round(z) };
}
