// A still over a path of 20 Mbit/s, through our own relay: the form for the screen, and the whole frame bit-exact.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openBulkPair } from '#tests/support/bulk-pair.ts';
import { ImpairmentRelay } from '#tests/support/impairment-relay.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';
import { median } from './measured.ts';
import type { Measured } from './measured.ts';

const KILOBITS_PER_SECOND = 20_000;
/** There and back 10 ms, as between two towns. */
const DELAY_MS = 5;
const ROUNDS = 5;
/** As the simulated camera's: 1280 × 800, and 2560 × 1600 as PNG. */
const SCREEN_FORM_BYTES = 300_000;
const WHOLE_FORM_BYTES = 5_700_000;

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export const bench = {
  name: 'still',
  run: async (): Promise<Measured[]> => {
    const directory = temporaryDirectory();
    const relay = new ImpairmentRelay();
    relay.impair({ kilobitsPerSecond: KILOBITS_PER_SECOND, delayMs: DELAY_MS });
    const bulk = await openBulkPair((signal, from, epoch) => relay.signal(signal, from, epoch));
    try {
      await bulk.pair.open(1, {}, 'bulk');
      const isConnected = () =>
        [bulk.pair.a, bulk.pair.b].every(({ told }) => told.some(({ method }) => method === 'peerConnected'));
      for (let tries = 0; !isConnected(); tries++) {
        if (tries > 600) throw new Error('not connected within 30 s');
        await wait(50);
      }
      const timesOf = async (sizeBytes: number) => {
        const times: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const file = path.join(directory.path, `${sizeBytes}-${round}`);
          writeFileSync(file, randomBytes(sizeBytes));
          times.push(await bulk.send(file));
          await wait(300);
        }
        return times;
      };
      const screen = await timesOf(SCREEN_FORM_BYTES);
      const whole = await timesOf(WHOLE_FORM_BYTES);
      const atBestMs = (WHOLE_FORM_BYTES * 8) / KILOBITS_PER_SECOND;
      const worst = (times: readonly number[]) => Math.max(...times);
      return [
        { measure: '0.3 MB over 20 Mbit/s, p50', value: median(screen), unit: 'ms' },
        { measure: '0.3 MB over 20 Mbit/s, slowest', value: worst(screen), unit: 'ms' },
        { measure: '5.7 MB over 20 Mbit/s, p50', value: median(whole), unit: 'ms' },
        ...[median(whole), worst(whole)].map((ms, index) => ({
          measure: `5.7 MB over 20 Mbit/s, ${index === 0 ? 'p50' : 'slowest'}`,
          value: ms / atBestMs,
          unit: '×',
          ratioTo: 'bytes by bandwidth',
          target: '≤ 1.3',
        })),
      ];
    } finally {
      await bulk.close();
      await relay.close();
      directory.remove();
    }
  },
};
