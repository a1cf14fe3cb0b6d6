import type { ImportProgress, ImportState, ImportTotals } from '#shared/contract/import.ts';
import type { ProblemCode } from '#shared/domain/problem.ts';
import type { Upload } from './upload-store.ts';

/** One import as it is shown, whoever sends its bytes. */
export interface ImportView {
  readonly id: string;
  /** Undefined while it waits in this page. */
  readonly jobId: string | undefined;
  /** The one this page sends, if it does. */
  readonly uploadId: string | undefined;
  readonly label: string;
  readonly state: 'waiting' | ImportState['state'];
  readonly isFinding: boolean;
  readonly filesDone: number;
  readonly filesFound: number;
  readonly bytesDone: number;
  readonly bytesFound: number;
  readonly rejectedCount: number;
  /** Null until it can be told. */
  readonly secondsRemaining: number | null;
  readonly startedAtMs: number | undefined;
  readonly totals: ImportTotals | null;
  readonly problem: ProblemCode | null;
  /** Files this computer could not even read, so that the backend never saw them. */
  readonly unreadable: readonly string[];
}

/** Newest first, as the backend lists them; those that wait in this page stand before all. */
export function importViews(
  imports: readonly ImportState[],
  progressOf: ReadonlyMap<string, ImportProgress>,
  uploads: readonly Upload[],
): readonly ImportView[] {
  const sending = new Map(uploads.map((upload) => [upload.jobId, upload]));
  const waiting = uploads
    .filter(({ state, jobId }) => state === 'waiting' && jobId === undefined)
    .map((upload) => waitingView(upload));
  const known = imports.map((state) => {
    const upload = sending.get(state.jobId);
    const progress =
      state.state === 'running' ? (progressOf.get(state.jobId) ?? state.progress) : state.progress;
    return knownView({ ...state, progress }, upload);
  });
  return [...waiting.toReversed(), ...known];
}

function waitingView(upload: Upload): ImportView {
  return {
    id: upload.id,
    jobId: undefined,
    uploadId: upload.id,
    label: upload.label,
    state: 'waiting',
    isFinding: true,
    filesDone: 0,
    filesFound: 0,
    bytesDone: 0,
    bytesFound: 0,
    rejectedCount: 0,
    secondsRemaining: null,
    startedAtMs: undefined,
    totals: null,
    problem: null,
    unreadable: [],
  };
}

function knownView(state: ImportState, upload: Upload | undefined): ImportView {
  const { progress } = state;
  const isSending = upload !== undefined && state.state === 'running';
  const isFinding = isSending ? upload.isFinding : progress.phase === 'finding' && state.state === 'running';
  const bytesDone = isSending ? Math.max(upload.bytesSent, progress.bytesDone) : progress.bytesDone;
  const bytesFound = isSending ? upload.bytesFound : progress.bytesFound;
  return {
    id: state.jobId,
    jobId: state.jobId,
    uploadId: upload?.id,
    label: state.label,
    state: state.state,
    isFinding,
    filesDone: isSending ? Math.max(upload.filesSent, progress.filesDone) : progress.filesDone,
    // An archive is one file to send and many to import.
    filesFound: isSending ? Math.max(upload.filesFound, progress.filesFound) : progress.filesFound,
    bytesDone,
    bytesFound: Math.max(bytesFound, bytesDone),
    rejectedCount: progress.rejectedCount,
    secondsRemaining: isSending ? null : progress.secondsRemaining,
    startedAtMs: state.startedAtMs,
    totals: state.totals,
    problem: state.problem,
    unreadable: upload?.unreadable ?? [],
  };
}

/** Share that is done, 0 to 1, or null while it cannot be told. */
export function shareDone({
  bytesDone,
  bytesFound,
  filesDone,
  filesFound,
  isFinding,
}: ImportView): number | null {
  if (isFinding) return null;
  if (bytesFound > 0) return bytesDone / bytesFound;
  return filesFound > 0 ? filesDone / filesFound : null;
}

/** Bytes per second so far, and from that the seconds that remain if nobody has said; null if too early. */
export function paceOf(
  view: ImportView,
  nowMs: number,
): { bytesPerSecond: number; secondsRemaining: number | null } | null {
  if (view.startedAtMs === undefined || view.state !== 'running') return null;
  const elapsedSeconds = (nowMs - view.startedAtMs) / 1000;
  if (elapsedSeconds < 1 || view.bytesDone === 0) return null;
  const bytesPerSecond = view.bytesDone / elapsedSeconds;
  const left = (view.bytesFound - view.bytesDone) / bytesPerSecond;
  return { bytesPerSecond, secondsRemaining: view.secondsRemaining ?? (view.isFinding ? null : left) };
}
