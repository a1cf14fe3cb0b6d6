import { UNPINNED_STILLS } from '#shared/contract/microscope.ts';
import type { Still } from '#shared/contract/microscope.ts';
import type { PartOfFrame, PixelRegion, StillFacts, Talk } from '#shared/link/talk.ts';
import type { Objective } from '#shared/motion/objective.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Clock } from '#backend/clock.ts';
import type { Log } from '#backend/log.ts';
import type { Pages } from '#backend/pages.ts';
import type { Arrivals } from './arrivals.ts';
import type { MicroscopeRecords } from './records.ts';
import type { PictureFiles } from './still-files.ts';

type StillForm = Still['forms'][number]['form'];

export interface StillsOptions {
  readonly records: MicroscopeRecords;
  readonly files: PictureFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly pages: Pages;
  readonly objectiveOf: (objectiveId: number) => Objective | undefined;
  /** Telemetry of the own microscope, newest last. */
  readonly recentTelemetry: () => readonly Telemetry[];
  readonly say: (talk: Talk) => void;
  /** Offers a file to the peer; undefined without one. */
  readonly sendFile: (path: string) => Promise<string | undefined>;
  readonly onChange: (still: Still) => void;
  readonly arrivals: Arrivals;
}

export interface StillRequest {
  readonly stillId: string;
  readonly isKept: boolean;
  readonly lossyWidth: number;
  readonly visible: PartOfFrame | null;
}

/** Takes stills at the bench, receives them at the console, and proves that they are what was sent. */
export class Stills {
  readonly #options: StillsOptions;

  constructor(options: StillsOptions) {
    this.#options = options;
  }

