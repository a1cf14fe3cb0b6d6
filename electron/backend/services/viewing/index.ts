import { isDeepStrictEqual } from 'node:util';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { Annotation, AnnotationContent, ImageTarget, viewing } from '#shared/contract/viewing.ts';
import type { SopUid, StudyKey } from '#shared/domain/identifiers.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { createViewingQueries } from './queries.ts';
import type { StudyIdentity } from './queries.ts';

export interface ViewingOptions {
  readonly database: ArchiveDatabase;
  readonly announcer: Announcer<BackendContracts>;
  readonly clock: Clock;
  /** The archive's functions, passed in by `compose.ts`. */
  readonly identifyStudy: (studyKey: StudyKey) => StudyIdentity | undefined;
  readonly studyOfInstance: (sopUid: SopUid) => StudyKey | undefined;
}

/** Keeps what radiologists leave on a study. Nothing is overwritten or removed but viewer states and preferences. */
export function createViewing(options: ViewingOptions): { service: Service<typeof viewing, Principal> } {
  const { database, announcer, clock } = options;
  const queries = createViewingQueries(database);

  const identify = (studyKey: StudyKey): StudyIdentity => {
    const identity = options.identifyStudy(studyKey);
    if (!identity) throw new RpcError('not-found', 'no such study');
    return identity;
  };
  const find = (studyKey: StudyKey) => queries.findStudy(identify(studyKey));
  /** An annotation on another patient's image would be believed; a page that asks for it is wrong. */
  const requireInStudy = (studyKey: StudyKey, target: ImageTarget) => {
    if (options.studyOfInstance(target.sopUid) !== studyKey) {
      throw new RpcError('invalid-input', 'the image does not belong to the study');
    }
  };
  const change = <Result>(studyKey: StudyKey, work: (study: number) => Result): Result => {
    const identity = identify(studyKey);
    return database.transaction(() => work(queries.findOrAddStudy(identity))).immediate();
  };

  const service: Service<typeof viewing, Principal> = {
    listAnnotations: ({ studyKey, includeDeleted }) => {
      const study = find(studyKey);
      const all = study === undefined ? [] : queries.listAnnotations(study);
      return { annotations: all.filter((annotation) => includeDeleted || !annotation.isDeleted) };
    },

    saveAnnotation: ({ studyKey, annotation: content, version, isDeleted }, { caller }) => {
      requireInStudy(studyKey, content.target);
      const { annotation, isNew } = change(studyKey, (study) => {
        const last = queries.findAnnotation(study, content.annotationUid);
        if (last && isSame(last, content, version, isDeleted)) return { annotation: last, isNew: false };
        if (version !== (last?.version ?? 0) + 1) {
          throw new RpcError('conflict', `version ${last?.version ?? 0} is stored, not ${version - 1}`);
        }
        queries.addVersion(study, content, { version, isDeleted }, caller, clock.nowMs());
        const stored = queries.findAnnotation(study, content.annotationUid);
        if (!stored) throw new Error('the version just added is not there');
        return { annotation: stored, isNew: true };
      });
      if (isNew) announcer.announce('viewing', 'annotationsChanged', { studyKey, annotations: [annotation] });
      return { annotation };
    },

    annotationHistory: ({ studyKey, annotationUid }) => {
      const study = find(studyKey);
      return { versions: study === undefined ? [] : queries.listVersions(study, annotationUid) };
    },

    listKeyImages: ({ studyKey }) => {
      const study = find(studyKey);
      return { keyImages: study === undefined ? [] : queries.listKeyImages(study) };
    },

    addKeyImage: ({ studyKey, keyImage }, { caller }) => {
      requireInStudy(studyKey, keyImage.target);
      const isNew = change(studyKey, (study) => queries.addKeyImage(study, keyImage, caller, clock.nowMs()));
      if (isNew) announcer.announce('viewing', 'keyImagesChanged', { studyKey });
      return null;
    },

    removeKeyImage: ({ studyKey, keyImageUid }, { caller }) => {
      const wasThere = change(studyKey, (study) =>
        queries.removeKeyImage(study, keyImageUid, caller, clock.nowMs()),
      );
      if (wasThere) announcer.announce('viewing', 'keyImagesChanged', { studyKey });
      return null;
    },

    markViewed: ({ studyKey, seriesUid, frames }, { caller: { person } }) => {
      const added = change(studyKey, (study) =>
        queries.addViewedFrames(study, person, seriesUid, frames, clock.nowMs()),
      );
      if (added.length > 0) {
        announcer.announce('viewing', 'framesViewed', { studyKey, person, seriesUid, frames: added });
      }
      return null;
    },

    listViewed: ({ studyKey }, { caller }) => {
      const study = find(studyKey);
      return { series: study === undefined ? [] : queries.listViewed(study, caller.person) };
    },

    findViewerState: ({ studyKey }, { caller }) => {
      const study = find(studyKey);
      const state = study === undefined ? undefined : queries.findViewerState(study, caller.person);
      return { state: state ?? null };
    },

    saveViewerState: ({ studyKey, state }, { caller }) => {
      change(studyKey, (study) => queries.putViewerState(study, caller.person, state, clock.nowMs()));
      return null;
    },

    getPreferences: (_, { caller }) => queries.findPreferences(caller.person),

    savePreferences: (preferences, { caller: { person } }) => {
      queries.putPreferences(person, preferences, clock.nowMs());
      announcer.announce('viewing', 'preferencesChanged', { person });
      return null;
    },
  };
  return { service };
}

/** True for a call that was already carried out, for instance one repeated after the connection broke. */
function isSame(last: Annotation, content: AnnotationContent, version: number, isDeleted: boolean): boolean {
  if (last.version !== version || last.isDeleted !== isDeleted) return false;
  return Object.entries(content).every(([key, value]) =>
    isDeepStrictEqual(last[key as keyof AnnotationContent], value),
  );
}
