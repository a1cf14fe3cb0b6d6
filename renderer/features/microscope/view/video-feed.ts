import { StampReader, stripHeight } from '#renderer/microscopy/frame-stamp.ts';
import type { FedFrame, FrameFeed } from './frame-feed.ts';

/** Every frame of a stream the moment the browser has it, with the stamp that came inside it. */
export class VideoFeed implements FrameFeed {
  readonly #video: HTMLVideoElement;
  readonly #reader = new StampReader();
  readonly #listeners = new Set<(frame: FedFrame) => void>();
  #request = 0;
  #isEnded = false;

  /** @param parent the video has to be in the page for its frames to be decoded as soon as they come */
  constructor(stream: MediaStream, parent: HTMLElement) {
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.autoplay = true;
    video.setAttribute('aria-hidden', 'true');
    Object.assign(video.style, { position: 'absolute', width: '2px', height: '2px', opacity: '0' });
    video.srcObject = stream;
    parent.append(video);
    this.#video = video;
    this.#await();
    void video.play().catch(() => {
      // Without a track there is nothing to play yet; autoplay begins with the first one.
    });
  }

  subscribe(listener: (frame: FedFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#isEnded = true;
    this.#video.cancelVideoFrameCallback(this.#request);
    this.#video.srcObject = null;
    this.#video.remove();
  }

  #await(): void {
    this.#request = this.#video.requestVideoFrameCallback(() => {
      if (this.#isEnded) return;
      this.#await();
      const { videoWidth: width, videoHeight: height } = this.#video;
      if (width === 0 || height === 0) return;
      const stamp = this.#reader.read(this.#video);
      const frame = { image: this.#video, width, height, pictureHeight: height - stripHeight(height), stamp };
      for (const listener of this.#listeners) listener(frame);
    });
  }
}
