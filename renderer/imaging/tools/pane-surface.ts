import type { AnnotationContent, ImageTarget } from '#shared/contract/viewing.ts';
import type { AnnotationGeometry } from '#shared/domain/annotation.ts';
import type { Vector3 } from '#shared/dicom/geometry/vector.ts';
import { pixelToWorldMm } from '#shared/dicom/geometry/plane.ts';
import { frameLoader } from '../loading/shared-loader.ts';
import type { ImageStack, StackImage } from '../image-stack.ts';
import { gridOf } from '../view/image-grid.ts';
import type { StackView } from '../view/stack-view.ts';
import { GuidesPainter } from '../overlays/guides-painter.ts';
import type { Guides } from '../overlays/guides-painter.ts';
import { AnnotationEditor, PREVIEW_UID } from './annotation-editor.ts';
import type { DrawnAnnotation } from './annotation-editor.ts';
import { AnnotationPainter } from './annotation-painter.ts';
import type { PaintedAnnotation } from './annotation-painter.ts';
import { geometryOf, pointsOnImage } from './annotation-target.ts';
import { WheelSteps, beginDrag } from './gestures.ts';
import type { Drag, DragMode, DragSettings } from './gestures.ts';
import { measure } from './measure.ts';
import type { AnnotationTool, Measurement } from './measure.ts';
import { measuredImage, pixelScale } from './measured-image.ts';
import { apply, invert } from './plane.ts';
import type { Point } from './plane.ts';

export type PrimaryTool = DragMode | 'crosshair' | AnnotationTool;

export type KeptAnnotation = Pick<
  AnnotationContent,
  'annotationUid' | 'tool' | 'target' | 'geometry' | 'label'
>;

/** What is written beside an annotation. */
export interface AnnotationText {
  readonly tool: AnnotationTool;
  readonly label: string;
  readonly measurement: Measurement;
  readonly image: StackImage;
}

export interface SurfaceOwner {
  tool(): PrimaryTool;
  /** Lines about the images of other panes. */
  guides(): Guides;
  dragSettings(): DragSettings;
  /** Of the study on this view; none while they are hidden. */
  annotations(): readonly KeptAnnotation[];
  selectedUid(): string | undefined;
  linesOf(text: AnnotationText): readonly string[];
  added(tool: AnnotationTool, geometry: AnnotationGeometry, measurement: Measurement): void;
  changed(annotationUid: string, geometry: AnnotationGeometry, measurement: Measurement): void;
  selected(annotationUid: string | undefined): void;
  /** Double click on an annotation or its text. */
  editRequested(annotationUid: string): void;
  /** Double click beside all annotations. */
  maximiseRequested(): void;
  crosshairMoved(pointMm: Vector3): void;
  scrolled(steps: number): void;
  /** A press anywhere on the pane. */
  activated(): void;
}

const PRIMARY = 0;
const MIDDLE = 1;
const SECONDARY = 2;
const WHEEL_JUMP = 5;
const WHEEL_ZOOM = 1.1;

/**
 * Everything the pointer does on one view, and what is drawn over its image. Presses act at once:
 * nothing waits to see whether a second click will follow.
 */
export class PaneSurface {
  readonly #view: StackView;
  readonly #owner: SurfaceOwner;
  readonly #painter: AnnotationPainter;
  readonly #guides: GuidesPainter;
  readonly #editor: AnnotationEditor;
  readonly #wheel = new WheelSteps();
  readonly #listening = new AbortController();
  readonly #stopRendered: () => void;
  readonly #measured = new Map<string, { key: string; measurement: Measurement }>();
  #preview: DrawnAnnotation | undefined;
  #drag: Drag | undefined;

