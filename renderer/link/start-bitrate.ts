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
      return isCodec ? `${line};x-google-start-bitrate=${kilobitsPerSecond}` : line;
    })
    .join('\r\n');
}
