// A moving picture that carries the moment it was drawn, and the reading of that moment at the other end.

const CELL_PIXELS = 16;
const BITS = 32;

/** Milliseconds of the machine's clock, the same for every page of one browser, in 32 bits. */
export const nowMs = () => Math.round(performance.timeOrigin + performance.now()) % 2 ** BITS;

/** A tissue-like picture that pans, 30 times a second, with the time in cells along its upper edge. */
export function stampedPicture(
  width: number,
  height: number,
): { track: MediaStreamTrack; freeze: (isFrozen: boolean) => void } {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d context');
  const tissue = drawTissue(width + 256, height + 256);
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks() as CanvasCaptureMediaStreamTrack[];
  if (!track) throw new Error('no track');
  let isFrozen = false;
  let step = 0;
  const draw = () => {
    if (!isFrozen) step++;
    const at = (rate: number) => 128 + Math.round(127 * Math.sin(step * rate));
    context.drawImage(tissue, -at(0.021), -at(0.017));
    const time = nowMs();
    for (let bit = 0; bit < BITS; bit++) {
      context.fillStyle = Math.floor(time / 2 ** bit) % 2 === 1 ? '#fff' : '#000';
      context.fillRect(bit * CELL_PIXELS, 0, CELL_PIXELS, CELL_PIXELS);
    }
    track.requestFrame();
  };
  setInterval(draw, 1000 / 30);
  return { track, freeze: (value) => (isFrozen = value) };
}

function drawTissue(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no 2d context');
  context.fillStyle = '#f3dbe8';
  context.fillRect(0, 0, width, height);
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let count = 0; count < (width * height) / 180; count++) {
    const radius = 2 + random() * 5;
    context.fillStyle = `hsl(${270 + random() * 60} ${30 + random() * 40}% ${35 + random() * 45}%)`;
    context.beginPath();
    context.ellipse(
      random() * width,
      random() * height,
      radius,
      radius * (0.5 + random()),
      random() * 3,
      0,
      7,
    );
    context.fill();
  }
  return canvas;
}

export interface SeenFrame {
  /** From drawing to the moment the picture is about to be shown. */
  readonly latencyMs: number;
  readonly width: number;
  readonly height: number;
  readonly atMs: number;
}

/** Watches a video and reads the time in each frame it presents. */
export function watchStamps(stream: MediaStream): { frames: SeenFrame[]; stop: () => void } {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  video.srcObject = stream;
  document.body.append(video);
  void video.play().catch(() => {});
  const strip = new OffscreenCanvas(BITS, 1).getContext('2d', { willReadFrequently: true });
  if (!strip) throw new Error('no 2d context');
  const frames: SeenFrame[] = [];
  let isStopped = false;
  const look = () => {
    if (isStopped) return;
    const atMs = nowMs();
    const { videoWidth: width, videoHeight: height } = video;
    const cell = (CELL_PIXELS * width) / 1280;
    strip.drawImage(video, 0, cell / 4, BITS * cell, cell / 2, 0, 0, BITS, 1);
    const { data } = strip.getImageData(0, 0, BITS, 1);
    let time = 0;
    for (let bit = 0; bit < BITS; bit++) if ((data[bit * 4] ?? 0) > 127) time += 2 ** bit;
    const latencyMs = atMs - time;
    if (latencyMs >= 0 && latencyMs < 20_000) frames.push({ latencyMs, width, height, atMs });
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  return {
    frames,
    stop: () => {
      isStopped = true;
      video.remove();
    },
  };
}
