import type { Belonging } from './made-image.ts';
import type { Drawing } from './drawing.ts';

/** One kind of image, as a study of its own, and what the viewer has to show of it. */
export interface Kind {
  readonly name: string;
  readonly belonging: Belonging;
  readonly files: readonly Buffer[];
  /** How the first image shows the drawing; undefined if it shows something else. */
  readonly looks?: Looks | undefined;
  /** Texts in the first pane; each must be there. */
  readonly shows?: readonly string[];
  readonly hides?: readonly string[];
  /** Codes of all findings beside the image, in their order; absent: none. */
  readonly findings?: readonly string[];
  /** Letters at the edges, clockwise from the top; absent: none. */
  readonly letters?: string;
  /** What the strip calls its stacks. */
  readonly stacks?: readonly string[];
  /** Instead of an image. */
  readonly sentence?: string;
}

export interface Looks extends Drawing {
  readonly inColour?: boolean;
  readonly spacing?: readonly [number, number];
}
