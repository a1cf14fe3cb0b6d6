import type { Frame, Port } from './frames.ts';

export interface MemoryPort extends Port {
  close(): void;
}

/** Two connected ports in one process. Frames pass through JSON, as they would on a wire. */
export function createMemoryPortPair(): [MemoryPort, MemoryPort] {
  const frames = [new Set<(frame: unknown) => void>(), new Set<(frame: unknown) => void>()] as const;
  const closes = new Set<() => void>();
  let isOpen = true;
  const end = (mine: 0 | 1): MemoryPort => ({
    send: (frame: Frame) => {
      const text = JSON.stringify(frame);
      queueMicrotask(() => {
        if (isOpen) for (const listener of frames[mine === 0 ? 1 : 0]) listener(JSON.parse(text));
      });
    },
    onFrame: (listener) => void frames[mine].add(listener),
    onClose: (listener) => void closes.add(listener),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      for (const listener of closes) listener();
    },
  });
  return [end(0), end(1)];
}
