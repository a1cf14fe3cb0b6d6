import type { SpecimenLevel, SpecimenProblem } from '#shared/contract/specimen.ts';

/** Where the tiles of one level lie in its file. */
export interface IndexedLevel extends SpecimenLevel {
  readonly path: string;
  readonly columns: number;
  readonly rows: number;
  /** Of each tile in the file, row by row; -1 where there is none. */
  readonly offsets: Float64Array;
  /** Bytes of each tile. */
  readonly lengths: Float64Array;
  /** Encoded tiles whose colours are red, green, blue without saying so. */
  readonly isUnmarkedRgb: boolean;
  /** Tiles that are not encoded: all reds first, then all greens, then all blues; or grey alone. */
  readonly samples: 'by-pixel' | 'by-plane' | 'grey';
}

/** A file cannot lie under the microscope. */
export class SpecimenRefusal extends Error {
  readonly problem: SpecimenProblem;

  constructor(problem: SpecimenProblem, detail: string) {
    super(`${problem}: ${detail}`);
    this.name = 'SpecimenRefusal';
    this.problem = problem;
  }
}

/** One tile that is the whole file, or all of one level. */
export const encodedTiles = { form: 'encoded', isUnmarkedRgb: false, samples: 'by-pixel' } as const;
