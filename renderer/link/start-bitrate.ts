/**
 * No picture can be steered by below this, so a lossy path is not mistaken for a narrower one: Chromium's
 * estimate would fall to 30 kbit/s and need half a minute to come back.
 */
const MINIMUM_KILOBITS_PER_SECOND = 300;

/**
 * The other end's description with the rate at which sending to it starts. Chromium would start at
 * 300 kbit/s and shrink the picture for the first seconds.
 */
export function withStartBitrate(sdp: string, kilobitsPerSecond: number): string {
  const lines = sdp.split('\r\n');
  let isVideo = false;
  return lines
    .map((line) => {
      if (line.startsWith('m=')) isVideo = line.startsWith('m=video');
      // Retransmissions and forward error correction have parameters too, but no rate.
      const isCodec = isVideo && line.startsWith('a=fmtp:') && !line.includes('apt=');
      if (!isCodec) return line;
      return `${line};x-google-min-bitrate=${MINIMUM_KILOBITS_PER_SECOND};x-google-start-bitrate=${kilobitsPerSecond}`;
    })
    .join('\r\n');
}
