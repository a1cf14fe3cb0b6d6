import type { MicroscopeSession } from '../session/microscope-session.ts';
import { whenHandIsLost } from './lost-hand.ts';
import { isUsable } from '../session/microscope-facts.ts';
import { toStageVector } from '../view/camera-axes.ts';
import type { PixelPoint } from '../view/camera-axes.ts';
import { isNear, thinned } from '../view/mark-geometry.ts';
import type { StagePainter } from '../view/stage-painter.ts';
import { objectiveForBox, slideOfScreen } from '../view/stage-view.ts';
import type { Mark } from '#shared/link/talk.ts';
import type { PointUm } from '#shared/motion/position.ts';

/** A press that moved less is a click, CSS pixels. */
const CLICK_PIXELS = 4;
const MARK_INTERVAL_MS = 50;
const NEAR_PIXELS = 10;
/** One notch of a wheel with a ratchet, as browsers report it. */
const NOTCH_PIXELS = 100;

interface Grip {
  readonly pointerId: number;
  readonly kind: 'pan' | 'box' | 'mark';
  readonly from: PixelPoint;
  /** The place of the slide under the finger when it went down. */
  readonly grabbedUm: PointUm;
  readonly markId: string;
  readonly pointsUm: PointUm[];
  hasMoved: boolean;
  saidAtMs: number;
}

/** Mouse, pen and finger on the picture, with the tool that is chosen. */
export class PointerHand {
  readonly #session: MicroscopeSession;
  readonly #painter: StagePainter;
  readonly #host: HTMLElement;
  readonly #askText: (atUm: PointUm, screen: PixelPoint) => void;
  #grip: Grip | undefined;
  #notches = 0;

  constructor(
    session: MicroscopeSession,
    painter: StagePainter,
    host: HTMLElement,
    askText: (atUm: PointUm, screen: PixelPoint) => void,
  ) {
    this.#session = session;
    this.#painter = painter;
    this.#host = host;
    this.#askText = askText;
  }

