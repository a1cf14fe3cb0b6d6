import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from '#shared/domain/refusal.ts';
import type { SpecimenChoice } from '#shared/contract/specimen.ts';
import { fileSource, openRegularFile } from '../file-bytes.ts';
import { indexPlainImage } from './plain-image.ts';
import { indexSlideLevel } from './slide-level.ts';
import type { SlideLevel } from './slide-level.ts';
import { SpecimenRefusal } from './specimen-index.ts';
import type { IndexedLevel } from './specimen-index.ts';

/** A slide is a dozen files; in a folder of a whole archive nobody finds it this way. */
const MAXIMUM_FILES = 2000;
/** What the first look at the whole slide has to decode; every scanner writes coarser levels than that. */
const MAXIMUM_TILES_OF_COARSEST_LEVEL = 4096;
/** Coarser than this a level need not be: it is the whole slide in one look at the lowest power. */
const OVERVIEW_MICROMETRES_PER_PIXEL = 8;

/**
 * Finds the levels of a slide, finest first: of the chosen file's series in its folder, or of the folder's largest.
 *
 * @throws SpecimenRefusal
 */
export function indexSpecimen({ path: chosen, micrometresPerPixel }: SpecimenChoice): IndexedLevel[] {
  const info = statSync(chosen, { throwIfNoEntry: false });
  if (!info) throw new SpecimenRefusal('not-found', 'no such file or folder');
  if (info.isDirectory()) return finestFirst(largestSeries(levelsIn(chosen)));
  const image = withSource(chosen, (source) => indexPlainImage(chosen, source, micrometresPerPixel));
  if (image) return [image];
  const own = withSource(chosen, (source) => indexSlideLevel(chosen, source));
  if (!own) throw new SpecimenRefusal('unknown-kind', 'no whole slide image');
  const others = levelsIn(path.dirname(chosen)).filter(({ seriesUid }) => seriesUid === own.seriesUid);
  return finestFirst(others.map(({ level }) => level));
}

/** Files that are no levels of slides lie there too; what is wrong with a level is said. */
function levelsIn(folder: string): SlideLevel[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  if (files.length > MAXIMUM_FILES) throw new SpecimenRefusal('too-large', `${files.length} files`);
  return files.flatMap(({ name }) => {
    const file = path.join(folder, name);
    try {
      const level = withSource(file, (source) => indexSlideLevel(file, source));
      return level ? [level] : [];
    } catch (error) {
      if (error instanceof SpecimenRefusal && error.problem === 'unknown-kind') return [];
      throw error;
    }
  });
}

function largestSeries(levels: readonly SlideLevel[]): IndexedLevel[] {
  const largest = levels.toSorted((a, b) => b.level.offsets.length - a.level.offsets.length)[0];
  if (!largest) throw new SpecimenRefusal('unknown-kind', 'no whole slide image in the folder');
  return levels.filter(({ seriesUid }) => seriesUid === largest.seriesUid).map(({ level }) => level);
}

function finestFirst(levels: readonly IndexedLevel[]): IndexedLevel[] {
  const sorted = levels.toSorted((a, b) => a.micrometresPerPixel - b.micrometresPerPixel);
  const coarsest = sorted.at(-1);
  const isOverview = coarsest && coarsest.micrometresPerPixel >= OVERVIEW_MICROMETRES_PER_PIXEL;
  if (coarsest && !isOverview && coarsest.offsets.length > MAXIMUM_TILES_OF_COARSEST_LEVEL) {
    throw new SpecimenRefusal('without-overview', `${coarsest.offsets.length} tiles in the coarsest level`);
  }
  return sorted;
}

function withSource<Value>(file: string, read: (source: ReturnType<typeof fileSource>) => Value): Value {
  let opened: ReturnType<typeof openRegularFile> | undefined;
  try {
    opened = openRegularFile(file);
    return read(fileSource(opened));
  } catch (error) {
    if (error instanceof Refusal) {
      const isOfOtherKind = error.code === 'not-dicom' || error.code === 'empty-file';
      throw new SpecimenRefusal(isOfOtherKind ? 'unknown-kind' : 'damaged', error.message);
    }
    if (error instanceof SpecimenRefusal) throw error;
    throw new SpecimenRefusal('not-readable', (error as Error).message);
  } finally {
    opened?.close();
  }
}
