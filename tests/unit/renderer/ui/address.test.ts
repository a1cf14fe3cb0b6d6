import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '#renderer/ui/address.ts';

test('an address comes back as it was written', () => {
  const address = { path: ['reading', 'study', '12'], query: { series: '1.2.3', text: '山田 太郎' } };
  expect(parseAddress(formatAddress(address))).toEqual(address);
  expect(formatAddress({ path: ['reading'], query: {} })).toBe('#/reading');
});

test('a hand-written address never fails', () => {
  expect(parseAddress('')).toEqual({ path: [], query: {} });
  expect(parseAddress('#/reading//study/%E0%A4%A/')).toEqual({
    path: ['reading', 'study', '%E0%A4%A'],
    query: {},
  });
});
