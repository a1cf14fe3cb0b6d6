import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { limitsAroundFocus } from '#shared/motion/focus-limits.ts';
import type { Objective } from '#shared/motion/objective.ts';
import type { Range } from '#shared/motion/soft-limits.ts';
import { Button } from '#renderer/ui/button.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { useModel } from '../use-session.ts';
import styles from './bench.module.css';
import type { MeasuredStep } from './day-check-dialog.tsx';
import { measureFocus } from './measure-focus.ts';
import type { FoundFocus } from './measure-focus.ts';

interface FocusLimitsCheckProps {
  readonly session: MicroscopeSession;
  readonly onMeasured: (measured: MeasuredStep) => void;
}

interface Row extends FoundFocus {
  /** Proposed from the limits there were when it was measured. */
  readonly limits: Range | null;
  readonly isConfirmed: boolean;
}

/** Finds the focus of a test slide with every dry objective; the limits proposed from it count once confirmed. */
export function FocusLimitsCheck({ session, onMeasured }: FocusLimitsCheckProps) {
  const { t } = useTranslation('microscope');
  const objectives = useModel(({ state }) => state?.configuration?.objectives) ?? [];
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [phase, setPhase] = useState<'idle' | 'measuring' | 'ended-early'>('idle');
  const aborter = useRef(new AbortController());
  useEffect(() => {
    const { current } = aborter;
    return () => current.abort();
  }, []);
  const measure = () => {
    setPhase('measuring');
    setRows([]);
    const dry = objectives.filter(({ immersion }) => immersion === 'dry').map(({ id }) => id);
    const found = (focus: FoundFocus) => setRows((all) => [...all, rowOf(focus, objectives)]);
    measureFocus(session, dry, aborter.current.signal, found)
      .then((isWhole) => setPhase(isWhole ? 'idle' : 'ended-early'))
      .catch((error: unknown) => session.showProblem(error));
  };
  const confirm = async ({ objectiveId, focusUm, limits }: Row) => {
    if (focusUm === null || !limits) return;
    try {
      const focusLimitsUm = { minimum: limits.minimum, maximum: limits.maximum };
      await session.backend.microscope.saveFocusLimits({ objectiveId, focusUm, focusLimitsUm });
    } catch (error) {
      session.showProblem(error);
      return;
    }
    const next = rows.map((row) => (row.objectiveId === objectiveId ? { ...row, isConfirmed: true } : row));
    setRows(next);
    const isPassed = next.every(({ isConfirmed }) => isConfirmed);
    onMeasured({ outcome: isPassed ? 'passed' : 'skipped', detail: detailOf(next, objectives) });
  };
  return (
    <div className={styles['measured']}>
      <Button disabled={phase === 'measuring'} onClick={measure} data-testid="measure-focus">
        {t(phase === 'measuring' ? 'check.measuring' : 'check.focus.measure')}
      </Button>
      {phase === 'measuring' && (
        <Button onClick={() => void session.cancelProcedure()}>{t('procedure.cancel')}</Button>
      )}
      {phase === 'ended-early' && (
        <p className={styles['alert']} role="alert" data-testid="focus-ended">
          {t('check.focus.ended')}
        </p>
      )}
      {rows.length > 0 && (
        <table className={styles['found']}>
          <tbody>
            {rows.map((row) => (
              <FoundRow
                key={row.objectiveId}
                row={row}
                objective={objectives.find(({ id }) => id === row.objectiveId)}
                isDisabled={phase === 'measuring'}
                onConfirm={() => void confirm(row)}
              />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

interface FoundRowProps {
  readonly row: Row;
  readonly objective: Objective | undefined;
  /** Limits are changed while nothing moves. */
  readonly isDisabled: boolean;
  readonly onConfirm: () => void;
}

function FoundRow({ row, objective, isDisabled, onConfirm }: FoundRowProps) {
  const { t } = useTranslation('microscope');
  const { objectiveId, focusUm, limits, isConfirmed } = row;
  return (
    <tr data-testid={`focus-of-${objectiveId}`}>
      <th scope="row">{objective?.magnification}×</th>
      {focusUm === null || !limits ? (
        <td colSpan={3}>{t('check.focus.none')}</td>
      ) : (
        <>
          <td>{t('check.focus.found', { um: focusUm.toFixed(1) })}</td>
          <td>
            {t('check.focus.proposed', {
              minimum: limits.minimum.toFixed(0),
              maximum: limits.maximum.toFixed(0),
            })}
          </td>
          <td>
            {isConfirmed ? (
              <span className={styles['good']}>{t('check.focus.confirmed')}</span>
            ) : (
              <Button disabled={isDisabled} onClick={onConfirm}>
                {t('check.focus.confirm')}
              </Button>
            )}
          </td>
        </>
      )}
    </tr>
  );
}

function rowOf(found: FoundFocus, objectives: readonly Objective[]): Row {
  const objective = objectives.find(({ id }) => id === found.objectiveId);
  const limits = objective && found.focusUm !== null ? limitsAroundFocus(objective, found.focusUm) : null;
  return { ...found, limits, isConfirmed: false };
}

function detailOf(rows: readonly Row[], objectives: readonly Objective[]): string {
  const parts = rows.map(({ objectiveId, focusUm, limits, isConfirmed }) => {
    const magnification = objectives.find(({ id }) => id === objectiveId)?.magnification ?? objectiveId;
    if (focusUm === null || !limits || !isConfirmed) return `${magnification}× —`;
    return `${magnification}× ${focusUm.toFixed(0)} (${limits.minimum.toFixed(0)}…${limits.maximum.toFixed(0)})`;
  });
  return parts.join(', ').slice(0, 200);
}
