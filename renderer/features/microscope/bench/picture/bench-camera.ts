import { pageServer } from '#renderer/backend/page-services.ts';
import { drawStamp, stripHeight } from '#renderer/microscopy/frame-stamp.ts';
import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';
import { withColourProfile } from '#renderer/microscopy/png-profile.ts';
import type { ChannelGains } from '#shared/domain/white-balance.ts';
import type { PixelRegion } from '#shared/link/talk.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { FocusField } from '../../view/focus-field.ts';
import type { FedFrame, FrameFeed } from '../../view/frame-feed.ts';
import type { Size } from '../../view/stage-view.ts';
import type { Drawing, PictureOrigin } from './picture-origin.ts';

const FRAMES_PER_SECOND = 30;
/** Still a moving picture; a machine that cannot do more needs the rest for control, which comes first. */
const FEWEST_FRAMES_PER_SECOND = 15;
/** Frames that come this much too late, or not, change the pace. */
const LATE_MS = 10;
const PUNCTUAL_MS = 4;
const WIDEST_FRAME = 1280;
const FOCUS_PATIENCE_MS = 3000;
/** Enough to judge a field by. */
const SAMPLE_WIDTH = 320;
const LOSSY_QUALITY_PERCENT = 92;

/** The picture of the bench: stamped and shown here, sent to the other end, and asked for stills and focus. */
export class BenchCamera implements FrameFeed {
  readonly track: MediaStreamTrack;
  /** What evens out the white of this camera, in everything that is shown, sent and kept. */
  gains: ChannelGains | null = null;
  readonly #origin: PictureOrigin;
  readonly #size: Size;
  readonly #canvas = document.createElement('canvas');
  readonly #focusField = new FocusField();
  readonly #listeners = new Set<(frame: FedFrame) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #periodMs = 1000 / FRAMES_PER_SECOND;
  #dueAtMs = performance.now();
  #lateMs = 0;
  readonly #withdraw: () => void;

