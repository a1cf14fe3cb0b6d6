import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMicroscopyPage } from '#tests/support/microscopy-page.ts';
import type { MicroscopyPage } from '#tests/support/microscopy-page.ts';

let opened: MicroscopyPage;
beforeAll(async () => {
  opened = await openMicroscopyPage();
});
afterAll(() => opened.close());

describe.each(['video/H264', 'video/VP8'] as const)('a stamp in a picture encoded as %s', (codec) => {
  it.each([1, 2])('is read at 1.5 Mbit/s, scaled down by %i, and never wrongly', async (scaleDownBy) => {
    const result = await opened.page.evaluate(
      async ([codec, scaleDownBy]) => {
        const page = globalThis.microscopyPage;
        const stampOf = (frame: number) => ({
          deviceTimeMs: 1_000_000 + frame * 33,
          positionUm: { x: frame * 1.5 - 700, y: -frame * 22.1, z: 12.3 - frame / 10 },
          objectiveId: 1 + (frame % 6),
        });
        const noisy = page.noisyTrack(stampOf);
        const options = { codec, scaleDownBy, kilobitsPerSecond: 1500, forMs: 4000 };
        const received = await page.receiveEncoded(noisy.track, options);
        noisy.stop();
        const wrong = received.stamps.filter((stamp) => {
          const sent = stampOf((stamp.deviceTimeMs - 1_000_000) / 33);
          const isAt = (axis: 'x' | 'y' | 'z') =>
            Math.abs(stamp.positionUm[axis] - sent.positionUm[axis]) < 0.0501;
          return !isAt('x') || !isAt('y') || !isAt('z') || stamp.objectiveId !== sent.objectiveId;
        });
        return { ...received, stamps: received.stamps.length, wrong: wrong.length };
      },
      [codec, scaleDownBy] as const,
    );
    expect(result.frames).toBeGreaterThan(10);
    expect(result.stamps / result.frames).toBeGreaterThan(0.8);
    expect(result.wrong).toBe(0);
  });
});
