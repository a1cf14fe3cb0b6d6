import { expect, test } from 'vitest';
import { withKnownParts } from '#renderer/features/microscope/session/known-parts.ts';

const first = { atMs: 1, slide: { label: 'A', agreedBy: ['bench'] }, stop: null as { by: string } | null };

test('what says the same is the same object, what says another thing is new', () => {
  const next = { atMs: 2, slide: { label: 'A', agreedBy: ['bench'] }, stop: { by: 'bench' } };
  const kept = withKnownParts<typeof first>(first, next);
  expect(kept).toEqual(next);
  expect(kept.slide).toBe(first.slide);
  const agreed = { ...next, slide: { label: 'A', agreedBy: ['bench', 'remote'] } };
  expect(withKnownParts<typeof first>(kept, agreed)).toEqual(agreed);
  expect(withKnownParts<typeof first>(kept, { ...next, stop: null }).stop).toBeNull();
});

test('before the first message nothing is known', () => {
  expect(withKnownParts(null, first)).toBe(first);
});
