import { lineOf } from './media-lines.ts';
import { isRelayed } from './peer.ts';

/** What there is to know of a live connection now; null where nothing is to be measured. */
export interface LinkQuality {
  readonly roundTripMs: number | null;
  /** Of the packets of the microscope's picture in the last second. */
  readonly lossPercent: number | null;
  readonly framesPerSecond: number | null;
  readonly widthPixels: number | null;
  readonly heightPixels: number | null;
  readonly kilobitsPerSecond: number | null;
  readonly codec: string | null;
  readonly isRelayed: boolean | null;
}

type Report = Readonly<Record<string, unknown>>;
interface Counted {
  readonly id: string;
  readonly atMs: number;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
}

const INTERVAL_MS = 1000;

/** Looks once a second at how the microscope's picture goes over the connection, in whichever direction it goes. */
export class LinkQualityMeter {
  readonly #connection: () => RTCPeerConnection | undefined;
  readonly #timer: ReturnType<typeof setInterval>;
  #before: Counted | undefined;

  constructor(connection: () => RTCPeerConnection | undefined, onQuality: (quality: LinkQuality) => void) {
    this.#connection = connection;
    this.#timer = setInterval(() => {
      void this.measure().then(onQuality, () => {});
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async measure(): Promise<LinkQuality> {
    const connection = this.#connection();
    if (!connection) return nothing;
    const reports = [...((await connection.getStats()) as unknown as ReadonlyMap<string, Report>).values()];
    const mid = lineOf(connection, 'microscope')?.mid;
    const video = pictureOf(reports, mid);
    const transport = reports.find(({ type }) => type === 'transport');
    const pair = reports.find(({ id }) => id === transport?.['selectedCandidatePairId']);
    const codec = reports.find(({ id }) => id === video?.['codecId'])?.['mimeType'];
    return {
      ...nothing,
      ...(video && this.#rates(video, reports)),
      roundTripMs: scaled(pair?.['currentRoundTripTime'], 1000),
      framesPerSecond: numberOf(video?.['framesPerSecond']),
      widthPixels: numberOf(video?.['frameWidth']),
      heightPixels: numberOf(video?.['frameHeight']),
      codec: typeof codec === 'string' ? codec.replace(/^video\//, '') : null,
      isRelayed: await isRelayed(connection),
    };
  }

  /** Of the time since the last look; of nothing the first time, or when the picture is another one. */
  #rates(video: Report, reports: readonly Report[]): Pick<LinkQuality, 'lossPercent' | 'kilobitsPerSecond'> {
    const isIncoming = video['type'] === 'inbound-rtp';
    const now: Counted = {
      id: String(video['id']),
      atMs: Number(video['timestamp']),
      bytes: Number(video[isIncoming ? 'bytesReceived' : 'bytesSent']),
      packets: Number(video[isIncoming ? 'packetsReceived' : 'packetsSent']),
      lost: Number(video['packetsLost'] ?? 0),
    };
    const before = this.#before;
    this.#before = now;
    if (before?.id !== now.id || now.atMs <= before.atMs)
      return { lossPercent: null, kilobitsPerSecond: null };
    const lost = Math.max(0, now.lost - before.lost);
    const remote = reports.find(({ type, localId }) => type === 'remote-inbound-rtp' && localId === now.id);
    const expected = now.packets - before.packets + lost;
    return {
      kilobitsPerSecond: ((now.bytes - before.bytes) * 8) / (now.atMs - before.atMs),
      lossPercent: !isIncoming
        ? scaled(remote?.['fractionLost'], 100)
        : expected > 0
          ? (100 * lost) / expected
          : null,
    };
  }
}

const nothing: LinkQuality = {
  roundTripMs: null,
  lossPercent: null,
  framesPerSecond: null,
  widthPixels: null,
  heightPixels: null,
  kilobitsPerSecond: null,
  codec: null,
  isRelayed: null,
};

/** The incoming picture, or the outgoing one of the end that has the microscope. */
function pictureOf(reports: readonly Report[], mid: string | null | undefined): Report | undefined {
  const ofLine = reports.filter((report) => report['mid'] === mid && report['kind'] === 'video');
  const isUsed = (report: Report) => Number(report['framesDecoded'] ?? report['framesEncoded'] ?? 0) > 0;
  return (
    ofLine.find((report) => report['type'] === 'inbound-rtp' && isUsed(report)) ??
    ofLine.find((report) => report['type'] === 'outbound-rtp' && isUsed(report))
  );
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : null);
const scaled = (value: unknown, factor: number) => (typeof value === 'number' ? value * factor : null);
