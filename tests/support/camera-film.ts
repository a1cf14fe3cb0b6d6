import { writeFileSync } from 'node:fs';

/** Flags with which Chromium takes a film for what its camera sees, and asks nobody for permission. */
export const cameraFlags = (film: string) => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${film}`,
];

/** A grey picture as a film (YUV4MPEG2, 4:2:0) that shows it without end. Width and height must be even. */
export function writeFilm(
  file: string,
  { width, height, grey }: { width: number; height: number; grey: Uint8Array },
): void {
  const FRAMES = 10;
  const colourless = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), grey, colourless]);
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(file, Buffer.concat([header, ...Array.from({ length: FRAMES }, () => frame)]));
}
