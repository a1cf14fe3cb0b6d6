/** Every single value for whoever observes (User Timing); nothing is kept for those who do not. */
export function tellTiming(name: string, durationMs: number, endMs: number): void {
  performance.measure(name, { start: Math.max(0, endMs - Math.max(0, durationMs)), end: endMs });
  performance.clearMeasures(name);
}
