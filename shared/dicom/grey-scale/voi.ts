import type { GreyWindow, VoiFunction } from '../image/windows.ts';
import type { LookupTable } from '../pixel-description.ts';

/** How modality values become grey levels on the screen: VOI transform, then inversion. */
export type Voi =
  | { readonly kind: 'window'; readonly window: GreyWindow; readonly function: VoiFunction }
  | { readonly kind: 'table'; readonly table: LookupTable };

/** Grey level 0..255 (not rounded) of one modality value; PS3.3 sections C.11.2.1.2, C.11.2.1.3 and C.11.2.1.1. */
export function greyLevel(voi: Voi, isInverted: boolean): (value: number) => number {
  const level = voi.kind === 'table' ? tableLevel(voi.table) : windowLevel(voi.window, voi.function);
  return isInverted ? (value) => 255 - level(value) : level;
}

function windowLevel({ width, centre }: GreyWindow, voiFunction: VoiFunction): (value: number) => number {
  if (voiFunction === 'SIGMOID') return (value) => 255 / (1 + Math.exp((-4 * (value - centre)) / width));
  if (voiFunction === 'LINEAR_EXACT') {
    const lowest = centre - width / 2;
    return (value) => clamp(((value - lowest) / width) * 255);
  }
  const lowest = centre - 0.5 - (width - 1) / 2;
  // A window of width 1 is a threshold: everything above its only value is white.
  if (width <= 1) return (value) => (value <= lowest ? 0 : 255);
  return (value) => clamp(((value - lowest) / (width - 1)) * 255);
}

function tableLevel({ firstValue, bitsPerEntry, entries }: LookupTable): (value: number) => number {
  const last = entries.length - 1;
  const factor = 255 / (2 ** bitsPerEntry - 1);
  return (value) => {
    const index = Math.round(value) - firstValue;
    return (entries[index < 0 ? 0 : index > last ? last : index] ?? 0) * factor;
  };
}

function clamp(level: number): number {
  return level < 0 ? 0 : level > 255 ? 255 : level;
}

/** The linear window that shows what a table shows, to start from when the doctor drags. */
export function windowOfTable({ firstValue, entries }: LookupTable): GreyWindow {
  return { width: entries.length, centre: firstValue + entries.length / 2 };
}

/** Grey levels as pixels of a canvas (opaque, little-endian RGBA), for every integer from `from` to `to`. */
export function greyTable(voi: Voi, isInverted: boolean, from: number, to: number): Uint32Array {
  const level = greyLevel(voi, isInverted);
  const table = new Uint32Array(to - from + 1);
  for (let index = 0; index < table.length; index++) table[index] = opaqueGrey(level(from + index));
  return table;
}

export function opaqueGrey(level: number): number {
  const byte = Math.round(level);
  return (0xff000000 | (byte << 16) | (byte << 8) | byte) >>> 0;
}
