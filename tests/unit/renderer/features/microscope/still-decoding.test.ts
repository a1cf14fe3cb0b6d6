import { afterEach, expect, test, vi } from 'vitest';
import type { WantedStill } from '#renderer/features/microscope/view/still-decoding.ts';
import { StillDecoding } from '#renderer/features/microscope/view/still-decoding.ts';
import type { StillFacts } from '#shared/link/talk.ts';

/** Decodes when the test says so. */
class SlowImage {
  static readonly byAddress = new Map<string, SlowImage>();
  readonly decoding = Promise.withResolvers<void>();
  set src(address: string) {
    SlowImage.byAddress.set(address, this);
  }
  decode(): Promise<void> {
    return this.decoding.promise;
  }
}

afterEach(() => vi.unstubAllGlobals());

function start() {
  vi.stubGlobal('Image', SlowImage);
  const seen: string[] = [];
  const decoding = new StillDecoding({
    setStill: (still) => seen.push(still ? `${still.facts.stillId} ${still.form}` : 'video'),
    unshowable: ({ stillId }) => seen.push(`not ${stillId}`),
  });
  const show = (stillId: string, form: WantedStill['form']) =>
    decoding.show({
      facts: { stillId } as StillFacts,
      form,
      address: `${stillId} ${form}`,
      region: null,
    });
  const settle = async (address: string, isGood = true) => {
    const { decoding: pending } = SlowImage.byAddress.get(address) ?? {};
    if (isGood) pending?.resolve();
    else pending?.reject(new Error('damaged'));
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { seen, decoding, show, settle };
}

test('what is quick to decode is painted while a better form is on its way, and never over it', async () => {
  const { seen, show, settle } = start();
  show('a', 'lossy');
  show('a', 'lossless');
  await settle('a lossy');
  await settle('a lossless');
  expect(seen).toEqual(['a lossy', 'a lossless']);
  show('b', 'lossy');
  show('b', 'lossless');
  await settle('b lossless');
  await settle('b lossy');
  expect(seen.slice(2)).toEqual(['b lossless']);
});

test('a still that has been put away is not painted any more', async () => {
  const { seen, decoding, show, settle } = start();
  show('a', 'lossless');
  decoding.show(undefined);
  await settle('a lossless');
  expect(seen).toEqual(['video']);
  show('a', 'lossless');
  show('b', 'lossy');
  await settle('a lossless');
  await settle('b lossy');
  expect(seen.slice(1)).toEqual(['b lossy']);
});

test('what cannot be decoded leaves what is painted, and the video where nothing is', async () => {
  const { seen, show, settle } = start();
  show('a', 'lossy');
  await settle('a lossy');
  show('a', 'lossless');
  await settle('a lossless', false);
  expect(seen).toEqual(['a lossy']);
  show('b', 'lossless');
  await settle('b lossless', false);
  expect(seen.slice(1)).toEqual(['not b']);
});
