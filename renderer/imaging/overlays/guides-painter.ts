import { apply } from '../tools/plane.ts';
import type { Affine, Point } from '../tools/plane.ts';

/** Lines that show how images lie to each other; points are pixels of the image they are drawn on. */
export interface Guides {
  /** Where the active pane's image cuts this one. */
  readonly referenceLine?: readonly [Point, Point] | undefined;
  /** The place a person points at; `distanceMm` is its distance from this image. */
  readonly crosshair?: { readonly point: Point; readonly distanceMm: number } | undefined;
}

const SVG = 'http://www.w3.org/2000/svg';
/** Left free around the point, so that what is pointed at can be seen. */
const CROSSHAIR_GAP = 12;
const CROSSHAIR_REACH = 4000;
/** The point lies in the image rather than before or behind it. */
const IN_PLANE_MM = 0.6;

/** Draws reference line and crosshair below the annotations; classes `reference` and `crosshair`. */
export class GuidesPainter {
  readonly #reference: SVGPathElement;
  readonly #crosshair: SVGPathElement;

  constructor(svg: SVGSVGElement) {
    this.#reference = path(svg, 'reference');
    this.#crosshair = path(svg, 'crosshair');
  }

  paint({ referenceLine, crosshair }: Guides, imageToScreen: Affine): void {
    const line = referenceLine?.map((point) => apply(imageToScreen, point));
    this.#reference.setAttribute('d', line ? `M${text(line[0])}L${text(line[1])}` : '');
    this.#crosshair.setAttribute('d', crosshair ? crossText(apply(imageToScreen, crosshair.point)) : '');
    this.#crosshair.toggleAttribute(
      'data-beside',
      crosshair !== undefined && Math.abs(crosshair.distanceMm) > IN_PLANE_MM,
    );
  }

  clear(): void {
    this.#reference.setAttribute('d', '');
    this.#crosshair.setAttribute('d', '');
  }
}

function path(svg: SVGSVGElement, name: string): SVGPathElement {
  const element = document.createElementNS(SVG, 'path');
  element.setAttribute('class', name);
  svg.prepend(element);
  return element;
}

const text = (point: Point | undefined): string =>
  `${(point?.[0] ?? 0).toFixed(1)} ${(point?.[1] ?? 0).toFixed(1)}`;

function crossText([x, y]: Point): string {
  const arm = (dx: number, dy: number) =>
    `M${text([x + dx * CROSSHAIR_GAP, y + dy * CROSSHAIR_GAP])}L${text([x + dx * CROSSHAIR_REACH, y + dy * CROSSHAIR_REACH])}`;
  return arm(1, 0) + arm(-1, 0) + arm(0, 1) + arm(0, -1);
}
