import path from 'node:path';
import pino from 'pino';
import { createBulkStore } from '#backend/services/link/bulk-store.ts';
import { openLinkPair } from './link-page.ts';
import type { LinkPair, OnSignal } from './link-page.ts';
import { temporaryDirectory } from './workstation.ts';

export interface BulkPair {
  readonly pair: LinkPair;
  /** Milliseconds until the file is whole, verified and durable at the other end. */
  send(file: string): Promise<number>;
  close(): Promise<void>;
}

/** Two pages with a real store behind each: files go from a to b. The connection is opened by the caller. */
export async function openBulkPair(onSignal?: OnSignal): Promise<BulkPair> {
  const directory = temporaryDirectory();
  let arrived: () => void = () => {};
  const stores = ['a', 'b'].map((name) =>
    createBulkStore({
      folder: path.join(directory.path, name),
      log: pino({ enabled: false }),
      onArrived: () => arrived(),
    }),
  );
  const [a, b] = stores;
  if (!a || !b) throw new Error('no stores');
  const pair = await openLinkPair(onSignal, [], {
    a: (request) => a.handle(request),
    b: (request) => b.handle(request),
  });
  return {
    pair,
    send: async (file) => {
      const offered = await a.offer(file);
      const whole = new Promise<void>((resolve) => (arrived = resolve));
      const startMs = performance.now();
      await Promise.all([pair.call('a', 'sendBulk', offered), whole]);
      a.withdraw(offered.transferId);
      return performance.now() - startMs;
    },
    close: async () => {
      await pair.close();
      for (const store of stores) store.close();
      directory.remove();
    },
  };
}
