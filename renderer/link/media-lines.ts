/**
 * The media lines of a live peer, the same in every connection and in this order. Tracks come and go
 * by replacement: nothing is negotiated while a doctor looks, and no end waits for the other.
 */
export const mediaSlots = ['microscope', 'voice', 'person', 'second'] as const;
export type MediaSlot = (typeof mediaSlots)[number];

/** What belongs together is kept in step by the receiver; the microscope waits for nobody. */
export const mediaStreams = ['microscope', 'person', 'second'] as const;
export type MediaStreamName = (typeof mediaStreams)[number];

interface Line {
  readonly kind: 'audio' | 'video';
  readonly stream: MediaStreamName;
  readonly maximumBitsPerSecond: number;
  readonly priority: RTCPriorityType;
  readonly degradation: RTCDegradationPreference;
  readonly hint: string;
  /** Milliseconds the receiver holds frames back to play them evenly; null: as it thinks best. */
  readonly jitterBufferTargetMs: number | null;
}

/** Measured, with the alternatives: docs/decisions/0060-video-of-the-microscope.md. */
export const mediaLines: Readonly<Record<MediaSlot, Line>> = {
  microscope: {
    kind: 'video',
    stream: 'microscope',
    // What is diagnosed on are stills; more bits only cost time to encode, send and decode them.
    maximumBitsPerSecond: 6_000_000,
    priority: 'medium',
    // On a narrow path it may become smaller too: see picture-governor.ts.
    degradation: 'maintain-resolution',
    hint: 'motion',
    jitterBufferTargetMs: 0,
  },
  voice: {
    kind: 'audio',
    stream: 'person',
    maximumBitsPerSecond: 48_000,
    priority: 'high',
    degradation: 'balanced',
    hint: 'speech',
    jitterBufferTargetMs: null,
  },
  person: {
    kind: 'video',
    stream: 'person',
    maximumBitsPerSecond: 500_000,
    priority: 'very-low',
    degradation: 'maintain-framerate',
    hint: 'motion',
    jitterBufferTargetMs: null,
  },
  second: {
    kind: 'video',
    stream: 'second',
    maximumBitsPerSecond: 1_500_000,
    priority: 'low',
    degradation: 'balanced',
    hint: 'detail',
    jitterBufferTargetMs: null,
  },
};

/** H264 first: half the latency of VP8 (decision 0060). The others where an end has no H264. */
export const videoCodecOrder: readonly string[] = ['video/h264', 'video/vp8', 'video/vp9', 'video/av1'];

const streamsOf = new WeakMap<RTCPeerConnection, Readonly<Record<MediaStreamName, MediaStream>>>();

/** Streams by which the other end knows which tracks belong together. */
function ownStreams(connection: RTCPeerConnection): Readonly<Record<MediaStreamName, MediaStream>> {
  const known = streamsOf.get(connection);
  if (known) return known;
  const made = { microscope: new MediaStream(), person: new MediaStream(), second: new MediaStream() };
  streamsOf.set(connection, made);
  return made;
}

/** Makes the lines before the first offer, or takes over those of the offer before it is answered. */
export function prepareMediaLines(connection: RTCPeerConnection, isInitiator: boolean): void {
  const streams = ownStreams(connection);
  if (isInitiator) {
    for (const slot of mediaSlots) {
      const { kind, stream } = mediaLines[slot];
      connection.addTransceiver(kind, { direction: 'sendrecv', streams: [streams[stream]] });
    }
  }
  for (const slot of mediaSlots) {
    const transceiver = lineOf(connection, slot);
    if (!transceiver) continue;
    const { kind, stream, jitterBufferTargetMs } = mediaLines[slot];
    transceiver.direction = 'sendrecv';
    if (!isInitiator) transceiver.sender.setStreams(streams[stream]);
    if (kind === 'video') transceiver.setCodecPreferences(videoCodecs());
    transceiver.receiver.jitterBufferTarget = jitterBufferTargetMs;
  }
}

/** The line of a slot, by its place; undefined before there is one, or where the other end offered something else. */
export function lineOf(connection: RTCPeerConnection, slot: MediaSlot): RTCRtpTransceiver | undefined {
  const transceiver = connection.getTransceivers()[mediaSlots.indexOf(slot)];
  return transceiver?.receiver.track.kind === mediaLines[slot].kind ? transceiver : undefined;
}

/** Sends a track in a slot, or nothing; the parameters are those of the slot. */
export async function sendTrack(
  connection: RTCPeerConnection,
  slot: MediaSlot,
  track: MediaStreamTrack | null,
): Promise<void> {
  const sender = lineOf(connection, slot)?.sender;
  if (!sender) return;
  const { hint, maximumBitsPerSecond, priority, degradation, kind } = mediaLines[slot];
  if (track) track.contentHint = hint;
  await sender.replaceTrack(track);
  const parameters = sender.getParameters();
  // Before the first description there are none to be changed; they are set again once it is connected.
  if (parameters.encodings.length === 0) return;
  for (const encoding of parameters.encodings) {
    encoding.maxBitrate = maximumBitsPerSecond;
    encoding.priority = priority;
    encoding.networkPriority = priority;
  }
  if (kind === 'video') parameters.degradationPreference = degradation;
  await sender.setParameters(parameters);
}

function videoCodecs(): RTCRtpCodec[] {
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  const rank = ({ mimeType }: RTCRtpCodec) => {
    const place = videoCodecOrder.indexOf(mimeType.toLowerCase());
    return place < 0 ? videoCodecOrder.length : place;
  };
  return codecs.toSorted((a, b) => rank(a) - rank(b));
}
