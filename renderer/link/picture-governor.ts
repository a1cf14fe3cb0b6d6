import { lineOf } from './media-lines.ts';

const INTERVAL_MS = 1000;
/** Below the first the picture is sent at half its width and height; above the second it is whole again. */
const NARROW_BITS_PER_SECOND = 900_000;
const WIDE_BITS_PER_SECOND = 1_500_000;
/** Half of 1280 × 800 still shows where one is; smaller is of no use to a pathologist. */
const NARROW_SCALE = 2;

/**
 * Keeps every pixel of the microscope's picture while the path is wide enough, and gives up half its width
 * where it is not; what is then still too much is given up in rate by the encoder. The picture may become
 * coarse and slow, but not late. Returns how to stop.
 */
export function governPicture(connection: RTCPeerConnection): () => void {
  let isNarrow = false;
  const look = async () => {
    const sender = lineOf(connection, 'microscope')?.sender;
    const available = await availableBitsPerSecond(connection);
    if (!sender || available === undefined) return;
    isNarrow = available < (isNarrow ? WIDE_BITS_PER_SECOND : NARROW_BITS_PER_SECOND);
    const scale = isNarrow ? NARROW_SCALE : 1;
    const parameters = sender.getParameters();
    const encodings = parameters.encodings.filter(
      (encoding) => (encoding.scaleResolutionDownBy ?? 1) !== scale,
    );
    if (encodings.length === 0) return;
    for (const encoding of encodings) encoding.scaleResolutionDownBy = scale;
    await sender.setParameters(parameters);
  };
  // A connection that ends meanwhile has nothing to be governed.
  const timer = setInterval(() => void look().catch(() => {}), INTERVAL_MS);
  return () => clearInterval(timer);
}

async function availableBitsPerSecond(connection: RTCPeerConnection): Promise<number | undefined> {
  const stats = (await connection.getStats()) as unknown as ReadonlyMap<string, Record<string, unknown>>;
  for (const report of stats.values()) {
    const available = report['availableOutgoingBitrate'];
    if (report['type'] === 'candidate-pair' && typeof available === 'number') return available;
  }
  return undefined;
}
