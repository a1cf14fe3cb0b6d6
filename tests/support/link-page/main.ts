// The workstation's peers in a page without backend: the test is the backend, through the same contract.
import type { LiveChannel } from '#shared/contract/page.ts';
import { decodeBulkFrame, encodeBulkFrame } from '#shared/link/bulk-frame.ts';
import type { BulkFrame } from '#shared/link/bulk-frame.ts';
import { BulkLink } from '#renderer/link/bulk-link.ts';
import type { LinkTold } from '#renderer/link/carried-peer.ts';
import { LinkQualityMeter } from '#renderer/link/link-quality.ts';
import type { LinkQuality } from '#renderer/link/link-quality.ts';
import { LiveLink } from '#renderer/link/live-link.ts';
import { mediaLines, videoCodecOrder } from '#renderer/link/media-lines.ts';
import type { MediaSlot } from '#renderer/link/media-lines.ts';
import { BarePeer } from './bare-peer.ts';
import { stampedPicture, watchStamps } from './stamped-picture.ts';

declare global {
  /** What the page tells its backend; the test answers. */
  var tellBackend: (method: string, input: unknown) => Promise<unknown>;
  var linkPage: typeof page;
}

/** The newest channel of each name. */
const rawChannels = new Map<string, RTCDataChannel>();
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, options);
    rawChannels.set(label, channel);
    return channel;
  }
};

const tell =
  (method: string) =>
  (input: unknown): Promise<never> =>
    globalThis.tellBackend(method, input) as Promise<never>;

/** Messages that came, per channel, as text; echoed where asked for. */
const received: { channel: LiveChannel; text: string }[] = [];
let isEchoing = false;
const echoes = new Map<string, (atMs: number) => void>();

const told: LinkTold = {
  peerSignal: tell('peerSignal'),
  peerConnected: tell('peerConnected'),
  peerLost: tell('peerLost'),
  received: ({ channel, bytes }) => {
    const text = atob(bytes);
    echoes.get(text)?.(performance.now());
    received.push({ channel, text });
    if (isEchoing && text.startsWith('?')) send(channel, `!${text.slice(1)}`);
    return Promise.resolve(null);
  },
  bulkProgress: tell('bulkProgress'),
};

const live = new LiveLink(told);
const bulk = new BulkLink(told);
let quality: LinkQuality | undefined;
const meter = new LinkQualityMeter(
  () => live.connection,
  (value) => (quality = value),
);
const picture = stampedPicture(1280, 720);
let watched: ReturnType<typeof watchStamps> | undefined;

const send = (channel: LiveChannel, text: string) => live.send(channel, new TextEncoder().encode(text));

/** Milliseconds there and back for each of so many messages, one every `pauseMs`. */
async function roundTrips(channel: LiveChannel, count: number, pauseMs: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const id = `${performance.now()}-${index}`;
    const startMs = performance.now();
    const back = new Promise<number>((resolve) => echoes.set(`!${id}`, (atMs) => resolve(atMs - startMs)));
    send(channel, `?${id}`);
    times.push(
      await Promise.race([back, new Promise<number>((resolve) => setTimeout(resolve, 3000, Infinity))]),
    );
    echoes.delete(`!${id}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return times;
}

/** For measuring what else could have been chosen; from the next connection on. */
function tune(line: Partial<typeof mediaLines.microscope>, codec?: string): void {
  Object.assign(mediaLines.microscope, line);
  if (codec === undefined) return;
  const order = videoCodecOrder as string[];
  order.splice(0, order.length, codec);
}

let barePeer: BarePeer | undefined;

/** The same between two bare connections. */
const bare = {
  open: (isSending: boolean) => {
    barePeer?.close();
    barePeer = new BarePeer(
      (signal) => void globalThis.tellBackend('bareSignal', { signal }),
      isSending ? picture.track : undefined,
    );
  },
  offer: () => barePeer?.offer(),
  signal: (text: string) => barePeer?.signal(text),
  isOpen: () => barePeer?.isOpen === true,
  roundTrips: (count: number, pauseMs: number) => barePeer?.roundTrips(count, pauseMs) ?? [],
  sendBytes: (sizeBytes: number) => barePeer?.sendBytes(sizeBytes),
  receivedBytes: () => barePeer?.receivedBytes ?? 0,
  watch: () => {
    watched?.stop();
    if (barePeer) watched = watchStamps(barePeer.stream);
  },
  close: () => barePeer?.close(),
};

const page = {
  bare,
  live,
  tune,
  /** What the backend asks; of the page in front of a person, and of the one without a face. */
  carrier: (method: keyof typeof live.carrier, input: { peer?: string }) => {
    const { carrier } = input.peer === 'bulk' || method.endsWith('Bulk') ? bulk : live;
    return carrier[method](input as never, undefined as never) as unknown;
  },
  send,
  received,
  echo: () => (isEchoing = true),
  roundTrips,
  /** Sends the stamped picture, or nothing any more. */
  showPicture: (isShown: boolean) => live.show('microscope', isShown ? picture.track : null),
  freezePicture: picture.freeze,
  show: (slot: MediaSlot, track: MediaStreamTrack | null) => live.show(slot, track),
  watch: () => {
    watched?.stop();
    watched = watchStamps(live.remote.microscope);
  },
  /** All frames seen since the watching began. */
  frames: () => watched?.frames ?? [],
  quality: () => quality,
  stopMeasuring: () => meter.stop(),
  /** Straight into a channel, as a hostile peer would. */
  sendRaw: (channel: string, data: string | number[]) => {
    const raw = rawChannels.get(channel);
    if (typeof data === 'string') raw?.send(data);
    else raw?.send(new Uint8Array(data));
  },
  /** Frames of the bulk channel as a hostile peer sends them, and what it is answered. */
  bulkFrames: {
    sent: (frame: BulkFrame) => rawChannels.get('bulk')?.send(encodeBulkFrame(frame)),
    heard: (isIt: (frame: BulkFrame) => boolean) =>
      new Promise<void>((resolve, reject) => {
        const channel = rawChannels.get('bulk');
        setTimeout(() => reject(new Error('not heard')), 10_000);
        channel?.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
          const frame = decodeBulkFrame(new Uint8Array(data));
          if (frame && isIt(frame)) resolve();
        });
      }),
  },
};

globalThis.linkPage = page;
