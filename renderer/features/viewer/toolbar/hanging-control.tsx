import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useLanguage } from '#renderer/i18n/index.ts';
import { CommandButton } from '#renderer/ui/icon-button.tsx';
import { Tooltip } from '#renderer/ui/tooltip.tsx';
import { registered } from '../use-viewer-commands.ts';
import type { HangingReason } from '#shared/domain/hang-study.ts';
import { textIfAny } from '../texts.ts';
import { useModel } from '../use-session.ts';
import styles from './hanging-control.module.css';

/** Which rule hung the study, why, and which of its stages is on the screen. */
export function HangingControl() {
  const language = useLanguage();
  const hanging = useModel((model) => model.hanging);
  if (!hanging) return null;
  const { hung, stage } = hanging;
  return (
    <div className={styles['hanging']}>
      <CommandButton command={registered('previousStage')} icon={ChevronLeft} />
      <Tooltip text={hung.reasons.map(reasonText).join(' · ')}>
        <span className={styles['rule']} data-testid="hanging">
          <b>{hung.ruleName[language]}</b>
          <small>
            {hung.stages[stage]?.name[language]} {stage + 1}/{hung.stages.length}
          </small>
        </span>
      </Tooltip>
      <CommandButton command={registered('nextStage')} icon={ChevronRight} />
    </div>
  );
}

/** 'モダリティ CT', '部位 頭部（推定）' */
function reasonText({ fact, value, isGuessed }: HangingReason): string {
  const name = textIfAny(`imaging:fact.${fact}`) ?? fact;
  const shown = textIfAny(`imaging:${fact}.${value}`) ?? String(value);
  return `${name} ${shown}${isGuessed ? (textIfAny('imaging:fact.guessed') ?? '') : ''}`;
}
