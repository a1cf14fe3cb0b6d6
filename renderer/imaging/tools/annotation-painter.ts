import type { Box, DrawnAnnotation } from './annotation-editor.ts';
import { add, apply, distance, subtract, times } from './plane.ts';
import type { Affine, Point } from './plane.ts';
import { handlesOf, outlineOf } from './shapes.ts';

export interface PaintedAnnotation extends DrawnAnnotation {
  /** What is written beside it, line by line. */
  readonly lines: readonly string[];
  readonly isSelected: boolean;
}

export interface PaneSize {
  readonly width: number;
  readonly height: number;
}

const SVG = 'http://www.w3.org/2000/svg';
const LINE_HEIGHT = 16;
const TEXT_GAP = 10;
const PANE_MARGIN = 4;
const CROSS_REACH = 7;
const ARROW_LENGTH = 12;
const ARROW_HALF_WIDTH = 4.5;

/**
 * Draws the annotations of one pane as SVG. Called within the same animation frame as the image, so
 * that a drawing never lags behind the picture it belongs to. Looks come from the style sheet:
 * classes `annotation`, `selected`, `halo`, `line`, `handle`, `link`, `text`.
 */
export class AnnotationPainter {
  readonly #svg: SVGSVGElement;
  readonly #nodes = new Map<string, AnnotationNodes>();
  readonly #boxes = new Map<string, Box>();

  constructor(svg: SVGSVGElement) {
    this.#svg = svg;
  }

  paint(annotations: readonly PaintedAnnotation[], imageToScreen: Affine, pane: PaneSize): void {
    const present = new Set(annotations.map(({ uid }) => uid));
    for (const [uid, nodes] of this.#nodes) {
      if (present.has(uid)) continue;
      nodes.group.remove();
      this.#nodes.delete(uid);
      this.#boxes.delete(uid);
    }
    for (const annotation of annotations) this.#paintOne(annotation, imageToScreen, pane);
  }

  clear(): void {
    for (const { group } of this.#nodes.values()) group.remove();
    this.#nodes.clear();
    this.#boxes.clear();
  }

  textBox(uid: string): Box | undefined {
    return this.#boxes.get(uid);
  }

  #paintOne(annotation: PaintedAnnotation, imageToScreen: Affine, pane: PaneSize): void {
    const { uid, tool, points, lines, isSelected } = annotation;
    const nodes = this.#nodes.get(uid) ?? this.#add(uid);
    nodes.group.setAttribute('class', isSelected ? 'annotation selected' : 'annotation');
    nodes.group.dataset['tool'] = tool;
    const onScreen = points.map((point) => apply(imageToScreen, point));
    const paths = outlineOf(tool, points).map((path) => path.map((point) => apply(imageToScreen, point)));
    const drawing = [...paths.map(pathText), ...ornaments(tool, onScreen)].join('');
    nodes.halo.setAttribute('d', drawing);
    nodes.line.setAttribute('d', drawing);
    this.#paintHandles(nodes, isSelected ? handlesOf(tool, onScreen) : []);
    this.#paintText(annotation, nodes, { paths, onScreen, imageToScreen, pane }, lines);
  }

  #paintHandles(nodes: AnnotationNodes, handles: readonly Point[]): void {
    nodes.handles.setAttribute('d', handles.map(squareText).join(''));
  }

  #paintText(
    { uid, tool, textAt }: PaintedAnnotation,
    nodes: AnnotationNodes,
    on: {
      paths: readonly (readonly Point[])[];
      onScreen: readonly Point[];
      imageToScreen: Affine;
      pane: PaneSize;
    },
    lines: readonly string[],
  ): void {
    writeLines(nodes.text, lines);
    if (lines.length === 0) {
      this.#boxes.delete(uid);
      nodes.link.setAttribute('d', '');
      return;
    }
    const { width } = nodes.text.getBBox();
    const size: PaneSize = { width, height: lines.length * LINE_HEIGHT };
    const drawnPoints = on.paths.length > 0 ? on.paths.flat() : on.onScreen;
    const wanted = textAt ? apply(on.imageToScreen, textAt) : besideOf(tool, drawnPoints, size);
    // A text stays in the pane as long as any part of its drawing does.
    const at = drawnPoints.some((point) => isInPane(point, on.pane))
      ? intoPane(wanted, size, on.pane)
      : wanted;
    nodes.text.setAttribute('transform', `translate(${at[0].toFixed(1)} ${at[1].toFixed(1)})`);
    const box: Box = [at[0], at[1], at[0] + size.width, at[1] + size.height];
    this.#boxes.set(uid, box);
    nodes.link.setAttribute('d', tool === 'text' ? '' : linkText(box, drawnPoints));
  }

  #add(uid: string): AnnotationNodes {
    const group = document.createElementNS(SVG, 'g');
    group.dataset['annotation'] = uid;
    const path = (name: string) => {
      const node = document.createElementNS(SVG, 'path');
      node.setAttribute('class', name);
      group.append(node);
      return node;
    };
    const nodes: AnnotationNodes = {
      group,
      link: path('link'),
      halo: path('halo'),
      line: path('line'),
      handles: path('handle'),
      text: document.createElementNS(SVG, 'text'),
    };
    nodes.text.setAttribute('class', 'text');
    group.append(nodes.text);
    this.#svg.append(group);
    this.#nodes.set(uid, nodes);
    return nodes;
  }
}

