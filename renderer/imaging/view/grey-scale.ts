import { asWindow, computedWindow, fileVois } from '#shared/dicom/grey-scale/default-window.ts';
import type { Voi } from '#shared/dicom/grey-scale/voi.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import type { GreyWindow } from '#shared/dicom/image/windows.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import type { Look } from './image-surface.ts';

/** Where the grey scale comes from. */
export type VoiChoice =
  /** What each image's own file offers, `index` counting its windows and tables; computed if it offers nothing. */
  | { readonly kind: 'file'; readonly index: number }
  /** The same numbers for every image: a preset, or what the doctor dragged to. */
  | { readonly kind: 'window'; readonly window: GreyWindow };

const START: VoiChoice = { kind: 'file', index: 0 };

/** Decides how the images of one stack look; keeps a computed window steady while scrolling. */
export class GreyScale {
  #choice: VoiChoice = START;
  #initial: VoiChoice = START;
  #computed: GreyWindow | undefined;
  #look: { description: ImageDescription; isInverted: boolean; look: Look } | undefined;

  get choice(): VoiChoice {
    return this.#choice;
  }

  /** For another stack, or back to the beginning of this one. */
  reset(initial: VoiChoice = this.#initial): void {
    this.#initial = initial;
    this.#choice = initial;
    this.#computed = undefined;
    this.#look = undefined;
  }

  choose(choice: VoiChoice): void {
    this.#choice = choice;
    this.#look = undefined;
  }

  describe(
    description: ImageDescription,
    frame: DecodedFrame,
  ): { window: GreyWindow | undefined; voi: Voi | undefined } {
    if (frame.kind === 'colour') return { window: undefined, voi: undefined };
    const voi = this.#voi(description, frame);
    return { voi, window: asWindow(voi) };
  }

  look(description: ImageDescription, frame: DecodedFrame, isInverted: boolean): Look {
    const known = this.#look;
    if (known?.description === description && known.isInverted === isInverted) return known.look;
    const look: Look = {
      voi: this.#voi(description, frame),
      isInverted: isInverted !== (description.isInverted && frame.kind === 'grey'),
      padding: description.padding,
    };
    this.#look = { description, isInverted, look: sameLook(known?.look, look) ? known.look : look };
    return this.#look.look;
  }

  #voi(description: ImageDescription, frame: DecodedFrame): Voi {
    const choice = this.#choice;
    if (choice.kind === 'window') return windowed(choice.window, description, frame);
    const offered = fileVois(description);
    const chosen = offered[choice.index] ?? offered[0];
    if (chosen) return chosen.voi;
    this.#computed ??= computedWindow(description, frame);
    return windowed(this.#computed, description, frame);
  }
}

/**
 * Numbers that are not the file's own. LINEAR means windows over whole numbers; a width of 5 SUV, or of
 * 0.002 mm²/s, only has a meaning with LINEAR_EXACT (PS3.3 section C.11.2.1.3.2).
 */
function windowed(window: GreyWindow, { voi }: ImageDescription, frame: DecodedFrame): Voi {
  const isExact = voi.function === 'LINEAR' && frame.pixels instanceof Float32Array;
  return { kind: 'window', window, function: isExact ? 'LINEAR_EXACT' : voi.function };
}

/** Equal looks are one object, so that tables are not built again for every image. */
function sameLook(a: Look | undefined, b: Look): a is Look {
  if (!a || a.isInverted !== b.isInverted || a.voi.kind !== b.voi.kind) return false;
  if (a.padding?.from !== b.padding?.from || a.padding?.to !== b.padding?.to) return false;
  if (a.voi.kind === 'table' || b.voi.kind === 'table') return a.voi.kind === b.voi.kind && a.voi === b.voi;
  return (
    a.voi.function === b.voi.function &&
    a.voi.window.width === b.voi.window.width &&
    a.voi.window.centre === b.voi.window.centre
  );
}
