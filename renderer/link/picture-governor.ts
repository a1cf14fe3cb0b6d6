import { lineOf, mediaLines } from './media-lines.ts';

const INTERVAL_MS = 1000;
/** Below the first the picture may become smaller as well as slower; above the second it is whole again. */
const NARROW_BITS_PER_SECOND = 1_500_000;
const WIDE_BITS_PER_SECOND = 2_200_000;

/**
 * Keeps every pixel of the microscope's picture while the path is wide enough, and gives up size and rate
 * where it is not: the picture may become coarse, but not late. Returns how to stop.
 */
export function governPicture(connection: RTCPeerConnection): () => void {
  let isNarrow = false;
  const look = async () => {
    const sender = lineOf(connection, 'microscope')?.sender;
    const available = await availableBitsPerSecond(connection);
    if (!sender || available === undefined) return;
    isNarrow = available < (isNarrow ? WIDE_BITS_PER_SECOND : NARROW_BITS_PER_SECOND);
    const wanted = isNarrow ? 'balanced' : mediaLines.microscope.degradation;
    const parameters = sender.getParameters();
    if (parameters.degradationPreference === wanted || parameters.encodings.length === 0) return;
    parameters.degradationPreference = wanted;
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
