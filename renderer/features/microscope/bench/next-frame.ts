import type { FedFrame, FrameFeed } from '../view/frame-feed.ts';

export type ScanFailure = 'no-slide' | 'no-picture' | 'refused' | 'ended';

export class ScanEnded extends Error {
  readonly failure: ScanFailure;

  constructor(failure: ScanFailure) {
    super(failure);
    this.failure = failure;
  }
}

const FRAME_PATIENCE_MS = 3000;

/** The first frame exposed after that moment; `use` may draw it, afterwards it is gone. */
export function nextFrame(
  feed: FrameFeed,
  afterDeviceTimeMs: number,
  signal: AbortSignal,
  use: (frame: FedFrame) => void = () => {},
): Promise<FedFrame> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new ScanEnded('no-picture')), FRAME_PATIENCE_MS);
    const stop = feed.subscribe((frame) => {
      if (!frame.stamp || frame.stamp.deviceTimeMs < afterDeviceTimeMs) return;
      use(frame);
      end(undefined, frame);
    });
    signal.addEventListener('abort', () => end(signal.reason), { once: true });
    function end(error: unknown, frame?: FedFrame): void {
      clearTimeout(timer);
      stop();
      if (frame) resolve(frame);
      else reject(error);
    }
  });
}
