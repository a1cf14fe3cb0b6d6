/**
 * Something the doctor must know about a stack of images before trusting what is made from it. The
 * sentence for each code stands in the locale namespace `imaging` under `finding.<code>`, in which the
 * values are named.
 */
export type Finding =
  /** Slices are sheared against their normal. */
  | { readonly code: 'gantry-tilt'; readonly values: { readonly angleDeg: number } }
  | {
      readonly code: 'uneven-spacing';
      readonly values: { readonly smallestMm: number; readonly largestMm: number };
    }
  | {
      readonly code: 'missing-slices';
      /** `after`: position in the stack, from 1, of the image before each gap. */
      readonly values: { readonly count: number; readonly after: readonly number[] };
    }
  | { readonly code: 'duplicate-positions'; readonly values: { readonly count: number } }
  | { readonly code: 'shifted-slices'; readonly values: { readonly largestMm: number } }
  | {
      readonly code: 'gaps-between-slices';
      readonly values: { readonly thicknessMm: number; readonly spacingMm: number };
    }
  | { readonly code: 'position-unknown'; readonly values: { readonly count: number } }
  | { readonly code: 'orientation-varies'; readonly values: { readonly count: number } }
  | { readonly code: 'time-series'; readonly values: { readonly count: number } }
  | { readonly code: 'too-few-slices'; readonly values: { readonly count: number } }
  | {
      readonly code: 'not-enough-memory';
      readonly values: { readonly neededMib: number; readonly availableMib: number };
    }
  | { readonly code: 'colour'; readonly values: Readonly<Record<string, never>> }
  | { readonly code: 'uncalibrated'; readonly values: Readonly<Record<string, never>> }
  | { readonly code: 'detector-spacing'; readonly values: Readonly<Record<string, never>> }
  | { readonly code: 'not-tomographic'; readonly values: Readonly<Record<string, never>> }
  | {
      readonly code: 'non-square-pixels';
      readonly values: { readonly heightToWidth: number };
    };
