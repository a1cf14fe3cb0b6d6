import type { GreyWindow } from '#shared/dicom/image/windows.ts';
import type { StackView } from '../view/stack-view.ts';
import type { Point } from './plane.ts';

/** What dragging does to a view. */
export type DragMode = 'scroll' | 'window' | 'zoom' | 'pan';

export interface DragSettings {
  readonly isWindowWidthDragInverted: boolean;
  readonly isWindowLevelDragInverted: boolean;
}

export interface Drag {
  move(to: Point): void;
}

/** A whole stack in one sweep over the pane, but never so fast that single images cannot be reached. */
const PIXELS_PER_IMAGE = { least: 3, most: 24 };
const ZOOM_PIXELS_PER_DOUBLING = 150;
/** Half the window's width is passed in so many pixels, whatever the range of values is. */
const WINDOW_PIXELS = 150;

/** Begins a drag at a point of the view's element (CSS pixels). */
export function beginDrag(mode: DragMode, view: StackView, from: Point, settings: DragSettings): Drag {
  switch (mode) {
    case 'scroll':
      return scrollDrag(view, from);
    case 'window':
      return windowDrag(view, from, settings);
    case 'zoom':
      return zoomDrag(view, from);
    default:
      return panDrag(view, from);
  }
}

function scrollDrag(view: StackView, from: Point): Drag {
  const { stack, targetIndex } = view.state.get();
  const count = stack?.images.length ?? 0;
  const perImage = Math.min(
    PIXELS_PER_IMAGE.most,
    Math.max(PIXELS_PER_IMAGE.least, view.element.clientHeight / Math.max(1, count)),
  );
  return {
    move: ([, y]) => void view.setIndex(targetIndex + Math.trunc((y - from[1]) / perImage)),
  };
}

function windowDrag(view: StackView, from: Point, settings: DragSettings): Drag {
  const { window } = view.state.get();
  if (!window) return { move: () => {} };
  const right = settings.isWindowWidthDragInverted ? -1 : 1;
  const down = settings.isWindowLevelDragInverted ? -1 : 1;
  return {
    move: ([x, y]) => {
      const change = { right: (x - from[0]) * right, down: (y - from[1]) * down };
      view.setVoi({ kind: 'window', window: draggedWindow(window, change) });
    },
  };
}

/** The window after dragging by so many pixels; exported for tests. */
export function draggedWindow(start: GreyWindow, change: { right: number; down: number }): GreyWindow {
  const step = start.width / (2 * WINDOW_PIXELS);
  const isWhole = start.width >= 20;
  const rounded = (value: number) => (isWhole ? Math.round(value) : Number(value.toPrecision(4)));
  const smallest = isWhole ? 1 : start.width / 1000;
  return {
    ...start,
    width: Math.max(smallest, rounded(start.width + change.right * step)),
    centre: rounded(start.centre + change.down * step),
  };
}

function zoomDrag(view: StackView, from: Point): Drag {
  let last = from[1];
  return {
    move: ([, y]) => {
      view.zoomBy(2 ** ((last - y) / ZOOM_PIXELS_PER_DOUBLING), from);
      last = y;
    },
  };
}

function panDrag(view: StackView, from: Point): Drag {
  let [lastX, lastY] = from;
  return {
    move: ([x, y]) => {
      view.panBy(x - lastX, y - lastY);
      [lastX, lastY] = [x, y];
    },
  };
}

/** One notch of a mouse wheel; trackpads send many small steps that add up to one. */
const WHEEL_NOTCH = 100;
const TRACKPAD_STEP = 40;
const LINES_PER_NOTCH = 3;

/** Turns wheel events into whole images, forwards when turned towards the hand. */
export class WheelSteps {
  #rest = 0;

  stepsOf(event: Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode'>): number {
    // With Shift held, most systems report a vertical wheel as a horizontal one.
    const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
    if (event.deltaMode !== 0)
      return Math.sign(delta) * Math.max(1, Math.round(Math.abs(delta) / LINES_PER_NOTCH));
    if (Math.abs(delta) >= WHEEL_NOTCH * 0.6) {
      this.#rest = 0;
      return Math.sign(delta) * Math.max(1, Math.round(Math.abs(delta) / (WHEEL_NOTCH * 1.2)));
    }
    if (Math.sign(delta) !== Math.sign(this.#rest)) this.#rest = 0;
    this.#rest += delta;
    const steps = Math.trunc(this.#rest / TRACKPAD_STEP);
    this.#rest -= steps * TRACKPAD_STEP;
    return steps;
  }
}
