/** One row of `npm run bench`. */
export interface Measured {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** What `value` was divided by, both measured in this run. */
  readonly ratioTo?: string;
  readonly target?: string;
}
