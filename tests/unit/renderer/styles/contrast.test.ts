import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#tests/support/workstation.ts';

const tokens = new Map(
  [
    ...readFileSync(path.join(root, 'renderer/styles/tokens.css'), 'utf8').matchAll(
      /--([\w-]+):\s*(#[0-9a-f]{6});/gi,
    ),
  ].map((match) => [match[1] ?? '', match[2] ?? '']),
);

const surfaces = [
  'surface-room',
  'surface-panel',
  'surface-raised',
  'surface-field',
  'surface-hover',
  'selection',
];
const textColours = ['text', 'text-quiet', 'text-faint', 'accent', 'urgent', 'warning', 'good'];

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [a, b] = [tokens.get(one), tokens.get(other)];
  if (a === undefined || b === undefined) throw new Error(`no colour ${one} or ${other}`);
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test.each(textColours.flatMap((text) => surfaces.map((surface) => [text, surface] as const)))(
  '%s can be read on %s',
  (text, surface) => expect(contrast(text, surface)).toBeGreaterThanOrEqual(4.5),
);

test.each([
  ['on-accent-fill', 'accent-fill'],
  ['on-accent-fill', 'accent-fill-hover'],
  ['on-urgent-fill', 'urgent-fill'],
  ['text', 'highlight'],
  ['text', 'image-background'],
])('%s can be read on %s', (text, surface) => {
  expect(contrast(text, surface)).toBeGreaterThanOrEqual(4.5);
});

test.each(surfaces)('the border of a control and the focus ring stand out from %s', (surface) => {
  expect(contrast('line-control', surface)).toBeGreaterThanOrEqual(3);
  expect(contrast('accent', surface)).toBeGreaterThanOrEqual(3);
});

test('panels are neutral grey: no tint beside an image', () => {
  const greys = [...tokens].filter(([name]) => /^(surface|line|text|image)/.test(name));
  expect(greys.length).toBeGreaterThan(10);
  for (const [name, hex] of greys) {
    expect([hex.slice(3, 5), hex.slice(5, 7)], name).toEqual([hex.slice(1, 3), hex.slice(1, 3)]);
  }
});

test('nothing names a colour but the tokens', () => {
  const sheets = readdirSync(path.join(root, 'renderer'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.css') && !file.endsWith('tokens.css'),
  );
  expect(sheets.length).toBeGreaterThan(15);
  const named = sheets.flatMap((file) =>
    [
      ...readFileSync(path.join(root, 'renderer', file), 'utf8').matchAll(
        /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\((?!0 0 0)[^)]*\)/gi,
      ),
    ].map((match) => `${file}: ${match[0]}`),
  );
  expect(named).toEqual([]);
});