  constructor(origin: PictureOrigin) {
    this.#origin = origin;
    const { width, height } = origin.sensor;
    const scale = Math.min(1, WIDEST_FRAME / width);
    // Encoders work on even numbers of pixels.
    this.#size = { width: Math.round((width * scale) / 2) * 2, height: Math.round((height * scale) / 2) * 2 };
    Object.assign(this.#canvas, this.#size);
    const [track] = this.#canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
    if (!track) throw new Error('a canvas without a track');
    this.track = track;
    this.#tick();
    this.#withdraw = pageServer.provide('cameraHost', {
      describe: () => ({ camera: this.#camera }),
      takeStill: (request) => this.#takeStill(request),
      measureFocus: ({ afterDeviceTimeMs, atPart }) => this.#measureFocus(afterDeviceTimeMs, atPart),
    });
    pageServer.announce('cameraHost', 'cameraChanged', { camera: this.#camera });
  }

  subscribe(listener: (frame: FedFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#withdraw();
    pageServer.announce('cameraHost', 'cameraChanged', { camera: null });
    this.track.stop();
    this.#origin.close();
  }

  /** The field as the camera gives it, without the gains; undefined while there is none. */
  sampleField(): ImageData | undefined {
    const size = {
      width: SAMPLE_WIDTH,
      height: Math.round((SAMPLE_WIDTH * this.#size.height) / this.#size.width),
    };
    const context = new OffscreenCanvas(size.width, size.height).getContext('2d', {
      willReadFrequently: true,
    });
    if (!context || !this.#origin.draw(context, size)) return undefined;
    return context.getImageData(0, 0, size.width, size.height);
  }

  #draw(context: Drawing, size: Size): FrameStamp | undefined {
    const stamp = this.#origin.draw(context, size);
    if (!stamp || !this.gains) return stamp;
    const level = (gain: number) => `${gain * 100}%`;
    const { red, green, blue } = this.gains;
    context.save();
    context.globalCompositeOperation = 'multiply';
    context.fillStyle = `rgb(${level(red)} ${level(green)} ${level(blue)})`;
    context.fillRect(0, 0, size.width, size.height);
    context.restore();
    return stamp;
  }

  get #camera() {
    const { label, sensor, isSimulated } = this.#origin;
    return { label, widthPixels: sensor.width, heightPixels: sensor.height, isSimulated };
  }

  /** As often as the machine can, within bounds: fewer frames before a later answer to the hand. */
  #tick(): void {
    const nowMs = performance.now();
    this.#lateMs = this.#lateMs * 0.9 + Math.min(200, nowMs - this.#dueAtMs) * 0.1;
    if (this.#lateMs > LATE_MS)
      this.#periodMs = Math.min(1000 / FEWEST_FRAMES_PER_SECOND, this.#periodMs * 1.05);
    else if (this.#lateMs < PUNCTUAL_MS) {
      this.#periodMs = Math.max(1000 / FRAMES_PER_SECOND, this.#periodMs * 0.99);
    }
    this.#frame();
    this.#dueAtMs = Math.max(nowMs + this.#periodMs, performance.now());
    this.#timer = setTimeout(() => this.#tick(), this.#dueAtMs - performance.now());
  }

  #frame(): void {
    const context = this.#canvas.getContext('2d', { alpha: false });
    const stamp = context && this.#draw(context, this.#size);
    if (!context || !stamp) return;
    drawStamp(context, stamp);
    const { width, height } = this.#size;
    const canvas = this.#canvas;
    const pictureHeight = height - stripHeight(height);
    const frame = { image: canvas, surface: canvas, width, height, pictureHeight, stamp };
    for (const listener of this.#listeners) listener(frame);
  }

  async #takeStill({ stillId, lossyWidth, region }: StillRequest) {
    const { width, height } = this.#origin.sensor;
    // What was shown a moment ago goes first: the eye has something sharp while the whole frame is made.
    await upload(stillId, `lossy?quality=${LOSSY_QUALITY_PERCENT}`, await this.#lossy(lossyWidth));
    const canvas = new OffscreenCanvas(width, height);
    const stamp = await this.#drawWhole(canvas);
    if (region) {
      // What is looked at, pixel for pixel, before what lies beyond the window.
      await upload(stillId, 'region', await losslessly(cut(canvas, region)));
    }
    const { score } = this.#focusField.score(canvas, width, height);
    const lossless = await losslessly(canvas);
    const hash = await crypto.subtle.digest('SHA-256', await lossless.arrayBuffer());
    await upload(stillId, 'lossless', lossless);
    return {
      widthPixels: width,
      heightPixels: height,
      deviceTimeMs: stamp.deviceTimeMs,
      focusScore: score,
      sha256: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      sizeBytes: lossless.size,
    };
  }

  /** @throws RpcError where the camera does not give its whole sensor: a smaller picture is never taken for it */
  async #drawWhole(canvas: OffscreenCanvas): Promise<FrameStamp> {
    const size = { width: canvas.width, height: canvas.height };
    const origin = this.#origin;
    try {
      await origin.complete?.(size);
      const context = canvas.getContext('2d');
      const stamp = context && this.#draw(context, size);
      if (stamp) return stamp;
    } catch {
      throw new RpcError('unavailable', 'no-whole-frame');
    } finally {
      // The moving picture goes on as it was; where it does not, its watch says so.
      void origin.release?.().catch(() => {});
    }
    throw new RpcError('unavailable', 'no-camera');
  }

  /** The whole field, as wide as the screen that asks for it; without the stamp. */
  #lossy(lossyWidth: number): Promise<Blob> {
    const whole = new OffscreenCanvas(this.#size.width, this.#size.height);
    const context = whole.getContext('2d', { alpha: false });
    if (!context || !this.#draw(context, this.#size)) throw new RpcError('unavailable', 'no-camera');
    const scale = Math.min(1, lossyWidth / whole.width);
    const small = new OffscreenCanvas(Math.round(whole.width * scale), Math.round(whole.height * scale));
    small.getContext('2d', { alpha: false })?.drawImage(whole, 0, 0, small.width, small.height);
    return small.convertToBlob({ type: 'image/jpeg', quality: LOSSY_QUALITY_PERCENT / 100 });
  }

  #measureFocus(afterDeviceTimeMs: number, atPart: { x: number; y: number } | null) {
    return new Promise<FocusMeasure>((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new RpcError('unavailable', 'no-camera'));
      }, FOCUS_PATIENCE_MS);
      const stop = this.subscribe(({ stamp }) => {
        if (!stamp || stamp.deviceTimeMs < afterDeviceTimeMs) return;
        clearTimeout(timer);
        stop();
        const { width, height } = this.#canvas;
        const scored = this.#focusField.score(this.#canvas, width, height, atPart ?? undefined);
        resolve({ deviceTimeMs: stamp.deviceTimeMs, focusUm: stamp.positionUm.z, ...scored });
      });
    });
  }
}

interface FocusMeasure {
  readonly deviceTimeMs: number;
  readonly focusUm: number;
  readonly score: number;
  readonly isBlank: boolean;
}

interface StillRequest {
  readonly stillId: string;
  readonly lossyWidth: number;
  readonly region: PixelRegion | null;
}

function cut(whole: OffscreenCanvas, { left, top, width, height }: PixelRegion): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(whole, left, top, width, height, 0, 0, width, height);
  return canvas;
}

async function losslessly(canvas: OffscreenCanvas): Promise<Blob> {
  return withColourProfile(await canvas.convertToBlob({ type: 'image/png' }));
}

async function upload(stillId: string, form: string, body: Blob): Promise<void> {
  const answer = await fetch(`/microscope/stills/${stillId}/${form}`, { method: 'PUT', body });
  if (!answer.ok) throw new RpcError('unavailable', 'not stored');
}
