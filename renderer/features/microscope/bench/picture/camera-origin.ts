import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { Size } from '../../view/stage-view.ts';
import type { Drawing, PictureOrigin } from './picture-origin.ts';

/** What a camera takes until a page has its frame, where the browser does not tell when it was exposed. */
const ASSUMED_LATENCY_MS = 80;

/**
 * A camera of the system, at the highest resolution it has. The stamp belongs to the frame: a camera that
 * delivers nothing new gives no new stamp, and the picture is known to be old at both ends.
 */
export class CameraOrigin implements PictureOrigin {
  readonly label: string;
  readonly isSimulated = false;
  readonly #video = document.createElement('video');
  readonly #track: MediaStreamTrack;
  readonly #telemetry: () => Telemetry | null;
  #stamp: FrameStamp | undefined;
  #request = 0;

  /** @throws DOMException as `getUserMedia` does */
  static async open(
    deviceId: string | undefined,
    telemetry: () => Telemetry | null,
    onLost: () => void,
  ): Promise<CameraOrigin> {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: {
        ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
        width: { ideal: 4096 },
        height: { ideal: 2160 },
        frameRate: { ideal: 30 },
      },
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
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = stream;
    this.#await();
  }

  get sensor(): Size {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  draw(context: Drawing, { width, height }: Size): FrameStamp | undefined {
    if (this.#video.videoWidth === 0 || !this.#stamp) return undefined;
    context.drawImage(this.#video, 0, 0, width, height);
    return this.#stamp;
  }

  close(): void {
    this.#video.cancelVideoFrameCallback(this.#request);
    this.#track.stop();
    this.#video.srcObject = null;
  }

  /** Telemetry is never newer than now, so the time of exposure is rather told too early than too late. */
  #await(): void {
    this.#request = this.#video.requestVideoFrameCallback((nowMs, { captureTime }) => {
      this.#await();
      const telemetry = this.#telemetry();
      if (!telemetry) return;
      const exposedAtMs = captureTime ?? nowMs - ASSUMED_LATENCY_MS;
      const ageMs = Math.max(0, performance.now() - exposedAtMs);
      const { deviceTimeMs, positionUm, objectiveId } = telemetry;
      this.#stamp = { deviceTimeMs: deviceTimeMs - ageMs, positionUm, objectiveId };
    });
  }
}
