import { DayCheck, Calibration, FocusLimits, Still } from '#shared/contract/microscope.ts';
import { WhiteBalance } from '#shared/domain/white-balance.ts';
import { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

type Value = { value: string };

/** Everything about the microscope that outlives the program. */
export function createRecords(database: ArchiveDatabase, clock: Clock) {
  const findConfiguration = database.prepare<[], Value>('SELECT value FROM microscope_configuration');
  const storeConfiguration = database.prepare(`
    INSERT INTO microscope_configuration VALUES (1, ?, ?, ?)
    ON CONFLICT (only_row) DO UPDATE SET
      value = excluded.value, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by`);
  const dropConfiguration = database.prepare('DELETE FROM microscope_configuration');
  const newestCalibrations = database.prepare<[], Value>(`
    SELECT value FROM microscope_calibrations c WHERE measured_at_ms =
      (SELECT max(measured_at_ms) FROM microscope_calibrations WHERE objective_id = c.objective_id)
    ORDER BY objective_id`);
  const storeCalibration = database.prepare('INSERT INTO microscope_calibrations VALUES (?, ?, ?, ?)');
  const newestWhiteBalances = database.prepare<[], Value>(`
    SELECT value FROM microscope_white_balances w WHERE measured_at_ms =
      (SELECT max(measured_at_ms) FROM microscope_white_balances WHERE camera_name = w.camera_name)
    ORDER BY camera_name`);
  const storeWhiteBalance = database.prepare(
    'INSERT OR REPLACE INTO microscope_white_balances VALUES (?, ?, ?, ?)',
  );
  const newestFocusLimits = database.prepare<[], Value>(`
    SELECT value FROM microscope_focus_limits f WHERE measured_at_ms =
      (SELECT max(measured_at_ms) FROM microscope_focus_limits WHERE objective_id = f.objective_id)
    ORDER BY objective_id`);
  const storeFocusLimits = database.prepare(
    'INSERT OR REPLACE INTO microscope_focus_limits VALUES (?, ?, ?, ?)',
  );
  const newestChecks = database.prepare<
    [number],
    { checkId: string; doneAtMs: number; doneBy: string; steps: string }
  >(`
    SELECT check_id AS checkId, done_at_ms AS doneAtMs, done_by AS doneBy, steps FROM microscope_checks
    ORDER BY done_at_ms DESC LIMIT ?`);
  const storeCheck = database.prepare('INSERT INTO microscope_checks VALUES (?, ?, ?, ?)');
  const findStill = database.prepare<[string], Value>(
    'SELECT still AS value FROM microscope_stills WHERE still_id = ?',
  );
  const newestStills = database.prepare<[number], Value>(
    'SELECT still AS value FROM microscope_stills ORDER BY taken_at_ms DESC LIMIT ?',
  );
  const storeStill = database.prepare(`
    INSERT INTO microscope_stills VALUES (?, ?, ?, ?)
    ON CONFLICT (still_id) DO UPDATE SET is_kept = excluded.is_kept, still = excluded.still`);
  const forgottenStills = database.prepare<[number], { stillId: string }>(`
    SELECT still_id AS stillId FROM microscope_stills WHERE is_kept = 0
    ORDER BY taken_at_ms DESC LIMIT -1 OFFSET ?`);
  const dropStill = database.prepare('DELETE FROM microscope_stills WHERE still_id = ?');

  return {
    configuration(): MicroscopeConfiguration | null {
      const row = findConfiguration.get();
      return row ? MicroscopeConfiguration.parse(JSON.parse(row.value)) : null;
    },
    saveConfiguration(configuration: MicroscopeConfiguration | null, person: string): void {
      if (configuration) storeConfiguration.run(JSON.stringify(configuration), clock.nowMs(), person);
      else dropConfiguration.run();
    },
    /** The newest of each objective. */
    calibrations: (): Calibration[] =>
      newestCalibrations.all().map(({ value }) => Calibration.parse(JSON.parse(value))),
    saveCalibration(calibration: Calibration): void {
      const { objectiveId, measuredAtMs, measuredBy } = calibration;
      storeCalibration.run(objectiveId, measuredAtMs, measuredBy, JSON.stringify(calibration));
    },
    /** The newest of each camera. */
    whiteBalances: (): WhiteBalance[] =>
      newestWhiteBalances.all().map(({ value }) => WhiteBalance.parse(JSON.parse(value))),
    saveWhiteBalance(measured: WhiteBalance): void {
      const { cameraName, measuredAtMs, measuredBy } = measured;
      storeWhiteBalance.run(cameraName, measuredAtMs, measuredBy, JSON.stringify(measured));
    },
    /** The newest of each objective. */
    focusLimits: (): FocusLimits[] =>
      newestFocusLimits.all().map(({ value }) => FocusLimits.parse(JSON.parse(value))),
    saveFocusLimits(measured: FocusLimits): void {
      const { objectiveId, measuredAtMs, measuredBy } = measured;
      storeFocusLimits.run(objectiveId, measuredAtMs, measuredBy, JSON.stringify(measured));
    },
    /** Newest first. */
    checks: (limit: number): DayCheck[] =>
      newestChecks
        .all(limit)
        .map(({ steps, ...row }) => DayCheck.parse({ ...row, steps: JSON.parse(steps) })),
    saveCheck({ checkId, doneAtMs, doneBy, steps }: DayCheck): void {
      storeCheck.run(checkId, doneAtMs, doneBy, JSON.stringify(steps));
    },
    still(stillId: string): Still | undefined {
      const row = findStill.get(stillId);
      return row && Still.parse(JSON.parse(row.value));
    },
    /** Newest first. */
    stills: (limit: number): Still[] =>
      newestStills.all(limit).map(({ value }) => Still.parse(JSON.parse(value))),
    saveStill(still: Still): void {
      const { stillId, isKept, takenAtUtc } = still.facts;
      storeStill.run(stillId, Date.parse(takenAtUtc), isKept ? 1 : 0, JSON.stringify(still));
    },
    dropStill: (stillId: string): void => void dropStill.run(stillId),
    /** Stills nobody pinned, but for the newest `keep`; their rows are gone when this returns. */
    forgetStills(keep: number): string[] {
      const ids = forgottenStills.all(keep).map(({ stillId }) => stillId);
      for (const id of ids) dropStill.run(id);
      return ids;
    },
  };
}
export type MicroscopeRecords = ReturnType<typeof createRecords>;