interface AnnotationNodes {
  readonly group: SVGGElement;
  readonly link: SVGPathElement;
  readonly halo: SVGPathElement;
  readonly line: SVGPathElement;
  readonly handles: SVGPathElement;
  readonly text: SVGTextElement;
}

const at = ([x, y]: Point): string => `${x.toFixed(2)} ${y.toFixed(2)}`;

function pathText(points: readonly Point[]): string {
  return points.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point)}`).join('');
}

function squareText([x, y]: Point): string {
  return `M${at([x - 3, y - 3])}h6v6h-6Z`;
}

/** What is not to scale: the head of an arrow, the cross of a probe. */
function ornaments(tool: PaintedAnnotation['tool'], [tip, tail]: readonly Point[]): string[] {
  if (!tip) return [];
  if (tool === 'probe') {
    const [x, y] = tip;
    return [
      `M${at([x - CROSS_REACH, y])}h${CROSS_REACH - 2}m4 0h${CROSS_REACH - 2}`,
      `M${at([x, y - CROSS_REACH])}v${CROSS_REACH - 2}m0 4v${CROSS_REACH - 2}`,
    ];
  }
  if (tool !== 'arrow' || !tail || distance(tip, tail) === 0) return [];
  const back = times(subtract(tail, tip), ARROW_LENGTH / distance(tip, tail));
  const aside = times([-back[1], back[0]], ARROW_HALF_WIDTH / ARROW_LENGTH);
  return [`M${at(add(tip, add(back, aside)))}L${at(tip)}L${at(add(tip, subtract(back, aside)))}`];
}

/** To the right of the drawing, or where an arrow comes from. */
function besideOf(tool: PaintedAnnotation['tool'], points: readonly Point[], size: PaneSize): Point {
  const [first, second] = points;
  if (tool === 'text' && first) return first;
  if (tool === 'arrow' && first && second) {
    const isLeftwards = second[0] < first[0];
    return [second[0] + (isLeftwards ? -TEXT_GAP - size.width : TEXT_GAP), second[1] - size.height / 2];
  }
  const right = points.reduce(
    (furthest, point) => (point[0] > furthest[0] ? point : furthest),
    first ?? [0, 0],
  );
  return [right[0] + TEXT_GAP, right[1] - size.height / 2];
}

function isInPane([x, y]: Point, { width, height }: PaneSize): boolean {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

function intoPane([x, y]: Point, size: PaneSize, pane: PaneSize): Point {
  const limit = (value: number, length: number, room: number) =>
    Math.max(PANE_MARGIN, Math.min(value, room - length - PANE_MARGIN));
  return [limit(x, size.width, pane.width), limit(y, size.height, pane.height)];
}

/** A dashed line from the text to the nearest drawn point, where the text stands apart. */
function linkText([left, top, right, bottom]: Box, points: readonly Point[]): string {
  let best: { from: Point; to: Point; length: number } | undefined;
  for (const point of points) {
    const from: Point = [
      Math.max(left, Math.min(point[0], right)),
      Math.max(top, Math.min(point[1], bottom)),
    ];
    const length = distance(from, point);
    if (!best || length < best.length) best = { from, to: point, length };
  }
  if (!best || best.length <= TEXT_GAP * 1.5) return '';
  return pathText([best.from, best.to]);
}

function writeLines(text: SVGTextElement, lines: readonly string[]): void {
  const shown = [...text.children].map((line) => line.textContent);
  if (shown.length === lines.length && shown.every((line, index) => line === lines[index])) return;
  text.replaceChildren(
    ...lines.map((line, index) => {
      const span = document.createElementNS(SVG, 'tspan');
      span.setAttribute('x', '0');
      span.setAttribute('y', String((index + 1) * LINE_HEIGHT - 4));
      span.textContent = line;
      return span;
    }),
  );
}
