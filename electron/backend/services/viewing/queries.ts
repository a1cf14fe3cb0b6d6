import type { Statement } from 'better-sqlite3';
import { Annotation, KeyImage, ViewerPreferences, ViewerState } from '#shared/contract/viewing.ts';
import type { AnnotationContent, Author, ViewedFrames } from '#shared/contract/viewing.ts';
import type { SeriesUid, SopUid } from '#shared/domain/identifiers.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** A study by what it is: UID and patient, where a patient is issuer and number. */
export interface StudyIdentity {
  readonly studyUid: string;
  readonly issuer: string;
  readonly patientId: string;
}

interface VersionRow {
  annotation_uid: string;
  version: number;
  is_deleted: number;
  content: string;
  person: string;
  role: string;
  device: string;
  at_ms: number;
}

interface KeyImageRow {
  content: string;
  added_by_person: string;
  added_by_role: string;
  added_by_device: string;
  added_at_ms: number;
}

/** Every SQL statement of the viewing service. */
export function createViewingQueries(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);

  const studyKey = prepare<{ viewing_study_key: number }>(`
    SELECT viewing_study_key FROM viewing_studies
    WHERE study_uid = @studyUid AND issuer = @issuer AND patient_id = @patientId`);
  const addStudy = prepare<{ viewing_study_key: number }>(`
    INSERT INTO viewing_studies (study_uid, issuer, patient_id) VALUES (@studyUid, @issuer, @patientId)
    RETURNING viewing_study_key`);
  const versionsOfStudy = prepare<VersionRow>(`
    SELECT annotation_uid, version, is_deleted, content, person, role, device, at_ms
    FROM annotation_versions WHERE viewing_study_key = ? ORDER BY annotation_uid, version`);
  const versionsOfAnnotation = prepare<VersionRow>(`
    SELECT annotation_uid, version, is_deleted, content, person, role, device, at_ms
    FROM annotation_versions WHERE viewing_study_key = ? AND annotation_uid = ? ORDER BY version`);
  const addVersion = prepare(`
    INSERT INTO annotation_versions
      (viewing_study_key, annotation_uid, version, is_deleted, content, person, role, device, factor, at_ms)
    VALUES (@study, @annotationUid, @version, @isDeleted, @content, @person, @role, @device, @factor, @nowMs)`);
  const presentKeyImages = prepare<KeyImageRow>(`
    SELECT content, added_by_person, added_by_role, added_by_device, added_at_ms
    FROM key_images WHERE viewing_study_key = ? AND removed_at_ms IS NULL ORDER BY added_at_ms, key_image_uid`);
  const addKeyImage = prepare(`
    INSERT INTO key_images (key_image_uid, viewing_study_key, content, added_by_person, added_by_role,
      added_by_device, added_at_ms)
    VALUES (@keyImageUid, @study, @content, @person, @role, @device, @nowMs)
    ON CONFLICT (key_image_uid) DO NOTHING`);
  const removeKeyImage = prepare(`
    UPDATE key_images SET removed_by_person = @person, removed_at_ms = @nowMs
    WHERE key_image_uid = @keyImageUid AND viewing_study_key = @study AND removed_at_ms IS NULL`);
  const addViewedFrame = prepare(`
    INSERT INTO viewed_frames (viewing_study_key, person, series_uid, sop_uid, frame_number, first_seen_at_ms)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const viewedFrames = prepare<{ series_uid: string; sop_uid: string; frame_number: number }>(`
    SELECT series_uid, sop_uid, frame_number FROM viewed_frames
    WHERE viewing_study_key = ? AND person = ? ORDER BY series_uid, sop_uid, frame_number`);
  const viewerState = prepare<{ state: string }>(
    'SELECT state FROM viewer_states WHERE viewing_study_key = ? AND person = ?',
  );
  const putViewerState = prepare(`
    INSERT INTO viewer_states (viewing_study_key, person, state, saved_at_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET state = excluded.state, saved_at_ms = excluded.saved_at_ms`);
  const preferences = prepare<{ preferences: string }>(
    'SELECT preferences FROM viewer_preferences WHERE person = ?',
  );
  const putPreferences = prepare(`
    INSERT INTO viewer_preferences (person, preferences, saved_at_ms) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET preferences = excluded.preferences, saved_at_ms = excluded.saved_at_ms`);

  return {
    findStudy(identity: StudyIdentity): number | undefined {
      return studyKey.get(identity)?.viewing_study_key;
    },

    /** Call inside a transaction. */
    findOrAddStudy(identity: StudyIdentity): number {
      const found = studyKey.get(identity) ?? addStudy.get(identity);
      if (!found) throw new Error('a study row was neither found nor added');
      return found.viewing_study_key;
    },

    /** The newest version of every annotation. */
    listAnnotations(study: number): Annotation[] {
      const versions = Map.groupBy(versionsOfStudy.all(study), (row) => row.annotation_uid);
      return [...versions.values()].map(newestOf).toSorted((a, b) => a.createdAtMs - b.createdAtMs);
    },

    findAnnotation(study: number, annotationUid: string): Annotation | undefined {
      const rows = versionsOfAnnotation.all(study, annotationUid);
      return rows.length === 0 ? undefined : newestOf(rows);
    },

    listVersions(study: number, annotationUid: string): Annotation[] {
      const rows = versionsOfAnnotation.all(study, annotationUid);
      return rows.map((_, index) => newestOf(rows.slice(0, index + 1)));
    },

    addVersion(
      study: number,
      content: AnnotationContent,
      { version, isDeleted }: { version: number; isDeleted: boolean },
      { person, role, device, factor }: Principal,
      nowMs: number,
    ): void {
      addVersion.run({
        study,
        annotationUid: content.annotationUid,
        version,
        isDeleted: isDeleted ? 1 : 0,
        content: JSON.stringify(content),
        person,
        role,
        device,
        factor,
        nowMs,
      });
    },

    listKeyImages(study: number): KeyImage[] {
      return presentKeyImages.all(study).map((row) =>
        KeyImage.parse({
          ...(JSON.parse(row.content) as object),
          addedAtMs: row.added_at_ms,
          addedBy: { person: row.added_by_person, role: row.added_by_role, device: row.added_by_device },
        }),
      );
    },

    /** Returns whether the mark is new. */
    addKeyImage(
      study: number,
      content: Pick<KeyImage, 'keyImageUid' | 'target' | 'window' | 'note'>,
      { person, role, device }: Principal,
      nowMs: number,
    ): boolean {
      const { keyImageUid } = content;
      const run = addKeyImage.run({
        study,
        keyImageUid,
        content: JSON.stringify(content),
        person,
        role,
        device,
        nowMs,
      });
      return run.changes > 0;
    },

    removeKeyImage(study: number, keyImageUid: string, { person }: Principal, nowMs: number): boolean {
      return removeKeyImage.run({ study, keyImageUid, person, nowMs }).changes > 0;
    },

    /** Adds what was not yet seen and returns only that. */
    addViewedFrames(
      study: number,
      person: string,
      seriesUid: SeriesUid,
      frames: readonly ViewedFrames[],
      nowMs: number,
    ): ViewedFrames[] {
      return frames.flatMap(({ sopUid, frameNumbers }) => {
        const added = frameNumbers.filter(
          (frame) => addViewedFrame.run(study, person, seriesUid, sopUid, frame, nowMs).changes > 0,
        );
        return added.length > 0 ? [{ sopUid, frameNumbers: added }] : [];
      });
    },

    listViewed(study: number, person: string): { seriesUid: SeriesUid; frames: ViewedFrames[] }[] {
      const bySeries = Map.groupBy(viewedFrames.all(study, person), (row) => row.series_uid);
      return [...bySeries].map(([seriesUid, rows]) => ({
        seriesUid: seriesUid as SeriesUid,
        frames: [...Map.groupBy(rows, (row) => row.sop_uid)].map(([sopUid, seen]) => ({
          sopUid: sopUid as SopUid,
          frameNumbers: seen.map((row) => row.frame_number),
        })),
      }));
    },

    /** Undefined also where a state was stored by a version whose states looked different. */
    findViewerState(study: number, person: string): ViewerState | undefined {
      const row = viewerState.get(study, person);
      return row && ViewerState.safeParse(JSON.parse(row.state)).data;
    },

    putViewerState(study: number, person: string, state: ViewerState, nowMs: number): void {
      putViewerState.run(study, person, JSON.stringify(state), nowMs);
    },

    findPreferences(person: string): ViewerPreferences {
      const row = preferences.get(person);
      const stored = row && ViewerPreferences.safeParse(JSON.parse(row.preferences)).data;
      return stored ?? ViewerPreferences.parse({});
    },

    putPreferences(person: string, value: ViewerPreferences, nowMs: number): void {
      putPreferences.run(person, JSON.stringify(value), nowMs);
    },
  };
}

/** Rows are all versions of one annotation, oldest first. */
function newestOf(rows: readonly VersionRow[]): Annotation {
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) throw new Error('an annotation without a version');
  return Annotation.parse({
    ...(JSON.parse(last.content) as object),
    version: last.version,
    isDeleted: last.is_deleted === 1,
    createdAtMs: first.at_ms,
    createdBy: authorOf(first),
    changedAtMs: last.at_ms,
    changedBy: authorOf(last),
  });
}

function authorOf({ person, role, device }: VersionRow): Author {
  return { person, role, device };
}
