// Draws the slide tile by tile, so that the page that shows it never waits.
import { createTissue } from './tissue/tissue.ts';
import type { TileAnswer, TileRequest } from './slide-worker.ts';

/** The same slide on every machine and every day. */
const SEED = 1;

const tissue = createTissue(SEED);
const scope = self as unknown as {
  addEventListener(type: 'message', listener: (event: MessageEvent<TileRequest>) => void): void;
  postMessage(answer: TileAnswer, transfer: Transferable[]): void;
};

scope.addEventListener('message', ({ data: { id, area } }) => {
  const pixels = new ImageData(tissue.draw(area), area.widthPixels, area.heightPixels);
  void createImageBitmap(pixels).then((image) => scope.postMessage({ id, image }, [image]));
});
