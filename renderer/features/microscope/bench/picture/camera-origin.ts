import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { Size } from '../../view/stage-view.ts';
import type { Drawing, PictureOrigin } from './picture-origin.ts';

/** A camera of the system, at the highest resolution it has. The stage's place is what telemetry told last. */
export class CameraOrigin implements PictureOrigin {
  readonly label: string;
  readonly isSimulated = false;
  readonly #video = document.createElement('video');
  readonly #track: MediaStreamTrack;
  readonly #telemetry: () => Telemetry | null;

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
  }

  get sensor(): Size {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  draw(context: Drawing, { width, height }: Size): FrameStamp | undefined {
    const telemetry = this.#telemetry();
    if (this.#video.videoWidth === 0 || !telemetry) return undefined;
    context.drawImage(this.#video, 0, 0, width, height);
    const { deviceTimeMs, positionUm, objectiveId } = telemetry;
    return { deviceTimeMs, positionUm, objectiveId };
  }

  close(): void {
    this.#track.stop();
    this.#video.srcObject = null;
  }
}
