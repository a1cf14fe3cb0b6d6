import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { byteLengthOf } from '#shared/dicom/write-data-set.ts';
import { brainMrFiles } from './brain-mr-files.ts';
import { chestRadiographFiles } from './chest-radiograph-files.ts';
import { headCtFiles } from './head-ct-files.ts';
import type { PhantomFile, PhantomPatient, PhantomStudy } from './modules.ts';
import { phantomTexts } from './phantom-texts.ts';
import type { PhantomLanguage, PhantomTexts } from './phantom-texts.ts';
import { createPhantomUids } from './phantom-uid.ts';

export interface SampleOptions {
  /** The same seed gives the same files, bit for bit. */
  readonly seed: number;
  readonly language: PhantomLanguage;
  /** Rows and columns of CT images; MR has half of it. Default 512. */
  readonly size?: number | undefined;
  /** Default 150, 1 mm each. */
  readonly thinSlices?: number | undefined;
}

const hanako: PhantomPatient = {
  name: 'PHANTOM^HANAKO=模擬^花子=ファントム^ハナコ',
  id: 'PH-0001',
  birthDate: '19580407',
  sex: 'F',
};

const tarou: PhantomPatient = {
  name: 'PHANTOM^TAROU=模擬^太郎=ファントム^タロウ',
  id: 'PH-0002',
  birthDate: '19491103',
  sex: 'M',
};

interface Examination {
  readonly key: string;
  readonly date: string;
  readonly time: string;
  readonly patientAge: string;
  readonly description: string;
}

/**
 * The sample study of the first run, one file after the other: a head CT with a bleeding in the left basal
 * ganglia and an earlier one in which it was smaller, a brain MR with a fresh infarct, a chest radiograph.
 */
export function* sampleFiles(options: SampleOptions): Generator<PhantomFile> {
  const { seed, language, size = 512, thinSlices = 150 } = options;
  const texts = phantomTexts[language];
  const uids = createPhantomUids(seed);
  const study = ({ key, ...examination }: Examination): PhantomStudy => ({
    ...examination,
    id: key,
    uid: uids(key, 'study'),
    accessionNumber: `${key}-${seed}`,
  });
  const [priorCt, currentCt, mr, chest] = examinations(texts);
  const head = { patient: hanako, uids, texts };
  yield* headCtFiles({
    ...head,
    study: study(currentCt),
    images: { seed, size, thinSlices, lesion: { kind: 'haematoma', size: 1 } },
  });
  yield* headCtFiles({
    ...head,
    study: study(priorCt),
    // Its thin slices are not kept, so fewer will do.
    images: {
      seed,
      size,
      thinSlices: Math.floor(thinSlices / 2.5),
      thinMm: 2.5,
      slicesInThick: 2,
      lesion: { kind: 'haematoma', size: 0.72 },
    },
    wants: ({ isThick }) => isThick,
  });
  yield* brainMrFiles({
    patient: tarou,
    uids,
    texts,
    study: study(mr),
    images: { seed: seed + 1, size: size / 2, lesion: { kind: 'infarct', size: 0.75 } },
  });
  yield* chestRadiographFiles({
    patient: tarou,
    uids,
    study: study(chest),
    image: { seed: seed + 2, columns: size * 2 },
  });
}

function examinations(texts: PhantomTexts) {
  return [
    { key: 'PH-CT-1', date: '20261117', time: '084512', patientAge: '068Y', description: texts.headCt },
    { key: 'PH-CT-2', date: '20261120', time: '093004', patientAge: '068Y', description: texts.headCt },
    { key: 'PH-MR-1', date: '20261119', time: '141530', patientAge: '077Y', description: texts.brainMr },
    {
      key: 'PH-CR-1',
      date: '20261119',
      time: '111205',
      patientAge: '077Y',
      description: texts.chestRadiograph,
    },
  ] as const satisfies readonly Examination[];
}

/**
 * Writes the sample study into a folder, which is made if it is not there.
 *
 * @param report told the bytes written so far
 * @returns how many files were written
 */
export async function generateSampleStudy(
  directory: string,
  options: SampleOptions,
  report: (bytesDone: number) => void = () => {},
): Promise<number> {
  mkdirSync(directory, { recursive: true });
  let files = 0;
  let bytesDone = 0;
  for (const { name, pieces } of sampleFiles(options)) {
    const file = openSync(path.join(directory, name), 'w', 0o600);
    try {
      for (const piece of pieces) writeSync(file, piece);
    } finally {
      closeSync(file);
    }
    files++;
    bytesDone += byteLengthOf(pieces);
    report(bytesDone);
    // Lets the report leave.
    await new Promise(setImmediate);
  }
  return files;
}