  constructor(view: StackView, svg: SVGSVGElement, owner: SurfaceOwner) {
    this.#view = view;
    this.#owner = owner;
    this.#painter = new AnnotationPainter(svg);
    this.#guides = new GuidesPainter(svg);
    this.#editor = new AnnotationEditor({
      drawn: () => this.#drawn(),
      selectedUid: () => owner.selectedUid(),
      imageToScreen: () => view.imageToScreen(),
      aspectAt: (points) => this.#aspectAt(points),
      textBox: (uid) => this.#painter.textBox(uid),
      previewed: (preview) => {
        this.#preview = preview;
        this.refresh();
      },
      added: (tool, points) => this.#report(points, null, (...made) => owner.added(tool, ...made), tool),
      changed: (uid, points, textAt) =>
        this.#report(points, textAt, (...made) => owner.changed(uid, ...made), this.#toolOf(uid)),
      selected: (uid) => owner.selected(uid),
    });
    this.#listen(view.element);
    this.#stopRendered = view.onRendered(() => this.refresh());
  }

  /** Draws again; for everything that changes without the image being drawn. */
  refresh(): void {
    const { image, stack, status } = this.#view.state.get();
    const toScreen = image && status !== 'failed' ? this.#view.imageToScreen() : undefined;
    if (!image || !stack || !toScreen) {
      this.#painter.clear();
      this.#guides.clear();
      return;
    }
    const { clientWidth: width, clientHeight: height } = this.#view.element;
    this.#guides.paint(this.#owner.guides(), toScreen);
    this.#painter.paint(this.#painted(image), toScreen, { width, height });
  }

  /** Gives up what is being drawn; returns whether there was anything. */
  cancel(): boolean {
    return this.#editor.cancel();
  }

  dispose(): void {
    this.#listening.abort();
    this.#stopRendered();
    this.#painter.clear();
  }

  #drawn(): DrawnAnnotation[] {
    const { image, stack } = this.#view.state.get();
    if (!image || !stack) return [];
    return this.#owner.annotations().flatMap((annotation) => drawnOn(annotation, stack, image) ?? []);
  }

  #painted(image: StackImage): PaintedAnnotation[] {
    const selectedUid = this.#owner.selectedUid();
    const labels = new Map(
      this.#owner.annotations().map(({ annotationUid, label }) => [annotationUid, label]),
    );
    const drawn = this.#drawn().map((each) => (each.uid === this.#preview?.uid ? this.#preview : each));
    if (this.#preview?.uid === PREVIEW_UID) drawn.push(this.#preview);
    return drawn.map((each) => ({
      ...each,
      isSelected: each.uid === selectedUid || each.uid === this.#preview?.uid,
      lines: this.#owner.linesOf({
        tool: each.tool,
        label: labels.get(each.uid) ?? '',
        measurement: this.#measurementOf(each, image),
        image,
      }),
    }));
  }

  /** Kept until shape or image change: scrolling past a region must not sum up its pixels again. */
  #measurementOf({ uid, tool, points }: DrawnAnnotation, image: StackImage): Measurement {
    const frame = frameLoader().peek(image.imageId);
    const key = `${image.imageId} ${frame ? 1 : 0} ${points.join(' ')}`;
    const known = this.#measured.get(uid);
    if (known?.key === key) return known.measurement;
    const measurement = measure(tool, points, measuredImage(image.description, frame));
    this.#measured.set(uid, { key, measurement });
    return measurement;
  }

  #report(
    points: readonly Point[],
    textAt: Point | null,
    tell: (geometry: AnnotationGeometry, measurement: Measurement) => void,
    tool: AnnotationTool | undefined,
  ): void {
    const { image } = this.#view.state.get();
    if (!image || !tool) return;
    const frame = frameLoader().peek(image.imageId);
    tell(geometryOf(image, points, textAt), measure(tool, points, measuredImage(image.description, frame)));
  }

  #toolOf(uid: string): AnnotationTool | undefined {
    return this.#owner.annotations().find(({ annotationUid }) => annotationUid === uid)?.tool;
  }

  #aspectAt(points: readonly Point[]) {
    const { image } = this.#view.state.get();
    return image ? pixelScale(image.description, points) : { columnSpacing: 1, rowSpacing: 1 };
  }

  #listen(element: HTMLElement): void {
    const { signal } = this.#listening;
    element.addEventListener('pointerdown', (event) => this.#onDown(event), { signal });
    element.addEventListener('pointermove', (event) => this.#onMove(event), { signal });
    element.addEventListener('pointerup', (event) => this.#onUp(event), { signal });
    element.addEventListener('pointercancel', () => this.#onLost(), { signal });
    element.addEventListener('dblclick', (event) => this.#onDoubleClick(event), { signal });
    element.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
    element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  }

  #onDown(event: PointerEvent): void {
    this.#owner.activated();
    if (this.#drag || (this.#editor.isBusy && event.button !== PRIMARY)) return;
    this.#view.element.setPointerCapture(event.pointerId);
    const point = this.#pointOf(event);
    const tool = this.#owner.tool();
    if (event.button === PRIMARY && this.#editor.press(point, asAnnotationTool(tool))) return;
    const mode = dragModeOf(event.button, tool);
    if (mode) this.#drag = beginDrag(mode, this.#view, point, this.#owner.dragSettings());
    else if (event.button === PRIMARY && tool === 'crosshair') this.#beginCrosshair(point);
    // Keeps the middle button from starting the browser's own scrolling.
    if (event.button === MIDDLE) event.preventDefault();
  }

  #beginCrosshair(point: Point): void {
    const move = (to: Point) => {
      const pointMm = this.#pointMmAt(to);
      if (pointMm) this.#owner.crosshairMoved(pointMm);
    };
    this.#drag = { move };
    move(point);
  }

  #onMove(event: PointerEvent): void {
    const point = this.#pointOf(event);
    if (this.#drag) this.#drag.move(point);
    else if (this.#editor.isBusy) this.#editor.move(point);
    else this.#view.element.dataset['hover'] = this.#hoverOf(point);
  }

  #onUp(event: PointerEvent): void {
    if (this.#drag) this.#drag = undefined;
    else this.#editor.release(this.#pointOf(event));
  }

  #onLost(): void {
    this.#drag = undefined;
    this.#editor.cancel();
  }

  #onDoubleClick(event: MouseEvent): void {
    if (asAnnotationTool(this.#owner.tool())) return;
    const hit = this.#editor.hitAt(this.#pointOf(event));
    if (hit) this.#owner.editRequested(hit.uid);
    else this.#owner.maximiseRequested();
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const steps = this.#wheel.stepsOf(event);
    if (steps === 0) return;
    if (event.ctrlKey) this.#view.zoomBy(WHEEL_ZOOM ** -steps, this.#pointOf(event));
    else this.#owner.scrolled(event.shiftKey ? steps * WHEEL_JUMP : steps);
  }

  #hoverOf(point: Point): string {
    const hit = this.#editor.hitAt(point, asAnnotationTool(this.#owner.tool()));
    if (!hit) return '';
    return typeof hit.part === 'number' ? 'handle' : hit.part;
  }

  #pointOf(event: MouseEvent): Point {
    const { left, top } = this.#view.element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #pointMmAt(screen: Point): Vector3 | undefined {
    const { image } = this.#view.state.get();
    const toScreen = this.#view.imageToScreen();
    const toImage = toScreen && invert(toScreen);
    if (!image?.description.plane || !toImage) return undefined;
    const [column, row] = apply(toImage, screen);
    return pixelToWorldMm(gridOf(image.description), column, row);
  }
}

const dragModes: readonly string[] = ['scroll', 'window', 'zoom', 'pan'] satisfies readonly DragMode[];

function asAnnotationTool(tool: PrimaryTool): AnnotationTool | undefined {
  return tool === 'crosshair' || dragModes.includes(tool) ? undefined : (tool as AnnotationTool);
}

function dragModeOf(button: number, tool: PrimaryTool): DragMode | undefined {
  if (button === SECONDARY) return 'window';
  if (button === MIDDLE) return 'pan';
  return button === PRIMARY && dragModes.includes(tool) ? (tool as DragMode) : undefined;
}

function drawnOn(
  { annotationUid, tool, target, geometry }: KeptAnnotation & { readonly target: ImageTarget },
  stack: ImageStack,
  image: StackImage,
): DrawnAnnotation | undefined {
  const here = pointsOnImage(target, geometry, stack, image);
  return here && { uid: annotationUid, tool, ...here };
}
