/** First byte and a length of at most four more (MQTT 3.1.1, section 2.2). */
const MAXIMUM_LENGTH_BYTES = 4;

export interface Passage {
  /** Packets that begin in this piece. */
  readonly packets: number;
  /** Something is longer than allowed, or is no MQTT: the rest of this connection means nothing. */
  readonly isBroken: boolean;
}

/**
 * Reads nothing but the lengths of MQTT packets as they arrive, so that a long one is refused at its first
 * bytes and not collected in memory before anybody looks at it.
 */
export class PacketGate {
  readonly #maximumBytes: number;
  /** Bytes of the current packet that are still to come. */
  #rest = 0;
  #isInLength = false;
  #length = 0;
  #lengthBytes = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  take(piece: Uint8Array): Passage {
    let packets = 0;
    for (let at = 0; at < piece.length;) {
      if (this.#rest > 0) {
        const passed = Math.min(this.#rest, piece.length - at);
        this.#rest -= passed;
        at += passed;
        continue;
      }
      const byte = piece[at++] ?? 0;
      if (!this.#isInLength) {
        packets += 1;
        this.#isInLength = true;
        this.#length = 0;
        this.#lengthBytes = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
      this.#lengthBytes += 1;
      const continues = (byte & 0x80) !== 0;
      if (this.#length > this.#maximumBytes || (continues && this.#lengthBytes === MAXIMUM_LENGTH_BYTES)) {
        return { packets, isBroken: true };
      }
      if (!continues) {
        this.#isInLength = false;
        this.#rest = this.#length;
      }
    }
    return { packets, isBroken: false };
  }
}
