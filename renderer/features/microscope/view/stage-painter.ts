import type { SlideMap } from '#shared/contract/microscope.ts';
import type { PixelRegion, StillFacts } from '#shared/link/talk.ts';
import type { PointUm } from '#shared/motion/position.ts';
import { axesOfFrame, objectiveOf, placeOfSlide } from '../session/microscope-facts.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import type { PaintedStill } from '../session/session-model.ts';
import { currentView } from './current-view.ts';
import type { FedFrame } from './frame-feed.ts';
import { drawOverlay } from './overlay-drawing.ts';
import type { Draft } from './overlay-drawing.ts';
import { frameOffset, screenOfSlide } from './stage-view.ts';
import type { Size, StageView } from './stage-view.ts';

export interface PaintedElements {
  readonly host: HTMLElement;
  readonly map: HTMLCanvasElement;
  /** Holds the canvas of the live picture. */
  readonly frame: HTMLElement;
  readonly still: HTMLElement;
  readonly overlay: HTMLCanvasElement;
}

export interface MapPicture {
  readonly image: CanvasImageSource;
  readonly map: SlideMap;
}

export interface StillPicture {
  /** Decoded. */
  readonly image: HTMLImageElement;
  readonly facts: StillFacts;
  readonly form: PaintedStill['form'];
  /** The pixels of its frame the picture holds; null: all. */
  readonly region: PixelRegion | null;
}

/** The picture counts as predicted from so many CSS pixels beside where it was exposed. */
const PREDICTED_FROM_PIXELS = 3;

/**
 * Puts frame, map, still and marks where the tissue is, once per screen refresh and only if something changed.
 * React draws none of it.
 */
export class StagePainter {
  readonly #session: MicroscopeSession;
  readonly #elements: PaintedElements;
  #screen: Size = { width: 0, height: 0 };
  #view: StageView | undefined;
  #paintedUm: PointUm | undefined;
  readonly #copy = document.createElement('canvas');
  #frameSize: Size | undefined;
  #mapPicture: MapPicture | undefined;
  #still: StillPicture | undefined;
  #draft: Draft | undefined;
  #isDirty = true;
  #request = 0;
  #hasMap = false;
  #overlayKey = '';
  #revision = 0;

  constructor(session: MicroscopeSession, elements: PaintedElements) {
    this.#session = session;
    this.#elements = elements;
  }

