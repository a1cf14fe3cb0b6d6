/**
 * Pictures of this workstation come as soon as they can, by two field trials no property of a page replaces. Receivers
 * show each frame once it is decoded (RTP header extension playout-delay, 0 to 0 ms); left to themselves they hold it
 * back by the jitter they expect, never below 10 to 30 ms. And a frame leaves at 2.5 times the estimated rate instead
 * of 1.1 times: the first one after a rest has ten times the bytes of the others, and was on its way for a third of a
 * second. A browser that does not know a trial ignores it. Measured in docs/decisions/0060-video-of-the-microscope.md.
 */
export const framesAtOnce = {
  name: 'force-fieldtrials',
  value: 'WebRTC-ForceSendPlayoutDelay/min_ms:0,max_ms:0/WebRTC-Video-Pacing/factor:2.5/',
} as const;
