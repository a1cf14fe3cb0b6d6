import { normalOf } from './plane.ts';
import type { ImagePlane } from './plane.ts';
import { add, scale } from './vector.ts';
import type { Vector3 } from './vector.ts';

/** Below about 12 degrees a second letter says more than it means. */
const WORTH_A_LETTER = 0.2;

/** R/L, A/P, H/F for a direction in the patient, the strongest first: 'A', 'LP', 'HAR'. PS3.3 section C.7.6.1.1.1. */
export function orientationLetters(direction: Vector3): string {
  const [x, y, z] = direction;
  return [
    { letter: x < 0 ? 'R' : 'L', weight: Math.abs(x) },
    { letter: y < 0 ? 'A' : 'P', weight: Math.abs(y) },
    { letter: z < 0 ? 'F' : 'H', weight: Math.abs(z) },
  ]
    .filter(({ weight }) => weight >= WORTH_A_LETTER)
    .sort((a, b) => b.weight - a.weight)
    .map(({ letter }) => letter)
    .join('');
}

const directionOfLetter: Readonly<Record<string, Vector3>> = {
  R: [-1, 0, 0],
  L: [1, 0, 0],
  A: [0, -1, 0],
  P: [0, 1, 0],
  F: [0, 0, -1],
  H: [0, 0, 1],
};

/**
 * The direction that letters of Patient Orientation name, the first one being the strongest; undefined for
 * anything else, such as the words used for animals (PS3.3 section C.7.6.1.1.1).
 */
export function directionOfLetters(letters: string): Vector3 | undefined {
  if (!/^[RLAPHF]{1,3}$/.test(letters)) return undefined;
  return letters
    .split('')
    .reduce<Vector3>(
      (sum, letter, index) => add(sum, scale(directionOfLetter[letter] ?? [0, 0, 0], 1 / (index + 1))),
      [0, 0, 0],
    );
}

export interface EdgeLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** Letters at the edges of the screen, given the directions in the patient that point right and down on it. */
export function edgeLetters(right: Vector3, down: Vector3): EdgeLetters {
  return {
    right: orientationLetters(right),
    left: orientationLetters(scale(right, -1)),
    bottom: orientationLetters(down),
    top: orientationLetters(scale(down, -1)),
  };
}

export type PlaneName = 'axial' | 'coronal' | 'sagittal';

/** The anatomical plane an image is nearest to. */
export function planeName(plane: ImagePlane): PlaneName {
  const [x, y, z] = normalOf(plane).map(Math.abs) as [number, number, number];
  if (z >= x && z >= y) return 'axial';
  return y >= x ? 'coronal' : 'sagittal';
}
