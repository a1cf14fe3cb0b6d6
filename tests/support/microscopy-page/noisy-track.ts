import { drawStamp } from '#renderer/microscopy/frame-stamp.ts';
import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';

/** The hardest picture for an encoder: fine detail that jumps, with a stamp that changes in every frame. */
export function noisyTrack(stampOf: (frame: number) => FrameStamp): {
  track: MediaStreamTrack;
  stop: () => void;
} {
  const canvas = new OffscreenCanvas(1280, 720);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d context');
  const pattern = new OffscreenCanvas(512, 512);
  const fine = pattern.getContext('2d');
  for (let spot = 0; spot < 6000; spot++) {
    if (fine) fine.fillStyle = `hsl(${(spot * 47) % 360} 60% ${30 + (spot % 50)}%)`;
    fine?.fillRect((spot * 7919) % 512, (spot * 104_729) % 509, 5, 4);
  }
  const generator = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = generator.writable.getWriter();
  let frame = 0;
  const timer = setInterval(() => {
    const shift = (frame * 37) % 512;
    for (let x = -shift; x < 1280; x += 512)
      for (let y = -shift; y < 720; y += 512) context.drawImage(pattern, x, y);
    drawStamp(context, stampOf(frame++));
    void writer.write(new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) }));
  }, 33);
  return {
    track: generator,
    stop: () => {
      clearInterval(timer);
      generator.stop();
    },
  };
}