  start(): () => void {
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(this.#elements.host);
    this.#measure();
    const stop = this.#session.model.subscribe(() => this.invalidate());
    const loop = () => {
      this.#request = requestAnimationFrame(loop);
      this.#paint();
    };
    loop();
    return () => {
      cancelAnimationFrame(this.#request);
      observer.disconnect();
      stop();
    };
  }

  /** The view that is on the screen; undefined before the first frame. */
  get view(): StageView | undefined {
    return this.#view;
  }

  readonly showFrame = (fed: FedFrame): void => {
    const { width, height, pictureHeight, stamp } = fed;
    const { frame } = this.#elements;
    const canvas = fed.surface ?? this.#copy;
    if (frame.firstChild !== canvas) frame.replaceChildren(canvas);
    if (this.#frameSize?.width !== width || this.#frameSize.height !== height) {
      this.#frameSize = { width, height };
      // The stamp stays off the screen; the rows it covers show the map or nothing.
      frame.style.clipPath = `inset(0 0 ${height - pictureHeight}px 0)`;
    }
    if (!fed.surface) this.#copyFrame(fed);
    this.#session.picture.frameShown({ width, height }, stamp);
    // Place and picture change together, or the tissue would jump.
    this.#isDirty = true;
    this.#paint();
  };

  #copyFrame({ image, width, height, pictureHeight }: FedFrame): void {
    const copy = this.#copy;
    if (copy.width !== width || copy.height !== height) Object.assign(copy, { width, height });
    copy
      .getContext('2d', { alpha: false })
      ?.drawImage(image, 0, 0, width, pictureHeight, 0, 0, width, pictureHeight);
  }

  setMap(picture: MapPicture | undefined): void {
    this.#mapPicture = picture;
    this.invalidate();
  }

  /** Picture and place change in one refresh: an enlarged still never lies where the one before it belonged. */
  setStill(still: StillPicture | undefined): void {
    this.#still = still;
    if (still) this.#elements.still.replaceChildren(still.image);
    else this.#elements.still.replaceChildren();
    this.#session.model.setState({
      paintedStill: still ? { stillId: still.facts.stillId, form: still.form } : null,
    });
    this.invalidate();
  }

  setDraft(draft: Draft | undefined): void {
    this.#draft = draft;
    this.invalidate();
  }

  invalidate(): void {
    this.#revision += 1;
    this.#isDirty = true;
  }

  #measure(): void {
    const { host, map, overlay } = this.#elements;
    this.#screen = { width: host.clientWidth, height: host.clientHeight };
    const ratio = window.devicePixelRatio;
    for (const canvas of [map, overlay]) {
      canvas.width = Math.round(this.#screen.width * ratio);
      canvas.height = Math.round(this.#screen.height * ratio);
    }
    this.#session.model.setState({ screenWidth: this.#screen.width, screenHeight: this.#screen.height });
    this.#session.stillTaking.setScreenWidth(this.#screen.width * ratio);
    this.#hasMap = false;
    this.invalidate();
  }

  /** The decoded still, unless it has been put away since: a movement does not wait for React. */
  get #shownStill(): StillFacts | undefined {
    const facts = this.#still?.facts;
    return facts?.stillId === this.#session.model.getState().shownStillId ? facts : undefined;
  }

  #paint(): void {
    const nowMs = performance.now();
    const stageUm = this.#session.prediction.place(nowMs);
    const painted = this.#paintedUm;
    const hasMoved = stageUm && (!painted || Math.hypot(stageUm.x - painted.x, stageUm.y - painted.y) > 0.01);
    if (!this.#isDirty && !(hasMoved === true && !this.#shownStill)) return;
    this.#isDirty = false;
    const still = this.#shownStill;
    const view = currentView(this.#session, { screen: this.#screen, frame: this.#frameSize, still, stageUm });
    this.#view = view;
    this.#paintedUm = stageUm;
    if (!view) return;
    if (this.#frameSize) this.#placeFrame(view, this.#frameSize);
    this.#placeStill(view);
    this.#drawOverlay(view);
  }

  #placeFrame(view: StageView, size: Size): void {
    const { frame, map } = this.#elements;
    const { stamp, objective } = this.#session.picture;
    const isLive = stamp && !this.#shownStill;
    const offset = isLive ? frameOffset(view, placeOfSlide(stamp.positionUm, objective)) : { x: 0, y: 0 };
    const left = view.screen.width / 2 + offset.x - (size.width * view.scale) / 2;
    const top = view.screen.height / 2 + offset.y - (size.height * view.scale) / 2;
    frame.style.transform = `translate(${left.toFixed(2)}px, ${top.toFixed(2)}px) scale(${view.scale})`;
    const isPredicted = !this.#shownStill && Math.hypot(offset.x, offset.y) > PREDICTED_FROM_PIXELS;
    if (this.#session.model.getState().isPredicted !== isPredicted) {
      this.#session.model.setState({ isPredicted });
    }
    if (isPredicted) this.#drawMap(view);
    else this.#hasMap = false;
    map.style.visibility = this.#hasMap ? 'visible' : 'hidden';
  }

  /** What is known of the place the last frame does not reach. */
  #drawMap(view: StageView): void {
    const { map } = this.#elements;
    const context = map.getContext('2d');
    const picture = this.#mapPicture;
    if (!context || !picture) return;
    const { originUm, micrometresPerPixel, widthPixels, heightPixels } = picture.map;
    const origin = screenOfSlide(view, originUm);
    const right = screenOfSlide(view, { x: originUm.x + micrometresPerPixel, y: originUm.y });
    const down = screenOfSlide(view, { x: originUm.x, y: originUm.y + micrometresPerPixel });
    const ratio = window.devicePixelRatio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, map.width, map.height);
    context.setTransform(
      (right.x - origin.x) * ratio,
      (right.y - origin.y) * ratio,
      (down.x - origin.x) * ratio,
      (down.y - origin.y) * ratio,
      origin.x * ratio,
      origin.y * ratio,
    );
    context.drawImage(picture.image, 0, 0, widthPixels, heightPixels);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.#hasMap = true;
  }

  #placeStill(view: StageView): void {
    const { still: element } = this.#elements;
    const still = this.#shownStill;
    element.style.visibility = still ? 'visible' : 'hidden';
    if (!still) return;
    const { widthPixels, heightPixels } = still;
    const held = this.#still?.region ?? { left: 0, top: 0, width: widthPixels, height: heightPixels };
    const left = view.screen.width / 2 + (held.left - widthPixels / 2) * view.scale;
    const top = view.screen.height / 2 + (held.top - heightPixels / 2) * view.scale;
    element.style.width = `${(held.width * view.scale).toFixed(2)}px`;
    element.style.height = `${(held.height * view.scale).toFixed(2)}px`;
    element.style.transform = `translate(${left.toFixed(2)}px, ${top.toFixed(2)}px)`;
    // At and above the sensor's own pixels nothing is invented between them.
    element.style.imageRendering = view.scale * window.devicePixelRatio >= 2 ? 'pixelated' : 'auto';
  }

  #drawOverlay(view: StageView): void {
    const { overlay } = this.#elements;
    const { marks, peerPointer } = this.#session.model.getState();
    // Without a graphics processor an empty canvas over the picture costs as much as a full one.
    const isEmpty = marks.length === 0 && !peerPointer && !this.#draft;
    overlay.style.visibility = isEmpty ? 'hidden' : 'visible';
    if (isEmpty) {
      this.#overlayKey = '';
      return;
    }
    const key = `${view.centreUm.x.toFixed(2)} ${view.centreUm.y.toFixed(2)} ${view.scale} ${this.#revision}`;
    if (key === this.#overlayKey) return;
    this.#overlayKey = key;
    const context = overlay.getContext('2d');
    if (context) {
      drawOverlay(context, view, window.devicePixelRatio, { marks, peerPointer, draft: this.#draft });
    }
  }

  /** Axes of a full frame of the sensor on the screen, for fields drawn on the map. */
  get frameAxes() {
    const { facts, telemetry } = this.#session;
    const objective = objectiveOf(facts, telemetry?.objectiveId);
    const size = this.#frameSize;
    return facts && objective && size ? axesOfFrame(objective, facts.sensor, size.width) : undefined;
  }
}
