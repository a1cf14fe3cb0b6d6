import type { Specimen } from '#shared/contract/specimen.ts';
import type { TileArea } from './tissue/stain.ts';

export interface TileRequest {
  readonly id: number;
  readonly area: TileArea;
}

export interface TileAnswer {
  readonly id: number;
  readonly image: ImageBitmap;
}

/** Draws areas of one slide, so that the page that shows it never waits. */
export interface SlideWorker {
  postMessage(request: TileRequest, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<TileAnswer>) => void): void;
  terminate(): void;
}

/** Of a slide from files, or of the tissue that the project draws itself. */
export function slideWorker(specimen: Specimen | null): SlideWorker {
  if (!specimen) return new Worker(new URL('./tissue-worker.ts', import.meta.url), { type: 'module' });
  return new Worker(new URL('./specimen/specimen-worker.ts', import.meta.url), {
    type: 'module',
    name: JSON.stringify(specimen),
  });
}
