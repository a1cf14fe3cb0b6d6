import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { describeImages } from '#shared/dicom/image-description.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import { splitSeries } from '#shared/dicom/series/split-series.ts';
import type { ImageGroup } from '#shared/dicom/series/split-series.ts';
import type { SeriesUid, StudyKey, StudyUid } from '#shared/domain/identifiers.ts';
import { forgetDerived } from '../derived/derived-stacks.ts';
import { loadable, registerStack, unregisterStack } from '../image-stack.ts';
import type { ImageStack, LoadableStack, StackImage } from '../image-stack.ts';
import { frameLoader } from '../loading/shared-loader.ts';
import { ProgressKeeper } from '../loading/stack-progress.ts';
import { loadFrame } from './frame-source.ts';

/** One series as the doctor opens it. */
export interface SeriesModel {
  readonly studyKey: StudyKey;
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly modality: string;
  readonly description: string;
  readonly seriesNumber: number | undefined;
  /** In the order of the equipment's numbers; empty if the series holds no images. */
  readonly stacks: readonly ImageStack[];
  /** Instances without pixels: reports, presentation states ... */
  readonly withoutImages: number;
}

/** By study, the least recently opened first. */
const opened = new Map<StudyKey, Map<SeriesUid, Promise<SeriesModel>>>();
/** The one that is read, the one it is compared with, and one to come back to. */
const STUDIES_KEPT = 3;

/** Whose series it is, should another patient have one with the same UIDs. */
export interface SeriesOwner {
  readonly id: string;
  readonly issuer: string;
}

/**
 * One call for the metadata of the whole series; pixels come when they are shown. Headers and pixels of
 * studies that were left long ago are let go of; showing one of their stacks again brings them back.
 */
export function openSeries(
  studyUid: StudyUid,
  seriesUid: SeriesUid,
  studyKey: StudyKey,
  owner?: SeriesOwner,
): Promise<SeriesModel> {
  const ofStudy = opened.get(studyKey) ?? new Map<SeriesUid, Promise<SeriesModel>>();
  opened.delete(studyKey);
  opened.set(studyKey, ofStudy);
  const known = ofStudy.get(seriesUid);
  if (known) return known;
  const opening = readSeries(studyUid, seriesUid, studyKey, owner);
  ofStudy.set(seriesUid, opening);
  opening.catch(() => ofStudy.delete(seriesUid));
  void releaseOldest();
  return opening;
}

async function releaseOldest(): Promise<void> {
  for (const [studyKey, series] of [...opened].slice(0, -STUDIES_KEPT)) {
    const settled = await Promise.allSettled(series.values());
    const models = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const stacks = models.flatMap(({ stacks: own }) => own.map(loadable));
    const isInUse = [...opened.keys()].slice(-STUDIES_KEPT).includes(studyKey);
    if (isInUse || stacks.some((stack) => frameLoader().isOnScreen(stack))) continue;
    opened.delete(studyKey);
    for (const stack of stacks) {
      forgetDerived(stack);
      frameLoader().drop(stack.images.map(({ imageId }) => imageId));
      unregisterStack(stack);
    }
  }
}

async function readSeries(
  studyUid: StudyUid,
  seriesUid: SeriesUid,
  studyKey: StudyKey,
  owner: SeriesOwner | undefined,
): Promise<SeriesModel> {
  const seriesUrl = `/dicomweb/studies/${studyUid}/series/${seriesUid}`;
  const ask = (query: string) =>
    fetch(`${seriesUrl}/metadata${query}`, { headers: { Accept: 'application/dicom+json' } });
  let response = await ask('');
  // Two patients have images under this UID: only then is the patient's number part of an address.
  if (response.status === 409 && owner) {
    const whose = new URLSearchParams({ PatientID: owner.id, IssuerOfPatientID: owner.issuer });
    response = await ask(`?${whose.toString()}`);
  }
  if (!response.ok) throw new Error(`metadata: ${response.status}`);
  const instances = (await response.json()) as DicomJson[];
  const metadataOf = new Map<ImageDescription, DicomJson>();
  for (const metadata of instances) {
    for (const image of describeImages(metadata)) metadataOf.set(image, metadata);
  }
  const images = [...metadataOf.keys()];
  const stacks = splitSeries(images).map((group) =>
    acquiredStack({ group, studyKey, studyUid, seriesUid, seriesUrl, metadataOf }),
  );
  for (const stack of stacks) registerStack(stack);
  const [first] = images;
  return {
    studyKey,
    studyUid,
    seriesUid,
    modality: first?.modality ?? '',
    description: first?.seriesDescription ?? '',
    seriesNumber: first?.seriesNumber,
    stacks,
    withoutImages: instances.length - new Set(metadataOf.values()).size,
  };
}

interface AcquiredParts {
  readonly group: ImageGroup;
  readonly studyKey: StudyKey;
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly seriesUrl: string;
  readonly metadataOf: ReadonlyMap<ImageDescription, DicomJson>;
}

function acquiredStack(parts: AcquiredParts): LoadableStack {
  const { group, studyKey, studyUid, seriesUid, seriesUrl, metadataOf } = parts;
  const images = group.images.map((description): StackImage => ({
    imageId: `frame:${description.sopUid}/${description.frameNumber}`,
    description,
    metadata: metadataOf.get(description) ?? {},
  }));
  const keeper = new ProgressKeeper(images.length);
  const stack: LoadableStack = {
    id: `${seriesUid}/${group.key}`,
    kind: 'acquired',
    get source(): LoadableStack {
      return stack;
    },
    studyKey,
    studyUid,
    seriesUid,
    modality: images[0]?.description.modality ?? '',
    distinctions: group.distinctions,
    images,
    geometry: group.geometry,
    keeper,
    progress: keeper.observable,
    lane: 'network',
    produce: (index, signal, isUrgent) => {
      const image = images[index];
      if (!image) return Promise.reject(new Error(`no image ${index}`));
      const { sopUid, frameNumber } = image.description;
      const url = `${seriesUrl}/instances/${sopUid}/frames/${frameNumber}`;
      return loadFrame({ url, metadata: image.metadata, image: image.description, signal, isUrgent });
    },
  };
  return stack;
}
