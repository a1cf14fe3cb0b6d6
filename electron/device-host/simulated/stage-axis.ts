/** Mechanics of one axis. */
export interface AxisMechanics {
  readonly accelerationUmPerS2: number;
  readonly maximumSpeedUmPerS: number;
  /** Lost when the direction changes. */
  readonly backlashUm: number;
  /** End switches. */
  readonly minimumUm: number;
  readonly maximumUm: number;
}

const STEP_S = 0.001;
/** Brakes a little earlier than it could, as a controller that computes in steps has to. */
const BRAKING_SHARE = 0.9;

/** One motor, its spindle and what it carries; moved on in steps of a millisecond. */
export class StageAxis {
  readonly #mechanics: AxisMechanics;
  #encoderUm: number;
  #opticsUm: number;
  #speedUmPerS = 0;
  #towardUm = 0;
  #limitUmPerS = 0;

  constructor(mechanics: AxisMechanics, startUm: number) {
    this.#mechanics = mechanics;
    this.#encoderUm = startUm;
    this.#opticsUm = startUm;
  }

  get encoderUm(): number {
    return this.#encoderUm;
  }

  get opticsUm(): number {
    return this.#opticsUm;
  }

  get isMoving(): boolean {
    return this.#speedUmPerS !== 0 || (this.#limitUmPerS > 0 && this.#encoderUm !== this.#towardUm);
  }

  drive(towardUm: number, speedUmPerS: number): void {
    const { minimumUm, maximumUm, maximumSpeedUmPerS } = this.#mechanics;
    this.#towardUm = Math.min(maximumUm, Math.max(minimumUm, towardUm));
    this.#limitUmPerS = Math.min(maximumSpeedUmPerS, speedUmPerS);
  }

  /** Ramps down. */
  release(): void {
    this.#limitUmPerS = 0;
  }

  step(): void {
    const { accelerationUmPerS2: acceleration, minimumUm, maximumUm, backlashUm } = this.#mechanics;
    const change = acceleration * STEP_S;
    const distance = this.#towardUm - this.#encoderUm;
    if (
      this.#limitUmPerS > 0 &&
      Math.abs(distance) <= change * STEP_S &&
      Math.abs(this.#speedUmPerS) <= change
    ) {
      this.#encoderUm = this.#towardUm;
      this.#speedUmPerS = 0;
    } else {
      const braking = Math.sqrt(2 * acceleration * BRAKING_SHARE * Math.abs(distance));
      const wanted = Math.sign(distance) * Math.min(this.#limitUmPerS, braking, Math.abs(distance) / STEP_S);
      const difference = wanted - this.#speedUmPerS;
      this.#speedUmPerS += Math.sign(difference) * Math.min(Math.abs(difference), change);
      this.#encoderUm += this.#speedUmPerS * STEP_S;
    }
    if (this.#encoderUm < minimumUm || this.#encoderUm > maximumUm) {
      this.#encoderUm = Math.min(maximumUm, Math.max(minimumUm, this.#encoderUm));
      this.#speedUmPerS = 0;
    }
    this.#opticsUm = Math.min(
      this.#encoderUm + backlashUm / 2,
      Math.max(this.#encoderUm - backlashUm / 2, this.#opticsUm),
    );
  }
}
