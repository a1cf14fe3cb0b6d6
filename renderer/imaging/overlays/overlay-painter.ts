import { firstNumber } from '#shared/dicom/attributes.ts';
import type { ImageStack, StackImage } from '../image-stack.ts';
import type { Affine } from '../tools/plane.ts';
import { embeddedBits, inlineBytes, overlayFrame, overlayPlanes, packedBits } from './overlay-planes.ts';
import type { BitAt, OverlayPlane } from './overlay-planes.ts';

/** Red, green, blue: readable on black and on white, and no colour that an image itself has. */
const COLOUR = [120, 214, 200] as const;
const OPACITY = 215;

/** Draws the 60xx overlays of the image on one view, each as a canvas of its own pixels that is laid over it. */
export class OverlayPainter {
  readonly #layer: HTMLElement;
  #shown: string | undefined;
  #isVisible = true;
  #loading = new AbortController();

  constructor(layer: HTMLElement) {
    this.#layer = layer;
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#layer.hidden = !isVisible;
  }

  /** The image on the screen and where it lies; undefined for none. Computed images have no overlays. */
  show(
    stack: ImageStack | undefined,
    image: StackImage | undefined,
    imageToScreen: Affine | undefined,
  ): void {
    const key = stack?.kind === 'acquired' ? image?.imageId : undefined;
    if (key !== this.#shown) {
      this.#shown = key;
      this.#loading.abort();
      this.#layer.replaceChildren();
      if (key !== undefined && stack && image) this.#load(stack, image);
    }
    if (!imageToScreen || !this.#isVisible) return;
    for (const canvas of this.#layer.children) place(canvas as HTMLCanvasElement, imageToScreen);
  }

  dispose(): void {
    this.#loading.abort();
    this.#layer.replaceChildren();
  }

  #load(stack: ImageStack, image: StackImage): void {
    const planes = planesOf(image);
    if (planes.length === 0) return;
    const controller = new AbortController();
    this.#loading = controller;
    for (const plane of planes) {
      const canvas = document.createElement('canvas');
      canvas.dataset['overlay'] = plane.group;
      canvas.dataset['left'] = String(plane.origin[1] - 1);
      canvas.dataset['top'] = String(plane.origin[0] - 1);
      this.#layer.append(canvas);
      void bitsOf(plane, stack, image, controller.signal).then(
        (bitAt) => {
          if (bitAt && !controller.signal.aborted) draw(canvas, plane, bitAt);
        },
        // An overlay that cannot be fetched is marked as such: an empty one would be believed.
        () => canvas.setAttribute('data-failed', ''),
      );
    }
  }
}

const planesByHeader = new WeakMap<object, readonly OverlayPlane[]>();

function planesOf({ metadata }: StackImage): readonly OverlayPlane[] {
  const known = planesByHeader.get(metadata) ?? overlayPlanes(metadata);
  planesByHeader.set(metadata, known);
  return known;
}

async function bitsOf(
  plane: OverlayPlane,
  stack: ImageStack,
  image: StackImage,
  signal: AbortSignal,
): Promise<BitAt | undefined> {
  const { sopUid, frameNumber } = image.description;
  const instanceUrl = `/dicomweb/studies/${stack.studyUid}/series/${stack.seriesUid}/instances/${sopUid}`;
  if (plane.data.kind === 'embedded') {
    // Only native pixels can carry bits beside the image's own.
    if (firstNumber(image.metadata, '00280100') !== 16) return undefined;
    return embeddedBits(await fetchBytes(`${instanceUrl}/frames/${frameNumber}`, signal), plane.data.bit);
  }
  const frame = overlayFrame(plane, frameNumber);
  if (frame === undefined) return undefined;
  const bytes =
    plane.data.kind === 'inline'
      ? inlineBytes(plane.data.base64)
      : await fetchBytes(
          new URL(plane.data.uri, new URL(`${instanceUrl}/`, window.location.href)).href,
          signal,
        );
  return packedBits(bytes, plane, frame);
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal, headers: { Accept: 'application/octet-stream' } });
  if (!response.ok) throw new Error(`overlay: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function draw(canvas: HTMLCanvasElement, { rows, columns }: OverlayPlane, bitAt: BitAt): void {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d');
  if (!context) return;
  const pixels = new ImageData(columns, rows);
  const [red, green, blue] = COLOUR;
  for (let index = 0; index < rows * columns; index++) {
    if (bitAt(index)) pixels.data.set([red, green, blue, OPACITY], index * 4);
  }
  context.putImageData(pixels, 0, 0);
  canvas.dataset['drawn'] = '';
}

function place(canvas: HTMLCanvasElement, { a, b, c, d, e, f }: Affine): void {
  // Pixels are drawn from their corner, positions mean their centre.
  const left = Number(canvas.dataset['left']) - 0.5;
  const top = Number(canvas.dataset['top']) - 0.5;
  canvas.style.transform = `matrix(${a}, ${b}, ${c}, ${d}, ${a * left + c * top + e}, ${b * left + d * top + f})`;
}
