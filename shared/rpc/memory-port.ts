import type { Port } from './frames.ts';
import { createTextPort } from './text-port.ts';

export interface MemoryPort extends Port {
  /** Sends text as it is, frame or not. */
  sendText(text: string): void;
  close(): void;
}

/** Two connected ports in one process. Frames pass through JSON, as they would on a wire. */
export function createMemoryPortPair(): [MemoryPort, MemoryPort] {
  const readers = [new Set<(data: unknown) => void>(), new Set<(data: unknown) => void>()] as const;
  const closes = new Set<() => void>();
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    for (const listener of closes) listener();
  };
  const sendTo = (other: 0 | 1) => (text: string) =>
    queueMicrotask(() => {
      if (isOpen) for (const listener of readers[other]) listener(text);
    });
  const end = (mine: 0 | 1): MemoryPort => ({
    ...createTextPort({
      send: sendTo(mine === 0 ? 1 : 0),
      onText: (listener) => void readers[mine].add(listener),
      onClose: (listener) => void closes.add(listener),
      closeBecause: close,
    }),
    sendText: sendTo(mine === 0 ? 1 : 0),
    close,
  });
  return [end(0), end(1)];
}
