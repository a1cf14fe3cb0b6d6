import { z } from 'zod';
import { createOpener, createSealer } from '#shared/link/seal.ts';
import type { Opener, SealedStream, Sealer, SealingKey } from '#shared/link/seal.ts';
import { Talk } from '#shared/link/talk.ts';

/** What lies sealed on the talk streams. Unknown kinds of talk are confirmed and passed over. */
const Line = z.union([
  z.object({ said: z.number().int().positive(), talk: z.unknown() }),
  z.object({ heard: z.number().int().positive() }),
]);

/** What is said while nobody hears it; beyond that the oldest is given up. */
const MAXIMUM_UNHEARD = 500;

/** Says each thing once, in order, over as many connections as it takes. */
export class TalkLine {
  readonly #onTalk: (talk: Talk) => void;
  readonly #unheard = new Map<number, Talk>();
  #lastSaid = 0;
  #lastHeard = 0;
  #up:
    | { readonly sealer: Sealer; readonly opener: Opener; readonly send: (bytes: Uint8Array) => void }
    | undefined;

  constructor(onTalk: (talk: Talk) => void) {
    this.#onTalk = onTalk;
  }

  /** A new epoch of the same session: what the other side has not confirmed is said again. */
  connect(
    keys: Readonly<Record<SealedStream, SealingKey>>,
    epoch: number,
    role: 'bench' | 'pathologist',
    send: (bytes: Uint8Array) => void,
  ): void {
    const [mine, theirs] =
      role === 'bench'
        ? (['talk-from-bench', 'talk-from-remote'] as const)
        : (['talk-from-remote', 'talk-from-bench'] as const);
    this.#up = {
      sealer: createSealer({ key: keys[mine], stream: mine, epoch }),
      opener: createOpener({ key: keys[theirs], stream: theirs, epoch, order: 'strict' }),
      send,
    };
    for (const [said, talk] of this.#unheard) void this.#write({ said, talk });
  }

  disconnect(): void {
    this.#up = undefined;
  }

  say(talk: Talk): void {
    // A pointer that arrives late points at something else.
    if (!this.#up && talk.kind === 'pointer') return;
    this.#lastSaid += 1;
    this.#unheard.set(this.#lastSaid, talk);
    const oldest = this.#unheard.keys().next().value;
    if (this.#unheard.size > MAXIMUM_UNHEARD && oldest !== undefined) this.#unheard.delete(oldest);
    void this.#write({ said: this.#lastSaid, talk });
  }

  async received(bytes: Uint8Array): Promise<void> {
    const opened = await this.#up?.opener.open(bytes);
    if (!opened?.isOpened) return;
    const line = lineOf(opened.bytes);
    if (!line) return;
    if ('heard' in line) {
      this.#unheard.delete(line.heard);
      return;
    }
    void this.#write({ heard: line.said });
    if (line.said <= this.#lastHeard) return;
    this.#lastHeard = line.said;
    const talk = Talk.safeParse(line.talk);
    if (talk.success) this.#onTalk(talk.data);
  }

  async #write(line: z.infer<typeof Line>): Promise<void> {
    const up = this.#up;
    if (!up) return;
    const bytes = await up.sealer.seal(new TextEncoder().encode(JSON.stringify(line)));
    if (this.#up === up) up.send(bytes);
  }
}

function lineOf(bytes: Uint8Array): z.infer<typeof Line> | undefined {
  try {
    const parsed = Line.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
