import type { PixelRegion, StillFacts } from '#shared/link/talk.ts';
import type { StillPicture } from './stage-painter.ts';

export interface WantedStill {
  readonly facts: StillFacts;
  readonly form: StillPicture['form'];
  readonly address: string;
  readonly region: PixelRegion | null;
}

export interface StillDecodingPort {
  /** Undefined: the video again. */
  setStill(still: StillPicture | undefined): void;
  /** Nothing of it can be shown: forgotten meanwhile, or not readable. */
  unshowable(facts: StillFacts): void;
}

/**
 * Decodes a still before it takes the place of the video: nothing half-drawn is diagnosed on. A form that is quick to
 * decode is painted although a better one is on its way, and never over one that was wanted later.
 */
export class StillDecoding {
  readonly #port: StillDecodingPort;
  #wanted = 0;
  #painted = 0;
  #stillId: string | undefined;

  constructor(port: StillDecodingPort) {
    this.#port = port;
  }

  show(wanted: WantedStill | undefined): void {
    this.#wanted += 1;
    if (!wanted || wanted.facts.stillId !== this.#stillId) this.#painted = 0;
    this.#stillId = wanted?.facts.stillId;
    if (wanted) void this.#decode(wanted, this.#wanted);
    else this.#port.setStill(undefined);
  }

  async #decode({ facts, form, address, region }: WantedStill, order: number): Promise<void> {
    const image = new Image();
    image.src = address;
    const isDecoded = await image.decode().then(
      () => true,
      () => false,
    );
    if (facts.stillId !== this.#stillId || order < this.#painted) return;
    if (isDecoded) {
      this.#painted = order;
      this.#port.setStill({ image, facts, form, region });
    } else if (this.#painted === 0 && order === this.#wanted) this.#port.unshowable(facts);
  }
}