  start(): () => void {
    const aborter = new AbortController();
    const { signal } = aborter;
    const host = this.#host;
    host.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    host.addEventListener('pointermove', (event) => this.#move(event), { signal });
    host.addEventListener('pointerup', (event) => this.#up(event), { signal });
    const cancel = () => this.#cancel();
    host.addEventListener('pointercancel', cancel, { signal });
    // Also comes after every release, when there is nothing left to cancel.
    host.addEventListener('lostpointercapture', cancel, { signal });
    whenHandIsLost(cancel, signal);
    host.addEventListener('pointerleave', () => this.#takePointerAway(), { signal });
    host.addEventListener('dblclick', (event) => this.#centre(event), { signal });
    host.addEventListener('contextmenu', (event) => this.#erase(event), { signal });
    host.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    return () => {
      aborter.abort();
      this.#cancel();
    };
  }

  #down(event: PointerEvent): void {
    const view = this.#painter.view;
    if (!view || this.#grip || event.button > 1) return;
    const from = this.#place(event);
    const grabbedUm = slideOfScreen(view, from);
    const { tool } = this.#session.model.getState();
    if (event.altKey) {
      void this.#session.autofocus(this.#session.places.stageOf(grabbedUm));
      return;
    }
    if (tool === 'laser' && event.button === 0) return;
    if (tool === 'text' && event.button === 0) {
      event.preventDefault();
      this.#askText(grabbedUm, from);
      return;
    }
    const isPan = tool === 'pan' || event.button === 1;
    this.#host.setPointerCapture(event.pointerId);
    this.#grip = {
      pointerId: event.pointerId,
      kind: isPan ? 'pan' : tool === 'box' ? 'box' : 'mark',
      from,
      grabbedUm,
      markId: crypto.randomUUID(),
      pointsUm: [grabbedUm],
      hasMoved: false,
      saidAtMs: 0,
    };
  }

  #move(event: PointerEvent): void {
    const view = this.#painter.view;
    if (!view) return;
    const at = this.#place(event);
    if (this.#session.model.getState().tool === 'laser') {
      const atUm = slideOfScreen(view, at);
      this.#painter.setDraft({ kind: 'pointer', atUm });
      this.#session.conversation.point(atUm);
    }
    const grip = this.#grip;
    if (grip?.pointerId !== event.pointerId) return;
    grip.hasMoved ||= Math.hypot(at.x - grip.from.x, at.y - grip.from.y) >= CLICK_PIXELS;
    if (!grip.hasMoved) return;
    if (grip.kind === 'pan') this.#pan(grip, at);
    else if (grip.kind === 'box') this.#painter.setDraft({ kind: 'box', from: grip.from, to: at });
    else this.#extend(grip, slideOfScreen(view, at), false);
  }

  /** What was grabbed stays under the finger: the middle has to go to where that is so. */
  #pan(grip: Grip, at: PixelPoint): void {
    const view = this.#painter.view;
    if (!view) return;
    const vector = toStageVector(view.axes, {
      x: (at.x - view.screen.width / 2) / view.scale,
      y: (at.y - view.screen.height / 2) / view.scale,
    });
    this.#session.places.drawTo({ x: grip.grabbedUm.x - vector.x, y: grip.grabbedUm.y - vector.y });
  }

  #up(event: PointerEvent): void {
    const grip = this.#grip;
    const view = this.#painter.view;
    if (grip?.pointerId !== event.pointerId) return;
    this.#grip = undefined;
    if (!view) return;
    const at = this.#place(event);
    if (grip.kind === 'mark' && grip.hasMoved) this.#extend(grip, slideOfScreen(view, at), true);
    if (grip.kind === 'box') {
      this.#painter.setDraft(undefined);
      if (grip.hasMoved) this.#magnify(grip.from, at);
    }
  }

  #magnify(from: PixelPoint, to: PixelPoint): void {
    const view = this.#painter.view;
    const { facts, party, objective } = this.#session;
    if (!view || !facts) return;
    const centre = slideOfScreen(view, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
    const perPixel = view.axes.micrometresPerPixel / view.scale;
    const box = { width: Math.abs(to.x - from.x) * perPixel, height: Math.abs(to.y - from.y) * perPixel };
    const usable = facts.objectives.filter((each) => isUsable(each, party));
    const chosen = objectiveForBox(usable, facts.sensor, box);
    const isStronger = chosen && chosen.magnification > (objective?.magnification ?? 0);
    this.#session.places.magnify(centre, isStronger ? chosen.id : undefined);
  }

  #extend(grip: Grip, to: PointUm, isEnd: boolean): void {
    const { tool, colour } = this.#session.model.getState();
    const kind = tool as Mark['kind'];
    const view = this.#painter.view;
    if (kind === 'freehand') grip.pointsUm.push(to);
    const nowMs = performance.now();
    if (!view || (!isEnd && nowMs - grip.saidAtMs < MARK_INTERVAL_MS)) return;
    grip.saidAtMs = nowMs;
    const apartUm = (2 * view.axes.micrometresPerPixel) / view.scale;
    const pointsUm = kind === 'freehand' ? thinned(grip.pointsUm, apartUm) : [grip.grabbedUm, to];
    this.#session.conversation.draw({ markId: grip.markId, kind, pointsUm, text: '', colour });
  }

  #centre(event: MouseEvent): void {
    const view = this.#painter.view;
    const { tool } = this.#session.model.getState();
    if (view && tool === 'pan' && event.button === 0) {
      this.#session.places.jumpTo(slideOfScreen(view, this.#place(event)));
    }
  }

  #erase(event: MouseEvent): void {
    event.preventDefault();
    const view = this.#painter.view;
    if (!view) return;
    const atUm = slideOfScreen(view, this.#place(event));
    const withinUm = (NEAR_PIXELS * view.axes.micrometresPerPixel) / view.scale;
    const mark = this.#session.model
      .getState()
      .marks.findLast(({ pointsUm }) => isNear({ pointsUm }, atUm, withinUm));
    if (mark) this.#session.conversation.erase(mark.markId);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey) {
      const factor = event.deltaY < 0 ? 1.25 : 0.8;
      this.#session.picture.setZoom(this.#session.model.getState().zoom * factor);
      return;
    }
    // With Shift browsers turn the wheel sideways.
    const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? delta : delta * 33;
    this.#notches -= pixels / NOTCH_PIXELS;
    const whole = Math.trunc(this.#notches * 4) / 4;
    if (whole === 0) return;
    this.#notches -= whole;
    this.#session.focusBy(whole, event.shiftKey);
  }

  /** The system took the pointer away: whatever it meant is over. */
  #cancel(): void {
    if (this.#grip) this.#session.letGo();
    this.#grip = undefined;
    this.#painter.setDraft(undefined);
    this.#takePointerAway();
  }

  #takePointerAway(): void {
    if (this.#session.model.getState().tool !== 'laser') return;
    this.#painter.setDraft(undefined);
    this.#session.conversation.point(null);
  }

  #place(event: MouseEvent): PixelPoint {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}
