import { Enums, RenderingEngine, getRenderingEngine } from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import type { EdgeLetters } from '#shared/dicom/geometry/orientation.ts';
import type { Voi } from '#shared/dicom/grey-scale/voi.ts';
import type { GreyWindow } from '#shared/dicom/image/windows.ts';
import { startCornerstone } from '../cornerstone/start.ts';
import { loadable, placesOf, registerStack } from '../image-stack.ts';
import type { ImageStack, LoadableStack, StackImage } from '../image-stack.ts';
import { frameLoader } from '../loading/shared-loader.ts';
import { Store } from '../observable.ts';
import type { Observable } from '../observable.ts';
import { applyCamera, fitScale, fittingCamera, readCamera } from './camera.ts';
import type { Camera, ScreenSize } from './camera.ts';
import { setPainter } from './drawing.ts';
import { GreyScale } from './grey-scale.ts';
import type { VoiChoice } from './grey-scale.ts';
import { edgeLettersOf, gridOf } from './image-grid.ts';
import { ImageSurface } from './image-surface.ts';

export const RENDERING_ENGINE_ID = 'enkaku';

/** What one part of the screen shows; a new object after every change. */
export interface ViewState {
  readonly stack: ImageStack | undefined;
  /** Of the image on the screen, from 0; what the corners say belongs to it. */
  readonly index: number;
  /** Of the image that was asked for last; differs from `index` while it is being loaded. */
  readonly targetIndex: number;
  /** The image on the screen; undefined before the first one and after a failure. */
  readonly image: StackImage | undefined;
  /** failed: the image asked for cannot be shown, and nothing else is shown in its place. */
  readonly status: 'empty' | 'loading' | 'shown' | 'failed';
  readonly failure: unknown;
  /** How greys are made of values, as numbers; undefined for colour images. */
  readonly window: GreyWindow | undefined;
  readonly voi: Voi | undefined;
  readonly voiChoice: VoiChoice;
  /** The doctor's own inversion, on top of what the image itself asks for. */
  readonly isInverted: boolean;
  readonly camera: Camera;
  /** Screen pixels per mm; undefined where lengths are unknown. */
  readonly cssPixelsPerMm: number | undefined;
  readonly letters: EdgeLetters | undefined;
}

export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export interface ShowOptions {
  /** The middle one unless said otherwise. */
  readonly index?: number;
  readonly camera?: Camera;
  readonly voiChoice?: VoiChoice;
  readonly isInverted?: boolean;
}

/** One part of the screen; shows one image of one stack at a time. */
export interface StackView {
  readonly viewportId: string;
  readonly element: HTMLDivElement;
  readonly state: Observable<ViewState>;
  /** Resolves once the image is on the screen, has failed, or something else is to be shown. */
  show(stack: ImageStack, options?: ShowOptions): Promise<void>;
  clear(): void;
  setIndex(index: number): Promise<void>;
  /** Stops at the ends unless `isLoop`. */
  scrollBy(delta: number, isLoop?: boolean): Promise<void>;
  setVoi(choice: VoiChoice): void;
  setInverted(isInverted: boolean): void;
  setCamera(camera: Partial<Camera>): void;
  /** As the doctor sees it: left and right, or top and bottom, change places on the screen. */
  flip(axis: 'horizontal' | 'vertical'): void;
  rotateBy(degrees: number): void;
  /** Keeps the given point of the element (CSS pixels) where it is; the middle unless said otherwise. */
  zoomBy(factor: number, point?: readonly [number, number]): void;
  /** CSS pixels. */
  panBy(right: number, down: number): void;
  fit(): void;
  /** One image pixel per screen pixel. */
  showOneToOne(): void;
  /** Window, inversion and camera as when the stack was first shown. */
  reset(): void;
  /** Tries again to load what failed. */
  retry(): void;
  /**
   * From pixels of the image on the screen (0, 0 is the centre of the first one) to CSS pixels of the
   * element: x = a·column + c·row + e, y = b·column + d·row + f. Undefined while no image is shown.
   */
  imageToScreen(): Affine | undefined;
  /** After each time the screen was drawn. */
  onRendered(listener: () => void): () => void;
  dispose(): void;
}

