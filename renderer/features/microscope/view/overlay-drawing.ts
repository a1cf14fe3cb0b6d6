import type { Mark } from '#shared/link/talk.ts';
import type { PointUm } from '#shared/motion/position.ts';
import type { PixelPoint } from './camera-axes.ts';
import { markText } from './mark-geometry.ts';
import { screenOfSlide } from './stage-view.ts';
import type { StageView } from './stage-view.ts';

/** What a hand is drawing now. */
export type Draft =
  | { readonly kind: 'box'; readonly from: PixelPoint; readonly to: PixelPoint }
  | { readonly kind: 'pointer'; readonly atUm: PointUm };

export interface OverlayContent {
  readonly marks: readonly Mark[];
  readonly peerPointer: PointUm | null;
  readonly draft: Draft | undefined;
}

/** Told apart on stained tissue, which is blue and pink: saturated, with a dark edge. */
const colours: Readonly<Record<Mark['colour'], string>> = {
  yellow: '#ffe24a',
  cyan: '#4af2ff',
  magenta: '#ff6bf5',
};
const EDGE = 'rgb(0 0 0 / 70%)';
const FONT = '600 14px "Noto Sans JP", "Noto Sans JP Variable", sans-serif';

export function drawOverlay(
  context: CanvasRenderingContext2D,
  view: StageView,
  ratio: number,
  { marks, peerPointer, draft }: OverlayContent,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.screen.width, view.screen.height);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const mark of marks) drawMark(context, view, mark);
  if (draft?.kind === 'box') drawBox(context, draft.from, draft.to);
  if (draft?.kind === 'pointer') drawPointer(context, screenOfSlide(view, draft.atUm), '#8dff6b');
  if (peerPointer) drawPointer(context, screenOfSlide(view, peerPointer), '#ff4a3d');
}

function drawMark(context: CanvasRenderingContext2D, view: StageView, mark: Mark): void {
  const points = mark.pointsUm.map((point) => screenOfSlide(view, point));
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return;
  const colour = colours[mark.colour];
  stroke(context, colour, () => {
    context.moveTo(first.x, first.y);
    for (const point of points.slice(1)) context.lineTo(point.x, point.y);
    if (mark.kind === 'arrow') arrowHead(context, first, last);
    if (mark.kind === 'length') {
      endTick(context, first, last);
      endTick(context, last, first);
    }
  });
  const text = markText(mark);
  if (text !== '') drawText(context, text, last, colour);
}

function stroke(context: CanvasRenderingContext2D, colour: string, path: () => void): void {
  for (const [style, width] of [
    [EDGE, 4.5],
    [colour, 2],
  ] as const) {
    context.beginPath();
    path();
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
}

function arrowHead(context: CanvasRenderingContext2D, from: PixelPoint, to: PixelPoint): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  for (const side of [-0.45, 0.45]) {
    context.moveTo(to.x, to.y);
    context.lineTo(to.x - 14 * Math.cos(angle + side), to.y - 14 * Math.sin(angle + side));
  }
}

function endTick(context: CanvasRenderingContext2D, at: PixelPoint, other: PixelPoint): void {
  const angle = Math.atan2(other.y - at.y, other.x - at.x) + Math.PI / 2;
  context.moveTo(at.x - 6 * Math.cos(angle), at.y - 6 * Math.sin(angle));
  context.lineTo(at.x + 6 * Math.cos(angle), at.y + 6 * Math.sin(angle));
}

function drawText(context: CanvasRenderingContext2D, text: string, at: PixelPoint, colour: string): void {
  context.font = FONT;
  context.textBaseline = 'middle';
  context.lineWidth = 4;
  context.strokeStyle = EDGE;
  context.strokeText(text, at.x + 10, at.y - 10);
  context.fillStyle = colour;
  context.fillText(text, at.x + 10, at.y - 10);
}

function drawBox(context: CanvasRenderingContext2D, from: PixelPoint, to: PixelPoint): void {
  stroke(context, '#ffffff', () => context.rect(from.x, from.y, to.x - from.x, to.y - from.y));
}

function drawPointer(context: CanvasRenderingContext2D, at: PixelPoint, colour: string): void {
  context.beginPath();
  context.arc(at.x, at.y, 7, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = '#000000';
  context.stroke();
}
