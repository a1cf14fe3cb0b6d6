/** What one quantity of one process is allowed to do over an hour. */
export interface Trend {
  /** Slope of the least-squares line, per hour. */
  readonly perHour: number;
  /** 95 % interval of the slope, per hour. */
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** Two-sided 95 % of Student's t; by degrees of freedom, and the normal one beyond. */
const STUDENT_95 = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1,
  2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
];
const NORMAL_95 = 1.96;

/** Linear regression of samples over time. Undefined with fewer than four: no interval could be trusted. */
export function trendOf(
  samples: readonly { readonly atMs: number; readonly value: number }[],
): Trend | undefined {
  const count = samples.length;
  const first = samples[0];
  const last = samples.at(-1);
  if (count < 4 || !first || !last) return undefined;
  const hours = samples.map(({ atMs }) => (atMs - first.atMs) / 3_600_000);
  const meanHours = mean(hours);
  const meanValue = mean(samples.map(({ value }) => value));
  const spread = sum(hours.map((hour) => (hour - meanHours) ** 2));
  if (spread === 0) return undefined;
  const perHour =
    sum(samples.map(({ value }, at) => ((hours[at] ?? 0) - meanHours) * (value - meanValue))) / spread;
  const residual = sum(
    samples.map(({ value }, at) => (value - meanValue - perHour * ((hours[at] ?? 0) - meanHours)) ** 2),
  );
  const margin = (STUDENT_95[count - 3] ?? NORMAL_95) * Math.sqrt(residual / (count - 2) / spread);
  return {
    perHour,
    from: perHour - margin,
    to: perHour + margin,
    first: first.value,
    last: last.value,
    count,
  };
}

/** `undecided`: the limit lies within the interval; a longer run narrows it. */
export type Verdict = 'steady' | 'undecided' | 'grows';

/** Growth is claimed only where all of the interval lies above the limit, steadiness where all of it lies below. */
export function verdictOf(trend: Trend, limitPerHour: number): Verdict {
  if (trend.from > limitPerHour) return 'grows';
  return trend.to <= limitPerHour ? 'steady' : 'undecided';
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