export function createStackView(element: HTMLDivElement, viewportId: string): StackView {
  startCornerstone();
  return new CornerstoneStackView(element, viewportId);
}

const emptyState: ViewState = {
  stack: undefined,
  index: 0,
  targetIndex: 0,
  image: undefined,
  status: 'empty',
  failure: undefined,
  window: undefined,
  voi: undefined,
  voiChoice: { kind: 'file', index: 0 },
  isInverted: false,
  camera: fittingCamera,
  cssPixelsPerMm: undefined,
  letters: undefined,
};

const LONGEST_DRAWING_MS = 1000;

class CornerstoneStackView implements StackView {
  readonly viewportId: string;
  readonly element: HTMLDivElement;
  readonly #store = new Store<ViewState>(emptyState);
  readonly #viewport: Types.IStackViewport;
  readonly #engine: RenderingEngine;
  readonly #surface = new ImageSurface();
  readonly #greyScale = new GreyScale();
  readonly #resizeObserver: ResizeObserver;
  readonly #renderedListeners = new Set<() => void>();
  #wanted: AbortController | undefined;
  #isApplyingCamera = false;
  /** The camera or the size of the screen changed while no image was there to apply it to. */
  #isCameraDue = false;

  constructor(element: HTMLDivElement, viewportId: string) {
    this.element = element;
    this.viewportId = viewportId;
    this.#engine = getRenderingEngine(RENDERING_ENGINE_ID) ?? new RenderingEngine(RENDERING_ENGINE_ID);
    this.#engine.enableElement({ viewportId, type: Enums.ViewportType.STACK, element });
    this.#viewport = this.#engine.getViewport<Types.IStackViewport>(viewportId);
    setPainter(this.#viewport.canvas, () => this.#paint());
    element.addEventListener(Enums.Events.STACK_NEW_IMAGE, this.#onNewImage);
    element.addEventListener(Enums.Events.CAMERA_MODIFIED, this.#onCamera);
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.#onRendered);
    this.#resizeObserver = new ResizeObserver(() => this.#resize());
    this.#resizeObserver.observe(element);
    this.#resize();
  }

  get state(): Observable<ViewState> {
    return this.#store;
  }

  async show(stack: ImageStack, options: ShowOptions = {}): Promise<void> {
    // Both may have been let go of since they were opened.
    registerStack(loadable(stack.source));
    registerStack(loadable(stack));
    const index = clampIndex(options.index ?? startOf(stack), stack);
    const before = this.#store.get();
    // Another thickness of the same images: the old one stays until the new one is there.
    const isSameSource = before.stack?.source === stack.source && before.stack.plane === stack.plane;
    // Never what was chosen for the stack before: a brain window would hide what an MR or a radiograph shows.
    this.#greyScale.reset(options.voiChoice ?? emptyState.voiChoice);
    this.#update({
      ...emptyState,
      ...(isSameSource && {
        image: before.image,
        index: before.index,
        window: before.window,
        voi: before.voi,
      }),
      stack,
      ...(!isSameSource && { index }),
      targetIndex: index,
      status: 'loading',
      isInverted: options.isInverted ?? false,
      camera: options.camera ?? fittingCamera,
      voiChoice: this.#greyScale.choice,
    });
    this.#viewport.render();
    await this.#load(loadable(stack), index);
  }

  clear(): void {
    this.#wanted?.abort();
    frameLoader().focus(this, undefined);
    this.#update(emptyState);
    this.#viewport.render();
  }

  async setIndex(index: number): Promise<void> {
    const { stack, targetIndex, status } = this.#store.get();
    if (!stack) return;
    const target = clampIndex(index, stack);
    if (target === targetIndex && status !== 'failed') return;
    await this.#load(loadable(stack), target);
  }

  scrollBy(delta: number, isLoop = false): Promise<void> {
    const { stack, targetIndex } = this.#store.get();
    const count = stack?.images.length ?? 0;
    if (count === 0) return Promise.resolve();
    const target = targetIndex + delta;
    return this.setIndex(isLoop ? ((target % count) + count) % count : target);
  }

  setVoi(choice: VoiChoice): void {
    this.#greyScale.choose(choice);
    this.#refreshLook();
  }

  setInverted(isInverted: boolean): void {
    this.#update({ isInverted });
    this.#refreshLook();
  }

  setCamera(camera: Partial<Camera>): void {
    this.#apply({ ...this.#store.get().camera, ...camera });
  }

  flip(axis: 'horizontal' | 'vertical'): void {
    // The image is flipped before it is rotated: seen from the screen, the rotation turns the other way.
    const { rotationDeg, flipHorizontal, flipVertical, pan } = this.#store.get().camera;
    const turned = (360 - rotationDeg) % 360;
    this.setCamera(
      axis === 'horizontal'
        ? { rotationDeg: turned, flipHorizontal: !flipHorizontal, pan: [-pan[0], pan[1]] }
        : { rotationDeg: turned, flipVertical: !flipVertical, pan: [pan[0], -pan[1]] },
    );
  }

  rotateBy(degrees: number): void {
    const { rotationDeg } = this.#store.get().camera;
    this.setCamera({ rotationDeg: (((rotationDeg + degrees) % 360) + 360) % 360 });
  }

  zoomBy(factor: number, point?: readonly [number, number]): void {
    const { camera, image } = this.#store.get();
    const height = image && fittedHeight(image, this.#screen());
    if (!height) return;
    const zoom = Math.min(50, Math.max(0.05, camera.zoom * factor));
    const [x, y] = point ?? [this.element.clientWidth / 2, this.element.clientHeight / 2];
    const held = [
      (x - this.element.clientWidth / 2) / height,
      (y - this.element.clientHeight / 2) / height,
    ] as const;
    const change = zoom / camera.zoom;
    const pan = [
      held[0] + (camera.pan[0] - held[0]) * change,
      held[1] + (camera.pan[1] - held[1]) * change,
    ] as const;
    this.setCamera({ zoom, pan });
  }

  panBy(right: number, down: number): void {
    const { camera, image } = this.#store.get();
    const height = image && fittedHeight(image, this.#screen());
    if (height) this.setCamera({ pan: [camera.pan[0] + right / height, camera.pan[1] + down / height] });
  }

  fit(): void {
    this.setCamera({ zoom: 1, pan: [0, 0] });
  }

  showOneToOne(): void {
    const { image, camera } = this.#store.get();
    if (!image) return;
    const grid = gridOf(image.description);
    const scale = fitScale(grid, this.#screen(), camera.rotationDeg);
    this.setCamera({ zoom: 1 / (scale * grid.columnSpacingMm * devicePixelRatio), pan: [0, 0] });
  }

  reset(): void {
    this.#greyScale.reset();
    this.#update({ isInverted: false });
    this.#apply(fittingCamera);
    this.#refreshLook();
  }

  retry(): void {
    const { stack, targetIndex, status } = this.#store.get();
    if (!stack) return;
    frameLoader().retry(loadable(stack));
    if (status === 'failed') void this.#load(loadable(stack), targetIndex);
  }

  imageToScreen(): Affine | undefined {
    const { image, status } = this.#store.get();
    if (!image || status === 'failed') return undefined;
    return this.#pixelToScreen(image.description.columns, image.description.rows);
  }

  onRendered(listener: () => void): () => void {
    this.#renderedListeners.add(listener);
    return () => this.#renderedListeners.delete(listener);
  }

  dispose(): void {
    this.#wanted?.abort();
    frameLoader().focus(this, undefined);
    this.#resizeObserver.disconnect();
    this.element.removeEventListener(Enums.Events.STACK_NEW_IMAGE, this.#onNewImage);
    this.element.removeEventListener(Enums.Events.CAMERA_MODIFIED, this.#onCamera);
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.#onRendered);
    this.#engine.disableElement(this.viewportId);
  }

  /** Waits for the pixels first, so that the library is only ever given images that are there. */
  async #load(stack: LoadableStack, index: number): Promise<void> {
    this.#wanted?.abort();
    const wanted = new AbortController();
    this.#wanted = wanted;
    this.#update({ targetIndex: index });
    frameLoader().focus(this, { stack, index });
    const imageId = stack.images[index]?.imageId;
    if (imageId === undefined) return;
    try {
      if (!frameLoader().peek(imageId)) {
        this.#update({ status: 'loading', failure: undefined });
        await frameLoader().load(imageId, wanted.signal);
      }
      if (wanted.signal.aborted) return;
      const drawn = this.#nextDrawing();
      await this.#put(stack, index);
      await drawn;
    } catch (failure) {
      if (wanted.signal.aborted) return;
      this.#update({ status: 'failed', failure, image: undefined, index });
      this.#viewport.render();
    }
  }

  async #put(stack: LoadableStack, index: number): Promise<void> {
    const imageIds = stack.images.map((image) => image.imageId);
    const known = this.#viewport.getImageIds();
    const isSameStack = known[0] === imageIds[0] && known.length === imageIds.length;
    const isSameIndex = this.#viewport.getCurrentImageIdIndex() === index;
    const isShown = this.#store.get().image !== undefined;
    // The library does nothing when asked for the index it has, although the screen was cleared since.
    if (!isSameStack || (isSameIndex && !isShown)) {
      await this.#setStack(imageIds, index);
      this.#apply(this.#store.get().camera);
    } else if (isSameIndex) {
      this.#update({ status: 'shown' });
      this.#viewport.render();
    } else {
      await this.#viewport.setImageIdIndex(index);
      if (!isShown) this.#apply(this.#store.get().camera);
    }
    if (this.#isCameraDue) this.#apply(this.#store.get().camera);
  }

  /** The library fits a new stack into the screen; that is not to be taken for a wish of the doctor. */
  async #setStack(imageIds: string[], index: number): Promise<void> {
    this.#isApplyingCamera = true;
    try {
      await this.#viewport.setStack(imageIds, index);
    } finally {
      this.#isApplyingCamera = false;
    }
  }

  /** A window that is hidden draws nothing: then nobody is kept waiting. */
  #nextDrawing(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const stop = this.onRendered(end);
      const timer = setTimeout(end, LONGEST_DRAWING_MS);
    });
  }

  readonly #onNewImage = (event: Event): void => {
    const { imageId, imageIdIndex } = (event as CustomEvent<{ imageId: string; imageIdIndex: number }>)
      .detail;
    const { stack, targetIndex } = this.#store.get();
    const image = stack?.images[imageIdIndex];
    if (image?.imageId !== imageId) return;
    const status = imageIdIndex === targetIndex ? 'shown' : 'loading';
    this.#update({ image, index: imageIdIndex, status, failure: undefined });
    this.#refreshLook();
  };

