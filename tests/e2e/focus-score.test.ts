import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMicroscopyPage } from '#tests/support/microscopy-page.ts';
import type { MicroscopyPage } from '#tests/support/microscopy-page.ts';

let opened: MicroscopyPage;
beforeAll(async () => {
  opened = await openMicroscopyPage();
});
afterAll(() => opened.close());

test('a still of the whole sensor has the score of the live picture it was taken from', async () => {
  const scores = await opened.page.evaluate(() => {
    const { createTissue, FocusField } = globalThis.microscopyPage;
    const [widthPixels, heightPixels] = [1920, 1200];
    const area = { xUm: -6480, yUm: -6500, micrometresPerPixel: 0.5, widthPixels, heightPixels };
    const exposed = new OffscreenCanvas(widthPixels, heightPixels);
    const pixels = new ImageData(createTissue(1).draw(area), widthPixels, heightPixels);
    exposed.getContext('2d')?.putImageData(pixels, 0, 0);
    const drawn = (from: OffscreenCanvas, width: number, filter = 'none') => {
      const picture = new OffscreenCanvas(width, (width * heightPixels) / widthPixels);
      const context = picture.getContext('2d', { alpha: false });
      if (!context) throw new Error('no 2d context');
      context.filter = filter;
      context.drawImage(from, 0, 0, picture.width, picture.height);
      return picture;
    };
    const field = new FocusField();
    const score = (picture: OffscreenCanvas) => field.score(picture, picture.width, picture.height).score;
    const blurred = drawn(exposed, widthPixels, 'blur(4px)');
    return {
      still: score(exposed),
      live: score(drawn(exposed, 1280)),
      blurredStill: score(blurred),
      blurredLive: score(drawn(blurred, 1280)),
    };
  });
  expect(scores.still / scores.live).toBeGreaterThan(0.9);
  expect(scores.still / scores.live).toBeLessThan(1.1);
  expect(scores.blurredStill / scores.blurredLive).toBeGreaterThan(0.9);
  expect(scores.blurredStill / scores.blurredLive).toBeLessThan(1.1);
  // What is between sharp and blurred is far more than what is between the two pictures.
  expect(scores.live / scores.blurredLive).toBeGreaterThan(2);
});
