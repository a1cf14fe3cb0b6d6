// Everything of the microscope's picture, for tests to call in a real page.
import * as frameStamp from '#renderer/microscopy/frame-stamp.ts';
import { createTissue } from '#renderer/microscopy/tissue/tissue.ts';
import { FocusField } from '#renderer/features/microscope/view/focus-field.ts';
import { noisyTrack } from './noisy-track.ts';
import { receiveEncoded } from './encoded.ts';

const microscopy = { ...frameStamp, receiveEncoded, noisyTrack, createTissue, FocusField };

declare global {
  var microscopyPage: typeof microscopy;
}

globalThis.microscopyPage = microscopy;
