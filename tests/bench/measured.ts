/** One row of `npm run bench`. */
export interface Measured {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** What `value` was divided by, both measured in this run. */
  readonly ratioTo?: string;
  readonly target?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
