import windows from '#resources/windows.json' with { type: 'json' };

/** A window on CT values, in Hounsfield units. */
export interface WindowPreset {
  readonly id: string;
  /** The key that always means this window, whatever is on the screen; null for those only in the menu. */
  readonly digit: number | null;
  readonly name: { readonly ja: string; readonly en: string };
  readonly width: number;
  readonly centre: number;
}

export const windowPresets: readonly WindowPreset[] = windows.presets;

export function presetOfDigit(digit: number): WindowPreset | undefined {
  return windowPresets.find((preset) => preset.digit === digit);
}

/** Always with its letters: sources differ in which of the two numbers comes first. */
export function windowText({ width, centre }: { readonly width: number; readonly centre: number }): string {
  return `WW ${plain(width)} / WL ${plain(centre)}`;
}

/** Whole numbers where whole numbers are meant, and a few digits where values are small (SUV, ADC). */
function plain(value: number): string {
  const magnitude = Math.abs(value);
  const digits = magnitude >= 20 || Number.isInteger(value) ? 0 : magnitude >= 1 ? 2 : 4;
  return value.toFixed(digits).replace('-', '−');
}
