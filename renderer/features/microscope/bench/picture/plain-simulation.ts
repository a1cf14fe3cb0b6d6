import type { BackendClient } from '#renderer/backend/connection.ts';
import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';
import { simulatedSensor } from '#shared/motion/simulated-microscope.ts';
import type { Objective } from '#shared/motion/objective.ts';
import type { Size } from '../../view/stage-view.ts';
import type { Drawing, PictureOrigin } from './picture-origin.ts';

interface Layer {
  readonly tile: OffscreenCanvas;
  readonly sideUm: number;
}

const TILE = 512;
/** Blur wider than this is no longer told apart. */
const WIDEST_BLUR_PIXELS = 40;

/** What a simulated microscope shows: structure of every size at its true place, blurred by defocus. */
export class PlainSimulation implements PictureOrigin {
  readonly label = 'Simulated';
  readonly isSimulated = true;
  readonly sensor: Size = { width: simulatedSensor.widthPixels, height: simulatedSensor.heightPixels };
  readonly #objectives: readonly Objective[];
  readonly #layers: readonly Layer[] = [
    layer(9000, 7, 30, 90),
    layer(900, 11, 60, 28),
    layer(110, 23, 70, 16),
  ];
  readonly #stop: () => void;
  #optics: (FrameStamp & { readonly lampPercent: number }) | undefined;
  #small: OffscreenCanvas | undefined;

  constructor(backend: BackendClient, objectives: readonly Objective[]) {
    this.#objectives = objectives;
    this.#stop = backend.microscope.on('simulatedOptics', (optics) => {
      this.#optics = optics;
    });
  }

  draw(context: Drawing, size: Size): FrameStamp | undefined {
    const optics = this.#optics;
    if (!optics) return undefined;
    const { deviceTimeMs, positionUm, objectiveId, lampPercent } = optics;
    const objective = this.#objectives.find(({ id }) => id === objectiveId);
    context.save();
    context.fillStyle = '#000';
    context.fillRect(0, 0, size.width, size.height);
    if (objective) {
      const perPixel = (objective.micrometresPerPixel * this.sensor.width) / size.width;
      const defocusUm = Math.abs(positionUm.z - objective.parfocalOffsetUm);
      const blur = Math.min(WIDEST_BLUR_PIXELS, (defocusUm * objective.numericalAperture) / perPixel);
      this.#drawBlurred(context, size, positionUm, perPixel, blur);
      context.globalCompositeOperation = 'multiply';
      const light = Math.round(Math.min(255, 80 + lampPercent * 2.6));
      context.fillStyle = `rgb(${light} ${light} ${light})`;
      context.fillRect(0, 0, size.width, size.height);
    }
    context.restore();
    return { deviceTimeMs, positionUm, objectiveId };
  }

  close(): void {
    this.#stop();
  }

  /** Fewer pixels, spread again: a blur that costs less the wider it is. */
  #drawBlurred(
    context: Drawing,
    size: Size,
    at: { x: number; y: number },
    perPixel: number,
    blur: number,
  ): void {
    if (blur < 0.5) {
      this.#drawLayers(context, size, at, perPixel);
      return;
    }
    const factor = 1 / (1 + blur);
    const small = { width: Math.ceil(size.width * factor), height: Math.ceil(size.height * factor) };
    this.#small ??= new OffscreenCanvas(1, 1);
    Object.assign(this.#small, small);
    const drawing = this.#small.getContext('2d');
    if (!drawing) return;
    this.#drawLayers(drawing, small, at, (perPixel * size.width) / small.width);
    context.imageSmoothingQuality = 'medium';
    context.drawImage(this.#small, 0, 0, size.width, size.height);
  }

  #drawLayers(context: Drawing, size: Size, at: { x: number; y: number }, perPixel: number): void {
    context.save();
    context.fillStyle = '#f6e9ee';
    context.fillRect(0, 0, size.width, size.height);
    context.globalCompositeOperation = 'multiply';
    for (const { tile, sideUm } of this.#layers) {
      const scale = sideUm / TILE / perPixel;
      // What is finer than a pixel would only shimmer.
      if (scale * TILE < 24) continue;
      const pattern = context.createPattern(tile, 'repeat');
      if (!pattern) continue;
      pattern.setTransform(
        new DOMMatrix([
          scale,
          0,
          0,
          scale,
          size.width / 2 - at.x / perPixel,
          size.height / 2 - at.y / perPixel,
        ]),
      );
      context.fillStyle = pattern;
      context.fillRect(0, 0, size.width, size.height);
    }
    context.restore();
  }
}

/** A seamless tile of stained blobs, the same on every machine. */
function layer(sideUm: number, seed: number, count: number, radius: number): Layer {
  const tile = new OffscreenCanvas(TILE, TILE);
  const context = tile.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, TILE, TILE);
  let state = seed * 7919;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let index = 0; index < count; index += 1) {
    const x = random() * TILE;
    const y = random() * TILE;
    const size = radius * (0.4 + random());
    const turn = random() * Math.PI;
    const isNucleus = random() < 0.6;
    context.fillStyle = isNucleus ? 'rgb(88 62 140 / 70%)' : 'rgb(226 120 168 / 55%)';
    for (const dx of [-TILE, 0, TILE]) {
      for (const dy of [-TILE, 0, TILE]) {
        context.beginPath();
        context.ellipse(x + dx, y + dy, size, size * 0.65, turn, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }
  return { tile, sideUm };
}
