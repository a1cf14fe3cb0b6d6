import type { AnnotationContent, PaneState } from '#shared/contract/viewing.ts';
import type { Finding } from '#shared/dicom/series/finding.ts';
import { createStackView } from '#renderer/imaging/index.ts';
import type { ImageStack, ShowOptions, StackView, VoiChoice } from '#renderer/imaging/index.ts';
import { OverlayPainter } from '#renderer/imaging/overlays/overlay-painter.ts';
import { PaneSurface } from '#renderer/imaging/tools/pane-surface.ts';
import type { SurfaceOwner } from '#renderer/imaging/tools/pane-surface.ts';
import { Store } from '#renderer/imaging/observable.ts';
import type { PaneContent } from './layout.ts';

export interface PaneElements {
  readonly viewport: HTMLDivElement;
  readonly overlays: HTMLDivElement;
  readonly drawings: SVGSVGElement;
}

/** Why a pane shows no image although something was put into it. */
export type PaneNotice =
  | { readonly kind: 'reading' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'no-images' }
  /** The reformat or slab asked for cannot be made. */
  | { readonly kind: 'refused'; readonly finding: Finding };

export interface StackResolver {
  /** The stack a pane is to show, if its header has been read. */
  peek(content: PaneContent): ImageStack | undefined;
  /** The stack a pane is to show, or why there is none. */
  resolve(content: PaneContent): Promise<ImageStack | PaneNotice>;
  /** The grey scale to start with. */
  initialVoi(content: PaneContent, stack: ImageStack): VoiChoice | undefined;
  annotationsOf(content: PaneContent): readonly AnnotationContent[];
}

/** One pane while it is on the screen: its view, its drawings, and what was put into it. */
export class PaneController {
  readonly pane: number;
  readonly view: StackView;
  readonly surface: PaneSurface;
  readonly overlays: OverlayPainter;
  /** Undefined while an image is shown or on its way. */
  readonly notice = new Store<PaneNotice | undefined>(undefined);
  readonly #resolver: StackResolver;
  #content: PaneContent | null = null;

  constructor(pane: number, elements: PaneElements, resolver: StackResolver, owner: SurfaceOwner) {
    this.pane = pane;
    this.#resolver = resolver;
    this.view = createStackView(elements.viewport, `pane-${pane}`);
    this.surface = new PaneSurface(this.view, elements.drawings, owner);
    this.overlays = new OverlayPainter(elements.overlays);
    this.view.onRendered(() => {
      const { stack, image, status } = this.view.state.get();
      this.overlays.show(stack, status === 'failed' ? undefined : image, this.view.imageToScreen());
    });
  }

  get content(): PaneContent | null {
    return this.#content;
  }

  async show(content: PaneContent | null): Promise<void> {
    if (content === this.#content) return;
    const before = this.#content;
    this.#content = content;
    if (!content) {
      this.notice.set(undefined);
      this.view.clear();
      return;
    }
    const shown = this.view.state.get().stack;
    const known = this.#resolver.peek(content);
    const isSame = shown !== undefined && known !== undefined && isSameImages(shown, known);
    // Another image must not stand a moment longer under the name of the new one.
    if (!isSame) {
      this.view.clear();
      this.notice.set({ kind: 'reading' });
    }
    const found = known ?? (await this.#resolver.resolve(content));
    if (this.#content !== content) return;
    if (!('images' in found)) {
      this.view.clear();
      this.notice.set(found);
      return;
    }
    this.notice.set(undefined);
    const isKept = isSame && (content.initial === undefined || content.initial === before?.initial);
    const options = isKept ? this.#optionsToKeep() : this.#initialOptions(content, found);
    if (shown === found) this.#adjust(options);
    else await this.view.show(found, options);
  }

  /** The stack is there already: only how it is seen changes, and the screen never goes blank. */
  #adjust({ index, camera, voiChoice, isInverted }: ShowOptions): void {
    if (camera) this.view.setCamera(camera);
    if (voiChoice) this.view.setVoi(voiChoice);
    if (isInverted !== undefined) this.view.setInverted(isInverted);
    if (index !== undefined) void this.view.setIndex(index);
  }

  /** Index, window and camera as they are, so that the same can be shown elsewhere. */
  state(): PaneState | null {
    const { stack, targetIndex, window, voiChoice, camera, isInverted } = this.view.state.get();
    const content = this.#content;
    if (!content || !stack) return null;
    return {
      studyKey: content.studyKey,
      seriesUid: content.seriesUid,
      stackId: content.stackId ?? stack.id,
      plane: content.plane,
      index: targetIndex,
      slab: content.slab,
      window: voiChoice.kind === 'window' && window ? { width: window.width, centre: window.centre } : null,
      camera: { ...camera, pan: [camera.pan[0], camera.pan[1]], isInverted },
    };
  }

  dispose(): void {
    this.surface.dispose();
    this.overlays.dispose();
    this.view.dispose();
  }

  /** A slab of the same images: same place, same look. */
  #optionsToKeep(): ShowOptions {
    const { targetIndex, camera, voiChoice, isInverted } = this.view.state.get();
    return { index: targetIndex, camera, voiChoice, isInverted };
  }

  #initialOptions(content: PaneContent, stack: ImageStack): ShowOptions {
    const { index, camera, window } = content.initial ?? {};
    const voiChoice: VoiChoice | undefined = window
      ? { kind: 'window', window: { ...window } }
      : this.#resolver.initialVoi(content, stack);
    return {
      ...(index !== undefined && { index }),
      ...(voiChoice && { voiChoice }),
      ...(camera && { camera: cameraOf(camera), isInverted: camera.isInverted }),
    };
  }
}

function cameraOf({ zoom, pan, rotationDeg, flipHorizontal, flipVertical }: PaneState['camera']) {
  return { zoom, pan, rotationDeg, flipHorizontal, flipVertical };
}

/** The same images in the same order, whether or not several are seen as one. */
function isSameImages(a: ImageStack, b: ImageStack): boolean {
  return a.source === b.source && a.plane === b.plane;
}
