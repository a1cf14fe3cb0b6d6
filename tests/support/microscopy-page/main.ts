// Everything of the microscope's picture, for tests to call in a real page.
import * as frameStamp from '#renderer/microscopy/frame-stamp.ts';
import { noisyTrack } from './noisy-track.ts';
import { receiveEncoded } from './encoded.ts';

const microscopy = { ...frameStamp, receiveEncoded, noisyTrack };

declare global {
  var microscopyPage: typeof microscopy;
}

globalThis.microscopyPage = microscopy;