  /** At the bench: a frame of the whole sensor, exposed while the stage stands still. */
  async take(
    { stillId, isKept, lossyWidth, visible }: StillRequest,
    requestedBy: StillFacts['requestedBy'],
  ): Promise<void> {
    const { pages, records, clock, say } = this.#options;
    const camera = pages.cameraHost();
    if (!camera) throw new RpcError('unavailable', 'no-camera');
    if (records.still(stillId)) throw new RpcError('conflict', 'this still exists');
    const before = this.#options.recentTelemetry().at(-1);
    const objective = before?.objectiveId == null ? undefined : this.#options.objectiveOf(before.objectiveId);
    if (!before?.slide || !objective) throw new RpcError('unavailable', 'no-slide');
    const { widthPixels, heightPixels } = camera.camera;
    const region = visible && regionOf(visible, widthPixels, heightPixels);
    const facts: StillFacts = {
      stillId,
      slideId: before.slide.slideId,
      label: before.slide.label,
      takenAtUtc: new Date(clock.nowMs()).toISOString(),
      deviceTimeMs: before.deviceTimeMs,
      positionUm: before.positionUm,
      objectiveId: objective.id,
      parcentricOffsetUm: objective.parcentricOffsetUm,
      magnification: objective.magnification,
      numericalAperture: objective.numericalAperture,
      micrometresPerPixel: objective.micrometresPerPixel,
      widthPixels,
      heightPixels,
      region,
      focusScore: null,
      sha256: null,
      sizeBytes: null,
      requestedBy,
      isKept,
    };
    this.#store({ facts, forms: [], archivedSopUid: null });
    say({ kind: 'still', facts });
    try {
      const { focusScore, sha256, sizeBytes, deviceTimeMs, ...size } = await camera.host.takeStill({
        stillId,
        lossyWidth,
        region,
      });
      const at = this.#standingAt(deviceTimeMs, before);
      const complete = { ...facts, ...size, deviceTimeMs, positionUm: at, focusScore, sha256, sizeBytes };
      const still = records.still(stillId);
      if (!still) return;
      this.#store({
        ...still,
        facts: complete,
        forms: still.forms.map((form) => ({ ...form, isVerified: true })),
      });
      say({ kind: 'still', facts: complete });
    } catch (error) {
      this.#drop(stillId);
      throw error;
    }
  }

  /** A form of an own still was uploaded by the page with the camera. */
  async uploaded(stillId: string, form: StillForm, qualityPercent: number | null): Promise<void> {
    const { records, files, sendFile, say } = this.#options;
    const still = records.still(stillId);
    if (!still) return;
    const file = files.stillPath(stillId, form);
    this.#addForm(stillId, { form, qualityPercent, isVerified: true });
    const [transferId, sha256] = await Promise.all([sendFile(file), files.sha256(file)]);
    if (transferId !== undefined) {
      say({ kind: 'still-form', stillId, form, transferId, sha256, qualityPercent });
    }
  }

  /** The peer tells of a still of its microscope. */
  heard(talk: Extract<Talk, { kind: 'still' | 'still-form' | 'still-refused' }>): void {
    const { records } = this.#options;
    if (talk.kind === 'still') {
      const known = records.still(talk.facts.stillId);
      this.#store({
        forms: [],
        archivedSopUid: null,
        ...known,
        // Pinned here is pinned, whatever the other side has made of it.
        facts: { ...talk.facts, isKept: talk.facts.isKept || known?.facts.isKept === true },
      });
    } else if (talk.kind === 'still-form') {
      this.#options.arrivals.announced(talk.transferId, (path) => this.#adopt(talk, path));
    } else this.#drop(talk.stillId);
  }

  async #adopt(
    { stillId, form, sha256, qualityPercent }: Extract<Talk, { kind: 'still-form' }>,
    path: string,
  ): Promise<void> {
    const { files, log } = this.#options;
    const target = files.stillPath(stillId, form);
    try {
      await files.adopt(path, target);
      this.#addForm(stillId, { form, qualityPercent, isVerified: (await files.sha256(target)) === sha256 });
    } catch (error) {
      // Given up meanwhile, here or at the bench; or the disk is full. The still keeps the forms it has.
      log.warn({ err: error, stillId, form }, 'a picture that arrived was not stored');
    }
  }

  keep(stillId: string): boolean {
    const still = this.#options.records.still(stillId);
    if (!still) return false;
    this.#store({ ...still, facts: { ...still.facts, isKept: true } });
    return true;
  }

  archived(stillId: string, sopUid: string): void {
    const still = this.#options.records.still(stillId);
    if (still) this.#store({ ...still, archivedSopUid: sopUid });
  }

  /** Where the stage stood during the exposure. @throws if it moved: the picture would lie about its place */
  #standingAt(deviceTimeMs: number, before: Telemetry): Telemetry['positionUm'] {
    const recent = this.#options.recentTelemetry();
    const since = recent.filter((telemetry) => telemetry.deviceTimeMs >= before.deviceTimeMs);
    const during = since.filter((telemetry) => telemetry.deviceTimeMs <= deviceTimeMs + 100);
    const hasMoved = during.some(
      ({ axes, slide, objectiveId }) =>
        Object.values(axes).includes('moving') ||
        slide?.slideId !== before.slide?.slideId ||
        objectiveId !== before.objectiveId,
    );
    if (hasMoved) throw new RpcError('conflict', 'moved');
    return (during.at(-1) ?? before).positionUm;
  }

  #addForm(stillId: string, added: Still['forms'][number]): void {
    const still = this.#options.records.still(stillId);
    if (!still) return;
    this.#store({ ...still, forms: [...still.forms.filter(({ form }) => form !== added.form), added] });
  }

  #store(still: Still): void {
    const { records, onChange } = this.#options;
    records.saveStill(still);
    onChange(still);
    for (const forgotten of records.forgetStills(UNPINNED_STILLS)) this.#options.files.removeStill(forgotten);
  }

  #drop(stillId: string): void {
    const { records, files } = this.#options;
    records.dropStill(stillId);
    files.removeStill(stillId);
  }
}

/** Whole pixels that hold the part; null where that is the whole frame. */
export function regionOf(part: PartOfFrame, widthPixels: number, heightPixels: number): PixelRegion | null {
  const left = Math.min(widthPixels - 1, Math.floor(part.left * widthPixels));
  const top = Math.min(heightPixels - 1, Math.floor(part.top * heightPixels));
  const width = Math.min(widthPixels, Math.ceil((part.left + part.width) * widthPixels)) - left;
  const height = Math.min(heightPixels, Math.ceil((part.top + part.height) * heightPixels)) - top;
  return width === widthPixels && height === heightPixels ? null : { left, top, width, height };
}
