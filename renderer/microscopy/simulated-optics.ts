import type { BackendClient } from '#renderer/backend/connection.ts';
import type { Specimen } from '#shared/contract/specimen.ts';
import type { Objective } from '#shared/motion/objective.ts';
import type { PointUm, PositionUm } from '#shared/motion/position.ts';
import { simulatedSensor } from '#shared/motion/simulated-microscope.ts';
import type { FrameStamp } from './frame-stamp.ts';
import { SlideTiles } from './slide-tiles.ts';
import type { SlideView } from './slide-tiles.ts';
import { slideWorker } from './slide-worker.ts';

type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** What a real turret adds to what it was set up as: where each objective truly looks, in µm. */
const turretErrors: Readonly<Record<number, PositionUm>> = {
  1: { x: 0, y: 0, z: 0 },
  2: { x: 3, y: -2, z: 2 },
  3: { x: -1.5, y: 1, z: -1.2 },
  4: { x: 0.8, y: 0.6, z: 0.7 },
  5: { x: -0.5, y: 0.4, z: -0.5 },
  6: { x: 0.2, y: -0.1, z: 0.2 },
};
/** Light of the middle of the spectrum in air, µm; the depth of focus is λ / NA². */
const WAVELENGTH_UM = 0.55;
const WIDEST_BLUR_PIXELS = 48;
/** The lamp the camera's exposure is set for. */
const EXPOSED_FOR_PERCENT = 60;
const NOISE_PIXELS = 256;
const NOISE_PARTS = 0.03;
/** Light and noise of the moving picture are laid over it in one pass: so many kinds of it, by turns. */
const NOISE_KINDS = 4;
/** Larger pictures are taken now and then: their light is not kept. */
const KEPT_LIGHT_PIXELS = 1280 * 1280;

/** Height of the tissue under the cover slip, µm: tilted and bent as no slide is flat. */
export function focusPlaneUm({ x, y }: PointUm): number {
  return 0.0007 * x - 0.0004 * y + 5 * Math.sin(x / 6000) * Math.cos(y / 5000);
}

/**
 * What the camera of the simulated microscope sees: the slide at the true place of the stage, through the
 * objective that stands in the light, blurred by defocus, darker to the corners, with the lamp and the noise.
 * Drawn in 2D from tiles; nothing is read back.
 */
export class SimulatedOptics {
  readonly label = 'Simulated';
  readonly isSimulated = true;
  readonly sensor: PixelSize = { width: simulatedSensor.widthPixels, height: simulatedSensor.heightPixels };
  readonly #objectives: readonly Objective[];
  readonly #tiles: SlideTiles;
  readonly #noise = noiseTile();
  readonly #lights = new Map<string, OffscreenCanvas[]>();
  readonly #stop: () => void;
  #optics: (FrameStamp & { readonly lampPercent: number }) | undefined;
  #small: OffscreenCanvas | undefined;

