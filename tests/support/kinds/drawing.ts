// One drawing in every form that pixels come in, so that all of them must look the same on the screen.

/** What every self-made image shows; a picture that is turned, mirrored or inverted looks different. */
export interface Drawing {
  readonly columns: number;
  readonly rows: number;
}

type Colour = readonly [red: number, green: number, blue: number];

/** A ring around two halves, with a spot at the upper right: what each part is, from -1 to 1 across the picture. */
function partAt(x: number, y: number): 'outside' | 'ring' | 'left' | 'right' | 'spot' {
  const radius = Math.hypot(x, y);
  if (radius > 0.92) return 'outside';
  if (radius > 0.78) return 'ring';
  if (Math.hypot(x - 0.35, y + 0.35) < 0.2) return 'spot';
  return x < 0 ? 'left' : 'right';
}

/** From black (0) to white (1). */
const greyOf = { outside: 0, ring: 1, left: 0.35, right: 0.5, spot: 0.85 } as const;
const colourOf: Readonly<Record<ReturnType<typeof partAt>, Colour>> = {
  outside: [0, 0, 0],
  ring: [255, 255, 255],
  left: [40, 60, 200],
  right: [200, 60, 40],
  spot: [40, 200, 60],
};
const palette = Object.values(colourOf);

function mapPixels<Value>(
  { columns, rows }: Drawing,
  valueOf: (part: keyof typeof greyOf) => Value,
): readonly Value[] {
  return Array.from({ length: columns * rows }, (_, at) =>
    valueOf(
      partAt((((at % columns) + 0.5) / columns) * 2 - 1, ((Math.floor(at / columns) + 0.5) / rows) * 2 - 1),
    ),
  );
}

/** Places in every part, from 0 to 1 across the picture, and what is there. */
export const places = (['outside', 'ring', 'left', 'right', 'spot'] as const).map((part) => ({
  part,
  at: {
    outside: [0.03, 0.03],
    ring: [0.5, 0.075],
    left: [0.3, 0.6],
    right: [0.7, 0.7],
    spot: [0.675, 0.325],
  }[part] as [number, number],
  grey: greyOf[part],
  colour: colourOf[part],
}));

export interface GreyForm {
  readonly bits: 8 | 16 | 32;
  readonly isSigned?: boolean;
  /** Stored values of black and white. */
  readonly black: number;
  readonly white: number;
}

const arrays = {
  8: [Uint8Array, Int8Array],
  16: [Uint16Array, Int16Array],
  32: [Uint32Array, Int32Array],
} as const;

/** Native grey pixels. */
export function greyPixels(drawing: Drawing, { bits, isSigned = false, black, white }: GreyForm): Uint8Array {
  const values = mapPixels(drawing, (part) => Math.round(black + (white - black) * greyOf[part]));
  const pixels = arrays[bits][isSigned ? 1 : 0].from(values);
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

/** One bit per pixel, the first in the lowest bit: the ring and the spot. */
export function bitPixels(drawing: Drawing): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((drawing.columns * drawing.rows) / 16) * 2);
  mapPixels(drawing, (part) => part === 'ring' || part === 'spot').forEach((isSet, at) => {
    if (isSet) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  });
  return bytes;
}

const flattened = (colours: readonly Colour[]) => Uint8Array.from(colours.flat());

/** PS3.3 section C.7.6.3.1.2. */
function toYbr([red, green, blue]: Colour): Colour {
  return [
    Math.round(0.299 * red + 0.587 * green + 0.114 * blue),
    Math.round(-0.168736 * red - 0.331264 * green + 0.5 * blue + 128),
    Math.round(Math.min(255, 0.5 * red - 0.418688 * green - 0.081312 * blue + 128)),
  ];
}

/** Colour pixels, pixel by pixel or colour by colour. */
export function colourPixels(
  drawing: Drawing,
  form: 'RGB' | 'RGB by plane' | 'YBR_FULL' | 'YBR_FULL_422',
): Uint8Array {
  const colours = mapPixels(drawing, (part) => colourOf[part]);
  if (form === 'RGB') return flattened(colours);
  if (form === 'RGB by plane') {
    return Uint8Array.from([0, 1, 2].flatMap((plane) => colours.map((colour) => colour[plane] ?? 0)));
  }
  const converted = colours.map(toYbr);
  if (form === 'YBR_FULL') return flattened(converted);
  // Two brightnesses share one pair of colour differences.
  return Uint8Array.from(
    converted.flatMap(([brightness, blue, red], at) =>
      at % 2 === 0 ? [brightness, converted[at + 1]?.[0] ?? 0, blue, red] : [],
    ),
  );
}

/** Indices into `paletteEntries`. */
export function palettePixels(drawing: Drawing): Uint8Array {
  const parts = Object.keys(colourOf);
  return Uint8Array.from(mapPixels(drawing, (part) => parts.indexOf(part)));
}

/** Red, green or blue of the palette, as 16-bit entries. */
export function paletteEntries(channel: 0 | 1 | 2): number[] {
  return palette.map((colour) => colour[channel] * 257);
}
