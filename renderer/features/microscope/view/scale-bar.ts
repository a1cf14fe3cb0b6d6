export interface ScaleBar {
  readonly lengthUm: number;
  /** CSS pixels. */
  readonly widthPixels: number;
  /** '200 µm', '1 mm'. */
  readonly text: string;
}

/** A round length that takes about a seventh of the screen, at least 60 pixels. */
export function scaleBar(micrometresPerScreenPixel: number, screenWidth: number): ScaleBar | undefined {
  if (!(micrometresPerScreenPixel > 0) || !(screenWidth > 0)) return undefined;
  const wanted = Math.max(60, screenWidth / 7) * micrometresPerScreenPixel;
  const decade = 10 ** Math.floor(Math.log10(wanted));
  const lengthUm = ([5, 2, 1].find((step) => step * decade <= wanted) ?? 1) * decade;
  return { lengthUm, widthPixels: lengthUm / micrometresPerScreenPixel, text: lengthText(lengthUm) };
}

/** A length as a pathologist writes it: '12.3 µm', '340 µm', '1.25 mm'. */
export function lengthText(lengthUm: number): string {
  if (lengthUm >= 1000) return `${trimmed(lengthUm / 1000, lengthUm >= 10_000 ? 1 : 2)} mm`;
  return `${trimmed(lengthUm, lengthUm >= 100 ? 0 : 1)} µm`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
