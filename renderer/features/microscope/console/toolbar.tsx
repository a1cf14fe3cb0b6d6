import {
  ArrowUpRight,
  Bookmark,
  Camera,
  Eraser,
  Focus,
  Gamepad2,
  Hand,
  Joystick,
  Maximize,
  Pencil,
  Ruler,
  ScanSearch,
  Square,
  Target,
  Type,
  Undo2,
  Video,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Mark } from '#shared/link/talk.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CommandButton } from '#renderer/ui/icon-button.tsx';
import { isUsable } from '../session/microscope-facts.ts';
import { tools } from '../session/session-model.ts';
import type { Tool } from '../session/session-model.ts';
import { useModel, useSession } from '../use-session.ts';
import styles from './toolbar.module.css';

const toolIcons: Readonly<Record<Tool, LucideIcon>> = {
  pan: Hand,
  box: Square,
  length: Ruler,
  arrow: ArrowUpRight,
  freehand: Pencil,
  text: Type,
  laser: Target,
};

const colours: readonly Mark['colour'][] = ['yellow', 'cyan', 'magenta'];

/** One row: objectives, focus, pictures, tools. */
export function Toolbar() {
  return (
    <div className={styles['toolbar']} role="toolbar">
      <Objectives />
      <span className={styles['divider']} />
      <CommandButton command="microscope.autofocus" icon={Focus} />
      <CommandButton command="microscope.takeStill" icon={Camera} />
      <CommandButton command="microscope.toVideo" icon={Video} />
      <CommandButton command="microscope.bookmark" icon={Bookmark} />
      <CommandButton command="microscope.back" icon={Undo2} />
      <span className={styles['divider']} />
      {tools.map((tool) => (
        <CommandButton key={tool} command={`microscope.tool.${tool}`} icon={toolIcons[tool]} />
      ))}
      <Colours />
      <CommandButton command="microscope.eraseAll" icon={Eraser} />
      <span className={styles['divider']} />
      <CommandButton command="microscope.zoomFit" icon={Maximize} />
      <CommandButton command="microscope.zoomActual" icon={ScanSearch} />
      <CommandButton command="microscope.joystick" icon={Joystick} />
      <CommandButton command="microscope.gamepad" icon={Gamepad2} />
      <Procedure />
    </div>
  );
}

function Objectives() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const { current, party, state } = useModel(({ telemetry, party, state }) => ({
    current: telemetry?.objectiveId,
    party,
    state,
  }));
  const objectives = state ? (session.facts?.objectives ?? []) : [];
  return (
    <div className={styles['objectives']} role="group" aria-label={t('objective.label')}>
      {objectives.map((objective) => (
        <button
          key={objective.id}
          type="button"
          className={styles['objectiveButton']}
          aria-pressed={objective.id === current}
          disabled={!isUsable(objective, party)}
          title={isUsable(objective, party) ? undefined : t('objective.oil')}
          onClick={() => void session.changeObjective(objective.id)}
        >
          {objective.magnification}×{!isUsable(objective, party) && <small>{t('objective.oil')}</small>}
        </button>
      ))}
    </div>
  );
}

function Colours() {
  const session = useSession();
  const chosen = useModel(({ colour }) => colour);
  return (
    <div className={styles['colours']} role="group">
      {colours.map((colour) => (
        <button
          key={colour}
          type="button"
          aria-label={colour}
          aria-pressed={colour === chosen}
          data-colour={colour}
          onClick={() => session.model.setState({ colour })}
        />
      ))}
    </div>
  );
}

/** What runs by itself, how far it is, and the way to end it. */
function Procedure() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const { kind, percent } = useModel(({ telemetry }) => ({
    kind: telemetry?.procedure?.kind,
    percent: Math.round((telemetry?.procedure?.progress ?? 0) * 100),
  }));
  if (!kind) return null;
  return (
    <div className={styles['procedure']} role="status" data-testid="procedure">
      <span>
        {t(`procedure.${kind}`)} {percent} %
      </span>
      <Button onClick={() => void session.cancelProcedure()}>{t('procedure.cancel')}</Button>
    </div>
  );
}
