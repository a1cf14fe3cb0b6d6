// Chromium's breakout box, which the standard typings do not have: frames of a track as a stream, and back.
// https://www.w3.org/TR/mediacapture-transform/ in the form Chromium ships it in pages.

interface MediaStreamTrackProcessorInit {
  readonly track: MediaStreamTrack;
  readonly maxBufferSize?: number;
}

declare class MediaStreamTrackProcessor {
  constructor(init: MediaStreamTrackProcessorInit);
  readonly readable: ReadableStream<VideoFrame>;
}

interface MediaStreamTrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

declare var MediaStreamTrackGenerator: {
  new (init: { readonly kind: 'video' }): MediaStreamTrackGenerator;
};
