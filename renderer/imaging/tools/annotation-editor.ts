import type { AnnotationTool } from './measure.ts';
import { add, apply, distance, distanceToPath, invert, subtract } from './plane.ts';
import type { Affine, Point } from './plane.ts';
import {
  anchorsNeeded,
  handlesOf,
  isTooSmall,
  moveHandle,
  needsText,
  outlineOf,
  pointsFromAnchors,
} from './shapes.ts';
import type { PixelAspect } from './shapes.ts';

/** An annotation as it is drawn on the image of one pane; points are pixels of that image. */
export interface DrawnAnnotation {
  readonly uid: string;
  readonly tool: AnnotationTool;
  readonly points: readonly Point[];
  /** Where its text was moved to; null where it stands beside the drawing. */
  readonly textAt: Point | null;
}

/** What lies under the pointer. */
export interface Hit {
  readonly uid: string;
  readonly part: 'line' | 'text' | number;
}

/** Left, top, right and bottom of a text on the screen. */
export type Box = readonly [number, number, number, number];

export interface EditorOwner {
  /** What can be seen and taken hold of now, uppermost last. */
  drawn(): readonly DrawnAnnotation[];
  selectedUid(): string | undefined;
  /** From image pixels to CSS pixels of the pane; undefined while no image is there. */
  imageToScreen(): Affine | undefined;
  aspectAt(points: readonly Point[]): PixelAspect;
  /** Where the painter put the text of an annotation. */
  textBox(uid: string): Box | undefined;
  /** Something is being drawn or changed; undefined when that is over. */
  previewed(preview: DrawnAnnotation | undefined): void;
  added(tool: AnnotationTool, points: readonly Point[]): void;
  changed(uid: string, points: readonly Point[], textAt: Point | null): void;
  selected(uid: string | undefined): void;
}

export const PREVIEW_UID = 'preview';

const HANDLE_REACH = 8;
const LINE_REACH = 6;
/** A press that moved less than this is a click. */
const CLICK_REACH = 3;
/** Freehand points closer than this on the screen say nothing new. */
const FREEHAND_STEP = 2;

type State =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'placing';
      readonly tool: AnnotationTool;
      anchors: Point[];
      pressedAt: Point | undefined;
    }
  | { readonly kind: 'tracing'; path: Point[] }
  | {
      readonly kind: 'dragging';
      readonly annotation: DrawnAnnotation;
      readonly part: Hit['part'];
      readonly grabbedAt: Point;
      latest: DrawnAnnotation;
      hasMoved: boolean;
    };

/** Turns what the pointer does into new and changed annotations. Knows nothing of the page. */
export class AnnotationEditor {
  readonly #owner: EditorOwner;
  #state: State = { kind: 'idle' };

  constructor(owner: EditorOwner) {
    this.#owner = owner;
  }

  get isBusy(): boolean {
    return this.#state.kind !== 'idle';
  }

  /**
   * What a press here would take hold of. While a tool is out to draw something new, only what is
   * selected can be taken: otherwise nothing could be drawn beside what is there.
   */
  hitAt(screen: Point, tool?: AnnotationTool): Hit | undefined {
    const toScreen = this.#owner.imageToScreen();
    if (!toScreen) return undefined;
    const selectedUid = this.#owner.selectedUid();
    const drawn = this.#owner
      .drawn()
      .filter(({ uid }) => tool === undefined || uid === selectedUid)
      .toReversed();
    for (const { uid, tool, points } of drawn) {
      const handles = handlesOf(tool, points);
      const handle = handles.findIndex((point) => distance(apply(toScreen, point), screen) <= HANDLE_REACH);
      if (handle >= 0) return { uid, part: handle };
    }
    if (tool !== undefined) return undefined;
    for (const { uid, tool, points } of drawn) {
      const isNear = outlineOf(tool, points).some(
        (path) =>
          distanceToPath(
            screen,
            path.map((point) => apply(toScreen, point)),
          ) <= LINE_REACH,
      );
      if (isNear) return { uid, part: 'line' };
    }
    const text = drawn.find(({ uid }) => isInBox(screen, this.#owner.textBox(uid)));
    // A text annotation is its text: there is nothing it could be moved away from.
    return text && { uid: text.uid, part: text.tool === 'text' ? 'line' : 'text' };
  }

  /** Returns whether the press is the editor's; otherwise it is free for scrolling, windowing and so on. */
  press(screen: Point, tool: AnnotationTool | undefined): boolean {
    const image = this.#toImage(screen);
    if (!image) return false;
    if (this.#state.kind === 'placing') {
      this.#state.anchors.push(image);
      this.#state.pressedAt = screen;
      this.#finishIfComplete();
      return true;
    }
    const hit = this.hitAt(screen, tool);
    const annotation = hit && this.#owner.drawn().find(({ uid }) => uid === hit.uid);
    if (hit && annotation) {
      this.#state = {
        kind: 'dragging',
        annotation,
        part: hit.part,
        grabbedAt: image,
        latest: annotation,
        hasMoved: false,
      };
      this.#owner.selected(hit.uid);
      return true;
    }
    this.#owner.selected(undefined);
    if (!tool) return false;
    if (tool === 'freehand') {
      this.#state = { kind: 'tracing', path: [image] };
    } else {
      this.#state = { kind: 'placing', tool, anchors: [image], pressedAt: screen };
      this.#preview(image);
    }
    return true;
  }

  move(screen: Point): void {
    const image = this.#toImage(screen);
    const state = this.#state;
    if (!image || state.kind === 'idle') return;
    if (state.kind === 'placing') {
      // A probe is held under the pointer until it is let go.
      if (anchorsNeeded[state.tool] === 1) state.anchors = [image];
      this.#preview(image);
    } else if (state.kind === 'tracing') {
      this.#trace(state.path, screen, image);
    } else {
      this.#drag(state, image);
    }
  }

  release(screen: Point): void {
    const image = this.#toImage(screen);
    const state = this.#state;
    if (!image || state.kind === 'idle') return;
    if (state.kind === 'placing') {
      const wasDragged = state.pressedAt !== undefined && distance(state.pressedAt, screen) >= CLICK_REACH;
      state.pressedAt = undefined;
      if (anchorsNeeded[state.tool] === 1) state.anchors = [image];
      else if (wasDragged && !this.#isComplete(state)) state.anchors.push(image);
      this.#finishIfComplete();
    } else if (state.kind === 'tracing') {
      this.#finish('freehand', state.path);
    } else {
      this.#state = { kind: 'idle' };
      this.#owner.previewed(undefined);
      const { uid, points, textAt } = state.latest;
      if (state.hasMoved) this.#owner.changed(uid, points, textAt);
    }
  }

  /** Gives up what is being drawn or dragged; returns whether there was anything. */
  cancel(): boolean {
    const wasBusy = this.isBusy;
    this.#state = { kind: 'idle' };
    if (wasBusy) this.#owner.previewed(undefined);
    return wasBusy;
  }

  #toImage(screen: Point): Point | undefined {
    const toScreen = this.#owner.imageToScreen();
    const toImage = toScreen && invert(toScreen);
    return toImage && apply(toImage, screen);
  }

  #preview(cursor: Point): void {
    const state = this.#state;
    if (state.kind !== 'placing') return;
    const needed = anchorsNeeded[state.tool] ?? 0;
    const anchors = state.anchors.length < needed ? [...state.anchors, cursor] : state.anchors;
    const points = this.#build(state.tool, anchors);
    this.#owner.previewed({ uid: PREVIEW_UID, tool: state.tool, points, textAt: null });
  }

