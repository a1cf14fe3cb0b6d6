import type { SlideMap } from '#shared/contract/microscope.ts';
import type { Talk } from '#shared/link/talk.ts';
import type { Log } from '#backend/log.ts';
import type { Arrivals } from './arrivals.ts';
import type { PictureFiles } from './still-files.ts';

type MapTalk = Extract<Talk, { kind: 'map' }>;

export interface MapsOptions {
  readonly files: PictureFiles;
  readonly log: Log;
  readonly say: (talk: Talk) => void;
  readonly sendFile: (path: string) => Promise<string | undefined>;
  readonly onArrived: (map: SlideMap) => void;
  readonly arrivals: Arrivals;
}

/** The overview of the slide on the stage: never more than one, and never of another slide. */
export class Maps {
  readonly #options: MapsOptions;
  /** Drawn here or by the peer; shown only while its slide is on the stage. */
  #map: SlideMap | undefined;
  #slideId: string | null = null;

  constructor(options: MapsOptions) {
    this.#options = options;
  }

  /** The slide that telemetry tells of; whatever was drawn of another one is gone. */
  slideIs(slideId: string | null): void {
    if (slideId === this.#slideId) return;
    if (this.#slideId !== null) this.#options.files.removeMap(this.#slideId);
    this.#slideId = slideId;
    const map = this.current();
    if (map) this.#options.onArrived(map);
    else if (slideId !== null) this.#map = undefined;
  }

  /** The overview of the slide that is on the stage now. */
  current(): SlideMap | null {
    return this.#map && this.#map.slideId === this.#slideId ? this.#map : null;
  }

  async offer(map: SlideMap): Promise<void> {
    if (map.slideId !== this.#slideId) return;
    this.#map = map;
    this.#options.onArrived(map);
    await this.offerAgain();
  }

  /** To a peer that has just come. */
  async offerAgain(): Promise<void> {
    const map = this.current();
    if (!map) return;
    const { files, sendFile, say } = this.#options;
    const transferId = await sendFile(files.mapPath(map.slideId));
    if (transferId !== undefined) say({ kind: 'map', transferId, ...map });
  }

  heard({ kind: _kind, transferId, ...map }: MapTalk): void {
    this.#options.arrivals.announced(transferId, (path) => this.#adopt(map, path));
  }

  async #adopt(map: SlideMap, path: string): Promise<void> {
    const { files, log } = this.#options;
    try {
      await files.adopt(path, files.mapPath(map.slideId));
    } catch (error) {
      log.warn({ err: error, slideId: map.slideId }, 'a map that arrived was not stored');
      return;
    }
    // Of a slide that has left the stage meanwhile, or that telemetry has not told of yet.
    this.#map = map;
    if (map.slideId === this.#slideId) this.#options.onArrived(map);
  }
}
