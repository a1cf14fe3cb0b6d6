import type { ImageStack } from '../image-stack.ts';

/** Resolves once every image of the stack is loaded or has failed; rejects when no longer wanted. */
export function whenLoaded({ progress }: ImageStack, signal: AbortSignal): Promise<void> {
  const isDone = () => {
    const { loaded, failed, total } = progress.get();
    return loaded + failed >= total;
  };
  return new Promise((resolve, reject) => {
    if (isDone()) {
      resolve();
      return;
    }
    const stop = progress.subscribe(() => {
      if (!isDone()) return;
      stop();
      resolve();
    });
    signal.addEventListener(
      'abort',
      () => {
        stop();
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
