import { linkOffsetMm, linkedIndex } from '#shared/dicom/geometry/linking.ts';
import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import type { StackImage, ViewState } from '#renderer/imaging/index.ts';
import { Store } from '#renderer/imaging/observable.ts';
import { gridOf } from '#renderer/imaging/view/image-grid.ts';
import type { PaneController } from './pane-controller.ts';
import type { ViewerModel } from './viewer-model.ts';
import type { ViewerSession } from './viewer-session.ts';

/** How a pane follows the active one. */
export type LinkMode =
  /** By position in the patient: both have the same frame of reference. */
  | { readonly kind: 'position' }
  /** By a distance that was fixed when the link was made: the frames of reference differ. */
  | { readonly kind: 'offset'; readonly offsetMm: number };

interface Last {
  readonly index: number;
  readonly stackId: string | undefined;
  readonly window: ViewState['window'];
  readonly camera: ViewState['camera'];
}

/** Lets the other panes follow the active one: images, window, zoom and pan, each if it is switched on. */
export class Linking {
  /** By pane; panes that do not follow are not in it. */
  readonly modes = new Store<ReadonlyMap<number, LinkMode>>(new Map());
  readonly #session: ViewerSession;
  readonly #last = new WeakMap<PaneController, Last>();
  /** By the names of two stacks: how far the one lies from the other. */
  readonly #offsetsMm = new Map<string, number>();

  constructor(session: ViewerSession) {
    this.#session = session;
  }

  /** Something on a pane changed. */
  follow(controller: PaneController): void {
    const state = controller.view.state.get();
    const before = this.#last.get(controller);
    this.#last.set(controller, {
      index: state.index,
      stackId: state.stack?.id,
      window: state.window,
      camera: state.camera,
    });
    const isOtherStack = before?.stackId !== state.stack?.id;
    if (isOtherStack) this.#updateModes();
    if (controller !== this.#session.active || !state.image) return;
    const { preferences } = this.#session.model.getState();
    if (before?.index !== state.index || isOtherStack) {
      if (preferences.isScrollLinked && !isOtherStack) this.#scrollOthers(controller, state.image);
      // Reference lines show where the active image cuts the others.
      for (const other of this.#others(controller)) other.surface.refresh();
    }
    if (isOtherStack || !before) return;
    if (preferences.isWindowLinked && before.window !== state.window) this.#windowOthers(controller, state);
    if (preferences.isZoomLinked && before.camera !== state.camera) this.#zoomOthers(controller, state);
  }

  forget(controller: PaneController): void {
    this.#last.delete(controller);
    this.#updateModes();
  }

  modelChanged(now: ViewerModel, before: ViewerModel): void {
    const wasLinked = before.preferences.isScrollLinked;
    // The places that are on the screen when the link is made are taken to be the same.
    if (now.preferences.isScrollLinked && !wasLinked) this.#offsetsMm.clear();
    if (now.layout !== before.layout || now.preferences !== before.preferences) this.#updateModes();
    const isRedrawn =
      now.layout.activePane !== before.layout.activePane ||
      now.preferences !== before.preferences ||
      now.crosshair !== before.crosshair;
    if (isRedrawn) this.#session.refresh();
  }

  #others(controller: PaneController): PaneController[] {
    return this.#session.controllers().filter((each) => each !== controller);
  }

  #scrollOthers(controller: PaneController, image: StackImage): void {
    for (const other of this.#others(controller)) {
      const { stack } = other.view.state.get();
      const mode = this.#modeBetween(controller, other);
      if (!stack || !mode) continue;
      const offsetMm = mode.kind === 'offset' ? mode.offsetMm : 0;
      const planes = stack.images.map(({ description }) =>
        description.plane ? gridOf(description) : undefined,
      );
      const index = linkedIndex(gridOf(image.description), planes, offsetMm);
      if (index !== undefined) void other.view.setIndex(index);
    }
  }

  #windowOthers(controller: PaneController, { window, stack }: ViewState): void {
    if (!window) return;
    for (const { view } of this.#others(controller)) {
      // Values of one modality mean the same everywhere; a window of CT says nothing about MR.
      if (view.state.get().stack?.modality === stack?.modality) view.setVoi({ kind: 'window', window });
    }
  }

  /** The same scale in millimetres and the same place, whatever the images' fields of view are. */
  #zoomOthers(controller: PaneController, { camera, cssPixelsPerMm, image }: ViewState): void {
    for (const { view } of this.#others(controller)) {
      const other = view.state.get();
      if (!other.image || !image) continue;
      const areBothScaled = cssPixelsPerMm !== undefined && other.cssPixelsPerMm !== undefined;
      const zoom = areBothScaled ? (other.camera.zoom * cssPixelsPerMm) / other.cssPixelsPerMm : camera.zoom;
      const ratio = areBothScaled ? heightMm(image) / heightMm(other.image) : 1;
      view.setCamera({ zoom, pan: [camera.pan[0] * ratio, camera.pan[1] * ratio] });
    }
  }

  #updateModes(): void {
    const { active, model } = this.#session;
    const modes = new Map<number, LinkMode>();
    if (active && model.getState().preferences.isScrollLinked) {
      for (const other of this.#others(active)) {
        const mode = this.#modeBetween(active, other);
        if (mode) modes.set(other.pane, mode);
      }
    }
    this.modes.set(modes);
  }

  #modeBetween(from: PaneController, to: PaneController): LinkMode | undefined {
    const [here, there] = [from.view.state.get(), to.view.state.get()];
    const [fromGrid, toGrid] = [placedGrid(here), placedGrid(there)];
    if (!fromGrid || !toGrid || !here.stack || !there.stack) return undefined;
    if (linkedIndex(fromGrid, [toGrid], linkOffsetMm(fromGrid, toGrid)) === undefined) return undefined;
    const reference = here.image?.description.frameOfReferenceUid;
    if (reference && reference === there.image?.description.frameOfReferenceUid) return { kind: 'position' };
    const key = `${here.stack.id} ${there.stack.id}`;
    const offsetMm = this.#offsetsMm.get(key) ?? linkOffsetMm(fromGrid, toGrid);
    this.#offsetsMm.set(key, offsetMm);
    this.#offsetsMm.set(`${there.stack.id} ${here.stack.id}`, -offsetMm);
    return { kind: 'offset', offsetMm };
  }
}

function placedGrid({ image }: ViewState): ImageGrid | undefined {
  return image?.description.plane ? gridOf(image.description) : undefined;
}

function heightMm({ description }: StackImage): number {
  const { rows, rowSpacingMm } = gridOf(description);
  return rows * rowSpacingMm;
}
