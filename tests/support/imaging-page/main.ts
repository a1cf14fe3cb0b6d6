// Page of the imaging tests: the room's public face and nothing else, driven from the test.
import * as imaging from '#renderer/imaging/index.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import { frameLoader } from '#renderer/imaging/loading/shared-loader.ts';
import type { StackView } from '#renderer/imaging/index.ts';

export interface ViewBox {
  readonly id?: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

export interface CanvasPixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha. */
  readonly data: number[];
}

/** A view in an element of exactly this size at the top left of the page. */
function openView({ id = 'view', width, height }: ViewBox): StackView {
  const element = document.createElement('div');
  element.style.cssText = `position: relative; width: ${width}px; height: ${height}px`;
  element.dataset['testid'] = id;
  document.body.append(element);
  return imaging.createStackView(element, id);
}

/** Resolves when the next picture is on the canvas. */
function rendered(view: StackView): Promise<void> {
  return new Promise((resolve) => {
    const stop = view.onRendered(() => {
      stop();
      resolve();
    });
  });
}

function canvasPixels(view: StackView): CanvasPixels {
  const canvas = view.element.querySelector('canvas');
  if (!canvas) throw new Error('no canvas');
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  if (!copy) throw new Error('no 2d context');
  copy.drawImage(canvas, 0, 0);
  const { width, height, data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, data: [...data] };
}

/** The values behind the picture. */
function frameOf(view: StackView): DecodedFrame | undefined {
  const { image } = view.state.get();
  return image && imaging.peekFrame(image.imageId);
}

function limitCache(bytes: number): void {
  frameLoader().cacheLimitBytes = bytes;
}

function cachedBytes(): number {
  return frameLoader().bytes;
}

const page = { ...imaging, openView, rendered, canvasPixels, frameOf, limitCache, cachedBytes };

declare global {
  var imagingPage: typeof page;
}

globalThis.imagingPage = page;
