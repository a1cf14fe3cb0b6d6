/** The other half has not come by then and never will: the bulk store gives the file up at the same time. */
const KEPT_MS = 10 * 60_000;
/** So many wait only for a peer that announces without end. */
const MAXIMUM_WAITING = 256;

type Take = (path: string) => Promise<void>;

interface Half<Content> {
  readonly content: Content;
  readonly atMs: number;
}

/** Files and what is said about them come over two connections: here they meet, whichever is first. */
export class Arrivals {
  readonly #nowMs: () => number;
  readonly #announced = new Map<string, Half<Take>>();
  readonly #early = new Map<string, Half<string>>();

  /** @param nowMs monotonic */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Halves that wait for the other one. */
  get waiting(): number {
    return this.#announced.size + this.#early.size;
  }

  /** The file of that transfer is taken by `take`, which never rejects, as soon as it is here. */
  announced(transferId: string, take: Take): void {
    const early = this.#early.get(transferId);
    if (!early) {
      this.#remember(this.#announced, transferId, take);
      return;
    }
    this.#early.delete(transferId);
    void take(early.content);
  }

  /** Resolves once it has been taken, or is known to wait. */
  async arrived(transferId: string, path: string): Promise<void> {
    const announced = this.#announced.get(transferId);
    if (!announced) {
      this.#remember(this.#early, transferId, path);
      return;
    }
    this.#announced.delete(transferId);
    await announced.content(path);
  }

  #remember<Content>(halves: Map<string, Half<Content>>, transferId: string, content: Content): void {
    const atMs = this.#nowMs();
    halves.set(transferId, { content, atMs });
    for (const [id, half] of halves) {
      if (halves.size <= MAXIMUM_WAITING && atMs - half.atMs < KEPT_MS) return;
      halves.delete(id);
    }
  }
}
