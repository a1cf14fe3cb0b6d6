// A thread of the backend: finds where the tiles of a slide lie, while the microscope goes on being steered.
import { parentPort, workerData } from 'node:worker_threads';
import type { SpecimenChoice } from '#shared/contract/specimen.ts';
import { indexSpecimen } from './specimen/index-specimen.ts';
import { SpecimenRefusal } from './specimen/specimen-index.ts';
import type { SpecimenAnswer } from './specimen/read-specimen.ts';

const answer = (message: SpecimenAnswer) => parentPort?.postMessage(message);

try {
  answer({ levels: indexSpecimen(workerData as SpecimenChoice) });
} catch (error) {
  if (!(error instanceof SpecimenRefusal)) throw error;
  answer({ problem: error.problem, detail: error.message });
}
