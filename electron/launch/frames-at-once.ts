/**
 * Tells every receiver of this workstation's pictures to show each frame as soon as it is decoded (RTP header
 * extension playout-delay, 0 to 0 ms). Left to itself a receiver holds frames back by the jitter it expects, which no
 * property of a page takes below 10 to 30 ms; steering by the picture is worth more than evenness. A browser that does
 * not know the trial ignores it. Measured in docs/decisions/0060-video-of-the-microscope.md.
 */
export const framesAtOnce = {
  name: 'force-fieldtrials',
  value: 'WebRTC-ForceSendPlayoutDelay/min_ms:0,max_ms:0/',
} as const;
