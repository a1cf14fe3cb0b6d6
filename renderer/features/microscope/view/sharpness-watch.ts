import { FocusField } from './focus-field.ts';
import type { FedFrame } from './frame-feed.ts';

const INTERVAL_MS = 250;

/** Looks four times a second at the middle of the picture that passes by. */
export class SharpnessWatch {
  readonly #field = new FocusField();
  readonly #tell: (score: number) => void;
  #lookedAtMs = 0;

  constructor(tell: (score: number) => void) {
    this.#tell = tell;
  }

  readonly frame = ({ image, width, height }: FedFrame): void => {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    // Compared with each other, the noise of an empty field would look like the best focus there was.
    const { score, isBlank } = this.#field.score(image, width, height);
    this.#tell(isBlank ? 0 : score);
  };
}
