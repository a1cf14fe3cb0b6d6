import { z } from 'zod';

/** Means or gains of the three channels. */
const Channels = (value: z.ZodNumber) => z.strictObject({ red: value, green: value, blue: value });

/** Of 0 to 255, on a field without anything on it. */
export const ChannelMeans = Channels(z.number().min(1).max(255));
export type ChannelMeans = z.infer<typeof ChannelMeans>;

export const WhiteBalance = z.strictObject({
  /** As the system calls the camera. */
  cameraName: z.string().max(200),
  means: ChannelMeans,
  /** What the channels are multiplied by: at most 1, so that nothing is clipped by them. */
  gains: Channels(z.number().positive().max(1)),
  measuredAtMs: z.number(),
  measuredBy: z.string(),
});
export type WhiteBalance = z.infer<typeof WhiteBalance>;
export type ChannelGains = WhiteBalance['gains'];

/** Brings the brighter channels down to the darkest one. */
export function gainsOf({ red, green, blue }: ChannelMeans): ChannelGains {
  const darkest = Math.min(red, green, blue);
  return { red: darkest / red, green: darkest / green, blue: darkest / blue };
}
