import type { HelperProcess, SpawnHelper } from '#backend/processes/helper-process.ts';
import type { IngestReply, IngestRequest } from '#backend/processes/ingest-messages.ts';

/** A file may take this long before its process is killed and the file refused. */
const FILE_TIMEOUT_MS = 60_000;

interface Slot {
  process: HelperProcess;
  running: { readonly id: number; readonly finish: (reply: IngestReply) => void } | undefined;
}

/** Feeds files to a few ingest processes and replaces one that hangs or dies. */
export class IngestPool {
  readonly #spawn: SpawnHelper;
  readonly #slots: Slot[] = [];
  readonly #idle: Slot[] = [];
  readonly #waiting: ((slot: Slot) => void)[] = [];
  #nextId = 1;

  constructor(spawn: SpawnHelper, size: number) {
    this.#spawn = spawn;
    for (let index = 0; index < size; index++) this.#release(this.#newSlot());
  }

  async ingest(request: Omit<IngestRequest, 'id'>): Promise<IngestReply> {
    const slot = await this.#acquire();
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#fail(slot, 'parse-timeout'), FILE_TIMEOUT_MS);
      slot.running = {
        id,
        finish: (reply) => {
          clearTimeout(timer);
          slot.running = undefined;
          resolve(reply);
        },
      };
      slot.process.send({ ...request, id } satisfies IngestRequest);
    });
  }

  close(): void {
    for (const slot of this.#slots) slot.process.kill();
  }

  #newSlot(): Slot {
    const slot: Slot = { process: this.#spawn('ingest'), running: undefined };
    this.#slots.push(slot);
    slot.process.onMessage((message) => {
      const reply = message as IngestReply;
      if (slot.running?.id !== reply.id) return;
      slot.running.finish(reply);
      this.#release(slot);
    });
    slot.process.onExit(() => {
      if (slot.running) this.#fail(slot, 'parse-crashed');
    });
    return slot;
  }

  #fail(slot: Slot, code: 'parse-timeout' | 'parse-crashed'): void {
    const { running } = slot;
    if (!running) return;
    slot.process.kill();
    this.#slots.splice(this.#slots.indexOf(slot), 1);
    running.finish({ id: running.id, ok: false, code, detail: 'its process was ended' });
    this.#release(this.#newSlot());
  }

  #acquire(): Promise<Slot> {
    const slot = this.#idle.pop();
    if (slot) return Promise.resolve(slot);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#idle.push(slot);
  }
}