  readonly #onCamera = (): void => {
    const { image } = this.#store.get();
    if (this.#isApplyingCamera || !image) return;
    // While the screen changes its size the library's camera means nothing; ours is applied to the new one.
    if (this.#fitCanvas()) {
      this.#apply(this.#store.get().camera);
      return;
    }
    const camera = readCamera(this.#viewport, gridOf(image.description), this.#screen());
    this.#update({ camera, ...this.#scaleOf(image, camera) });
  };

  readonly #onRendered = (): void => {
    const { image, status } = this.#store.get();
    if (image && status !== 'failed') {
      for (const { stack, index } of placesOf(image.imageId)) stack.keeper.setSeen(index);
    }
    for (const listener of this.#renderedListeners) listener();
  };

  #refreshLook(): void {
    const { image } = this.#store.get();
    const frame = image && frameLoader().peek(image.imageId);
    if (!image || !frame) return;
    this.#update({
      ...this.#greyScale.describe(image.description, frame),
      voiChoice: this.#greyScale.choice,
    });
    this.#refreshScale();
    this.#viewport.render();
  }

  #refreshScale(): void {
    const { image, camera } = this.#store.get();
    if (image) this.#update(this.#scaleOf(image, camera));
  }

  #scaleOf({ description }: StackImage, camera: Camera): Pick<ViewState, 'cssPixelsPerMm' | 'letters'> {
    const perMm = fitScale(gridOf(description), this.#screen(), camera.rotationDeg) * camera.zoom;
    return {
      cssPixelsPerMm: description.spacing.kind === 'mm' ? perMm : undefined,
      letters: edgeLettersOf(description, camera),
    };
  }

  /** Camera and scale change at once: whoever follows one of them relies on the other. */
  #apply(camera: Camera): void {
    // The library reckons with both sizes: were they different, the image would be left beside its place.
    this.#fitCanvas();
    const { image } = this.#store.get();
    this.#isCameraDue = !image;
    this.#update({ camera, ...(image && this.#scaleOf(image, camera)) });
    if (!image) return;
    this.#isApplyingCamera = true;
    applyCamera(this.#viewport, gridOf(image.description), this.#screen(), camera);
    this.#isApplyingCamera = false;
    this.#viewport.render();
  }

  /** The library gives a CPU canvas as many pixels as CSS has; sharp text and true positions need the screen's own. */
  #resize(): void {
    if (this.#fitCanvas()) this.#apply(this.#store.get().camera);
  }

  /** False if the canvas has the size of its element already. */
  #fitCanvas(): boolean {
    const { canvas } = this.#viewport;
    const width = Math.max(1, Math.round(this.element.clientWidth * devicePixelRatio));
    const height = Math.max(1, Math.round(this.element.clientHeight * devicePixelRatio));
    if (canvas.width === width && canvas.height === height) return false;
    canvas.width = width;
    canvas.height = height;
    return true;
  }

  /**
   * The size the canvas was last given, which is what the library reckons with. The element may have another
   * one already: mixing the two would leave the image beside its place.
   */
  #screen(): ScreenSize {
    const { width, height } = this.#viewport.canvas;
    return { width: width / devicePixelRatio, height: height / devicePixelRatio };
  }

  #paint(): void {
    const { canvas } = this.#viewport;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, canvas.width, canvas.height);
    const { image, isInverted, status } = this.#store.get();
    const frame = image && frameLoader().peek(image.imageId);
    if (!image || !frame || status === 'failed') return;
    const { rows, columns } = image.description;
    this.#surface.update(frame, columns, rows, this.#greyScale.look(image.description, frame, isInverted));
    const { a, b, c, d, e, f } = this.#pixelToScreen(columns, rows);
    const ratio = devicePixelRatio;
    context.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = Math.hypot(a, b) * ratio < 1 ? 'medium' : 'low';
    // Pixel coordinates mean centres, as positions in the patient do.
    context.drawImage(this.#surface.canvas, -0.5, -0.5);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** Asked of the viewport itself, so that pixels lie exactly where its tools measure. */
  #pixelToScreen(columns: number, rows: number): Affine {
    const { origin, spacing, direction } = this.#viewport.getImageData();
    const at = (column: number, row: number) =>
      this.#viewport.worldToCanvas([
        origin[0] + (direction[0] ?? 0) * spacing[0] * column + (direction[3] ?? 0) * spacing[1] * row,
        origin[1] + (direction[1] ?? 0) * spacing[0] * column + (direction[4] ?? 0) * spacing[1] * row,
        origin[2] + (direction[2] ?? 0) * spacing[0] * column + (direction[5] ?? 0) * spacing[1] * row,
      ]);
    const start = at(0, 0);
    const right = at(columns, 0);
    const down = at(0, rows);
    return {
      a: (right[0] - start[0]) / columns,
      b: (right[1] - start[1]) / columns,
      c: (down[0] - start[0]) / rows,
      d: (down[1] - start[1]) / rows,
      e: start[0],
      f: start[1],
    };
  }

  #update(change: Partial<ViewState>): void {
    this.#store.set({ ...this.#store.get(), ...change });
  }
}

/** Slices from the middle, where most is to be seen; films from their beginning. */
function startOf({ geometry, images }: ImageStack): number {
  return geometry.kind === 'spatial' ? Math.floor((images.length - 1) / 2) : 0;
}

function clampIndex(index: number, stack: ImageStack): number {
  return Math.max(0, Math.min(stack.images.length - 1, Math.round(index)));
}

function fittedHeight({ description }: StackImage, screen: ScreenSize): number {
  const grid = gridOf(description);
  return grid.rows * grid.rowSpacingMm * fitScale(grid, screen, 0);
}
