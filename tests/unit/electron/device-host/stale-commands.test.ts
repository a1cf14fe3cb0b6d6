import { expect, test } from 'vitest';
import { runStaleCommands } from '#tests/support/stale/stale-run.ts';

test('nothing stale, replayed, reordered, foreign or tampered is executed', async () => {
  const { sent, executed, genuineSent, genuineExecuted } = await runStaleCommands(20_000, 20261122);
  for (const [kind, count] of Object.entries(sent)) expect(count, kind).toBeGreaterThan(500);
  expect(genuineExecuted).toBe(genuineSent);
  expect(executed).toBe(0);
});
