import { storageProblem } from '#backend/database/storage-problem.ts';
import type { ImportDependencies } from './import-job.ts';
import { notStoredProblem } from './ingest-pool.ts';

/** What became of one received file; see the byte interface. */
export type WebStoreOutcome =
  | {
      readonly kind: 'stored' | 'duplicate' | 'conflict' | 'other-study';
      readonly studyUid: string;
      readonly seriesUid: string;
      readonly sopClassUid: string;
      readonly sopUid: string;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  | { readonly kind: 'out-of-resources' };

/** Takes single files in the way of any import: read by an ingest process, then committed. */
export function createWebStore(dependencies: () => ImportDependencies) {
  /** Resolves when the instance would survive pulling the plug, or is refused. */
  return async (path: string, expectedStudyUid?: string): Promise<WebStoreOutcome> => {
    const { pool, objects, commits } = dependencies();
    const stagingPath = objects.newStagingPath();
    try {
      const reply = await pool.ingest({ sourcePath: path, stagingPath });
      if (!reply.ok && reply.code === 'not-stored') throw notStoredProblem(reply);
      if (!reply.ok) return { kind: 'refused', code: reply.code, detail: reply.detail };
      const { studyUid, seriesUid, sopClassUid, sopUid } = reply.file.summary;
      const identity = { studyUid, seriesUid, sopClassUid, sopUid };
      if (expectedStudyUid !== undefined && studyUid !== expectedStudyUid) {
        objects.discard(stagingPath);
        return { kind: 'other-study', ...identity };
      }
      const { outcome } = await commits.commit(reply.file, stagingPath);
      return { kind: outcome === 'imported' ? 'stored' : outcome, ...identity };
    } catch (error) {
      objects.discard(stagingPath);
      if (storageProblem(error)?.code === 'disk-full') return { kind: 'out-of-resources' };
      throw error;
    }
  };
}
