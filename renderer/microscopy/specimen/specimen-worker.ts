// Reads the slide tile by tile from the backend and draws what is asked for, so that the page that shows it never waits.
import { Specimen } from '#shared/contract/specimen.ts';
import type { TileAnswer, TileRequest } from '../slide-worker.ts';
import { SpecimenPicture } from './specimen-picture.ts';
import { SourceTiles } from './source-tiles.ts';

const scope = self as unknown as {
  readonly name: string;
  addEventListener(type: 'message', listener: (event: MessageEvent<TileRequest>) => void): void;
  postMessage(answer: TileAnswer, transfer: Transferable[]): void;
};

const specimen = Specimen.parse(JSON.parse(scope.name));
const picture = new SpecimenPicture(specimen, new SourceTiles(specimen));

scope.addEventListener('message', ({ data: { id, area } }) => {
  void picture.draw(area).then((image) => scope.postMessage({ id, image }, [image]));
});