  #trace(path: Point[], screen: Point, image: Point): void {
    const toScreen = this.#owner.imageToScreen();
    const last = path.at(-1);
    if (!toScreen || (last && distance(apply(toScreen, last), screen) < FREEHAND_STEP)) return;
    path.push(image);
    this.#owner.previewed({ uid: PREVIEW_UID, tool: 'freehand', points: [...path], textAt: null });
  }

  #drag(state: Extract<State, { kind: 'dragging' }>, image: Point): void {
    const { annotation, part, grabbedAt } = state;
    const shift = subtract(image, grabbedAt);
    if (!state.hasMoved && !this.#isBeyondClick(grabbedAt, image)) return;
    state.hasMoved = true;
    if (part === 'text') {
      const from = annotation.textAt ?? this.#placeOfText(annotation.uid) ?? grabbedAt;
      state.latest = { ...annotation, textAt: add(from, shift) };
    } else if (part === 'line') {
      const points = annotation.points.map((point) => add(point, shift));
      state.latest = { ...annotation, points, textAt: annotation.textAt && add(annotation.textAt, shift) };
    } else {
      const aspect = this.#owner.aspectAt(annotation.points);
      const points = moveHandle(annotation.tool, annotation.points, part, image, aspect);
      state.latest = { ...annotation, points };
    }
    this.#owner.previewed(state.latest);
  }

  #isBeyondClick(from: Point, to: Point): boolean {
    const toScreen = this.#owner.imageToScreen();
    return toScreen !== undefined && distance(apply(toScreen, from), apply(toScreen, to)) >= CLICK_REACH;
  }

  /** The upper left corner of a text that was never moved. */
  #placeOfText(uid: string): Point | undefined {
    const box = this.#owner.textBox(uid);
    return box && this.#toImage([box[0], box[1]]);
  }

  #build(tool: AnnotationTool, anchors: readonly Point[]): readonly Point[] {
    const toScreen = this.#owner.imageToScreen();
    return toScreen ? pointsFromAnchors(tool, anchors, toScreen, this.#owner.aspectAt(anchors)) : anchors;
  }

  #isComplete({ tool, anchors }: Extract<State, { kind: 'placing' }>): boolean {
    return anchors.length >= (anchorsNeeded[tool] ?? 0);
  }

  #finishIfComplete(): void {
    const state = this.#state;
    if (state.kind !== 'placing' || !this.#isComplete(state)) return;
    // The last press of a click-by-click drawing waits for its release where the point can still be dragged, and
    // where words are asked for: what follows a press takes the focus away from the field they are written in.
    if (state.pressedAt !== undefined) {
      if (anchorsNeeded[state.tool] === 1 || needsText(state.tool)) return;
      state.pressedAt = undefined;
    }
    this.#finish(state.tool, this.#build(state.tool, state.anchors));
  }

  #finish(tool: AnnotationTool, points: readonly Point[]): void {
    const toScreen = this.#owner.imageToScreen();
    this.#state = { kind: 'idle' };
    this.#owner.previewed(undefined);
    if (!toScreen) return;
    const onScreen = points.map((point) => apply(toScreen, point));
    if (!isTooSmall(tool, onScreen)) this.#owner.added(tool, points);
  }
}

function isInBox([x, y]: Point, box: Box | undefined): boolean {
  return box !== undefined && x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3];
}
