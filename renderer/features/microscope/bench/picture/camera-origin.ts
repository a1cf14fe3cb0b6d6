import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';
import { untouchedCamera } from '#shared/domain/camera-settings.ts';
import type { CameraSettings } from '#shared/domain/camera-settings.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { Size } from '../../view/stage-view.ts';
import { abilitiesOf, deviceSettingsFor, hasShapeOf } from './camera-controls.ts';
import type { CameraAbilities } from './camera-controls.ts';
import type { Drawing, PictureOrigin } from './picture-origin.ts';

/** What a camera takes until a page has its frame, where the browser does not tell when it was exposed. */
const ASSUMED_LATENCY_MS = 80;
/** More pixels than any camera has: the largest format is chosen. */
const BEYOND_ALL = { width: { ideal: 7680 }, height: { ideal: 4320 } };
/** A sensor that is slower as a whole is steered by in half its size. */
const FEWEST_LIVE_FRAMES_PER_SECOND = 15;
/** A camera may start anew for another format. */
const FORMAT_PATIENCE_MS = 5000;

/**
 * A camera of the system. The stamp belongs to the frame: a camera that delivers nothing new gives no new stamp,
 * and the picture is known to be old at both ends.
 */
export class CameraOrigin implements PictureOrigin {
  readonly label: string;
  readonly isSimulated = false;
  readonly sensor: Size;
  readonly abilities: CameraAbilities;
  readonly #video = document.createElement('video');
  readonly #track: MediaStreamTrack;
  readonly #telemetry: () => Telemetry | null;
  readonly #isSlow: boolean;
  #settings = untouchedCamera;
  #newestFrameAtMs = performance.now();
  #stamp: FrameStamp | undefined;
  #request = 0;

  /** @throws DOMException as `getUserMedia` does */
  static async open(
    deviceId: string | undefined,
    telemetry: () => Telemetry | null,
    onLost: () => void,
  ): Promise<CameraOrigin> {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { ...(deviceId !== undefined && { deviceId: { exact: deviceId } }), ...BEYOND_ALL },
    });
    const [track] = stream.getVideoTracks();
    if (!track) throw new DOMException('no video', 'NotFoundError');
    const origin = new CameraOrigin(stream, track, telemetry);
    track.addEventListener('ended', onLost);
    await origin.#video.play();
    return origin;
  }

  constructor(stream: MediaStream, track: MediaStreamTrack, telemetry: () => Telemetry | null) {
    this.#track = track;
    this.#telemetry = telemetry;
    this.label = track.label;
    const { width = 640, height = 480, frameRate } = track.getSettings();
    this.sensor = { width, height };
    this.#isSlow = (frameRate ?? FEWEST_LIVE_FRAMES_PER_SECOND) < FEWEST_LIVE_FRAMES_PER_SECOND;
    this.abilities = abilitiesOf(track.getCapabilities(), this.sensor);
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = stream;
    this.#await();
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  get newestFrameAtMs(): number {
    return this.#newestFrameAtMs;
  }

  draw(context: Drawing, { width, height }: Size): FrameStamp | undefined {
    if (this.#video.videoWidth === 0 || !this.#stamp) return undefined;
    context.drawImage(this.#video, 0, 0, width, height);
    return this.#stamp;
  }

  /** The page asks for size and light one after the other: Chromium takes them only apart. */
  async apply(settings: CameraSettings): Promise<void> {
    await this.#takeSize(this.#liveSizeOf(settings));
    const asked = deviceSettingsFor(settings, this.abilities);
    const parts = [
      ['exposureMode', 'exposureTime', 'exposureCompensation'],
      ['whiteBalanceMode', 'colorTemperature'],
    ].map((names) => Object.fromEntries(Object.entries(asked).filter(([name]) => names.includes(name))));
    for (const part of parts.filter((each) => Object.keys(each).length > 0)) {
      await this.#track.applyConstraints({ advanced: [part] });
    }
    this.#settings = settings;
  }

  async complete(): Promise<void> {
    await this.#takeSize(this.sensor);
    const { width, height } = this.sensor;
    if (this.#video.videoWidth < width || this.#video.videoHeight < height) {
      throw new DOMException('not the whole sensor', 'OverconstrainedError');
    }
  }

  async release(): Promise<void> {
    await this.#takeSize(this.#liveSizeOf(this.#settings));
  }

  close(): void {
    this.#video.cancelVideoFrameCallback(this.#request);
    this.#track.stop();
    this.#video.srcObject = null;
  }

  #liveSizeOf({ liveSize }: CameraSettings): Size {
    const { width, height } = this.sensor;
    if (liveSize && hasShapeOf(liveSize, this.sensor)) return liveSize;
    return this.#isSlow ? { width: Math.round(width / 2), height: Math.round(height / 2) } : this.sensor;
  }

  /** Resolves when a frame of the new size is there. What is of another shape than the sensor is not kept. */
  async #takeSize({ width, height }: Size): Promise<void> {
    const known = this.#track.getSettings();
    if (known.width === width && known.height === height) return;
    const asked = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
    await this.#track.applyConstraints(asked);
    const got = this.#track.getSettings();
    const size = { width: got.width ?? width, height: got.height ?? height };
    if (!hasShapeOf(size, this.sensor)) await this.#track.applyConstraints(BEYOND_ALL);
    await this.#untilFrameOf(this.#track.getSettings().width ?? width);
  }

  async #untilFrameOf(width: number): Promise<void> {
    const untilMs = performance.now() + FORMAT_PATIENCE_MS;
    const askedAtMs = performance.now();
    while (this.#video.videoWidth !== width || this.#newestFrameAtMs <= askedAtMs) {
      if (performance.now() > untilMs) throw new DOMException('no frame', 'TimeoutError');
      await new Promise<void>((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Telemetry is never newer than now, so the time of exposure is rather told too early than too late. */
  #await(): void {
    this.#request = this.#video.requestVideoFrameCallback((nowMs, { captureTime }) => {
      this.#await();
      this.#newestFrameAtMs = performance.now();
      const telemetry = this.#telemetry();
      if (!telemetry) return;
      const exposedAtMs = captureTime ?? nowMs - ASSUMED_LATENCY_MS;
      const ageMs = Math.max(0, performance.now() - exposedAtMs);
      const { deviceTimeMs, positionUm, objectiveId } = telemetry;
      this.#stamp = { deviceTimeMs: deviceTimeMs - ageMs, positionUm, objectiveId };
    });
  }
}