  /** @param specimen null: the tissue that is drawn */
  constructor(backend: BackendClient, objectives: readonly Objective[], specimen: Specimen | null) {
    this.#objectives = objectives;
    this.#tiles = new SlideTiles(slideWorker(specimen));
    this.#stop = backend.microscope.on('simulatedOptics', (optics) => {
      this.#optics = optics;
    });
  }

  close(): void {
    this.#stop();
    this.#tiles.close();
  }

  /** Draws the whole sensor into that many pixels; undefined while the stage has not told where it is. */
  draw(context: Drawing, size: PixelSize): FrameStamp | undefined {
    const optics = this.#optics;
    if (!optics) return undefined;
    const { deviceTimeMs, positionUm, objectiveId, lampPercent } = optics;
    const objective = this.#objectives.find(({ id }) => id === objectiveId);
    context.save();
    if (objective) {
      this.#drawSlide(context, size, objective, positionUm);
      this.#drawLight(context, size, lampPercent);
    } else {
      // The turret turns: no objective stands in the light.
      context.fillStyle = '#000';
      context.fillRect(0, 0, size.width, size.height);
    }
    context.restore();
    return { deviceTimeMs, positionUm, objectiveId };
  }

  /** Resolves when a picture of that size can be drawn in full at the present place. */
  async complete(size: PixelSize): Promise<void> {
    const objective = this.#objectives.find(({ id }) => id === this.#optics?.objectiveId);
    if (!objective || !this.#optics) return;
    await this.#tiles.complete(this.#viewOf(size, objective, this.#optics.positionUm));
  }

  #viewOf({ width, height }: PixelSize, objective: Objective, positionUm: PositionUm): SlideView {
    const micrometresPerPixel = (objective.micrometresPerPixel * this.sensor.width) / width;
    const error = turretErrors[objective.id] ?? { x: 0, y: 0, z: 0 };
    return {
      centreUm: {
        x: positionUm.x - objective.parcentricOffsetUm.x - error.x,
        y: positionUm.y - objective.parcentricOffsetUm.y - error.y,
      },
      micrometresPerPixel,
      tileMicrometresPerPixel: micrometresPerPixel,
      widthPixels: width,
      heightPixels: height,
    };
  }

  #drawSlide(context: Drawing, size: PixelSize, objective: Objective, positionUm: PositionUm): void {
    const view = this.#viewOf(size, objective, positionUm);
    const error = turretErrors[objective.id]?.z ?? 0;
    const defocusUm = Math.abs(
      positionUm.z - focusPlaneUm(view.centreUm) - objective.parfocalOffsetUm - error,
    );
    const depthUm = WAVELENGTH_UM / objective.numericalAperture ** 2 / 2;
    const blurUm = Math.max(0, defocusUm - depthUm) * objective.numericalAperture;
    const blur = Math.min(WIDEST_BLUR_PIXELS, blurUm / view.micrometresPerPixel);
    if (blur < 0.4) this.#tiles.draw(context, view);
    else this.#drawBlurred(context, size, view, blur);
  }

  /** Fewer pixels, spread again: a blur that costs less the wider it is. */
  #drawBlurred(context: Drawing, size: PixelSize, view: SlideView, blur: number): void {
    const factor = 1 / (1 + blur);
    this.#small ??= new OffscreenCanvas(1, 1);
    const small = this.#small;
    small.width = Math.ceil(size.width * factor);
    small.height = Math.ceil(size.height * factor);
    const drawing = small.getContext('2d', { alpha: false });
    if (!drawing) return;
    // Down to a half every pixel still counts without it, at a third of the time.
    drawing.imageSmoothingQuality = factor < 0.5 ? 'medium' : 'low';
    this.#tiles.draw(drawing, {
      ...view,
      micrometresPerPixel: (view.micrometresPerPixel * size.width) / small.width,
      widthPixels: small.width,
      heightPixels: small.height,
    });
    context.imageSmoothingQuality = 'low';
    context.drawImage(small, 0, 0, size.width, size.height);
  }

  #drawLight(context: Drawing, size: PixelSize, lampPercent: number): void {
    context.globalCompositeOperation = 'multiply';
    context.drawImage(this.#light(size), 0, 0);
    const light = lampPercent / EXPOSED_FOR_PERCENT;
    if (light < 0.995) {
      const level = Math.round(255 * light);
      context.fillStyle = `rgb(${level} ${level} ${level})`;
      context.fillRect(0, 0, size.width, size.height);
    } else if (light > 1.005) {
      context.globalCompositeOperation = 'color-dodge';
      const level = Math.round(255 * (1 - 1 / light));
      context.fillStyle = `rgb(${level} ${level} ${level})`;
      context.fillRect(0, 0, size.width, size.height);
    }
  }

  /** What the light leaves of the picture, from the middle to the corners, with the noise of one moment. */
  #light(size: PixelSize): OffscreenCanvas {
    if (size.width * size.height > KEPT_LIGHT_PIXELS) return lightOf(size, this.#noise);
    const key = `${size.width} ${size.height}`;
    const kinds = this.#lights.get(key) ?? [];
    this.#lights.set(key, kinds);
    const kind = Math.floor(Math.random() * NOISE_KINDS);
    return (kinds[kind] ??= lightOf(size, this.#noise));
  }
}

function lightOf({ width, height }: PixelSize, noise: OffscreenCanvas): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  const pattern = context?.createPattern(noise, 'repeat');
  if (!context || !pattern) return canvas;
  const [x, y] = [width / 2, height / 2];
  const gradient = context.createRadialGradient(x, y, 0, x, y, Math.hypot(x, y));
  // A halogen lamp, seen by a camera that was set to daylight: something for the white balance to even out.
  gradient.addColorStop(0, '#fffbf2');
  gradient.addColorStop(0.6, '#fbf7ee');
  gradient.addColorStop(1, '#dcd8d0');
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  const shift = () => -Math.floor(Math.random() * NOISE_PIXELS);
  pattern.setTransform(new DOMMatrix([1, 0, 0, 1, shift(), shift()]));
  context.globalAlpha = NOISE_PARTS;
  context.fillStyle = pattern;
  context.fillRect(0, 0, width, height);
  return canvas;
}

/** Photon and read noise, grey, around the middle. */
function noiseTile(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(NOISE_PIXELS, NOISE_PIXELS);
  const context = canvas.getContext('2d');
  const pixels = new ImageData(NOISE_PIXELS, NOISE_PIXELS);
  for (let at = 0; at < pixels.data.length; at += 4) {
    const level = 128 + (Math.random() + Math.random() + Math.random() - 1.5) * 160;
    pixels.data.fill(level, at, at + 3);
    pixels.data[at + 3] = 255;
  }
  context?.putImageData(pixels, 0, 0);
  return canvas;
}
