import { CircleHelp, Microscope, ScanLine, Search, Settings } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ImportIndicator } from '#renderer/features/import/import-indicator.tsx';
import { CommandButton } from '#renderer/ui/icon-button.tsx';
import { isNoticeShown } from './notice.ts';
import styles from './rail.module.css';
import { goToRoom } from './rooms.ts';

const rooms = [
  { id: 'reading', icon: ScanLine },
  { id: 'microscope', icon: Microscope },
  { id: 'settings', icon: Settings },
] as const satisfies readonly { id: string; icon: LucideIcon }[];

/** The rooms, and the sentence that never leaves the screen. */
export function Rail({ room }: { room: string }) {
  const { t } = useTranslation('app');
  return (
    <nav className={styles['rail']} aria-label={t('rooms.label')}>
      {rooms.map(({ id, icon: Icon }) => (
        <button
          key={id}
          type="button"
          className={styles['room']}
          aria-current={room === id ? 'page' : undefined}
          onClick={() => goToRoom(id)}
        >
          <Icon size={20} strokeWidth={1.5} aria-hidden />
          <span>{t(`rooms.${id}`)}</span>
        </button>
      ))}
      <div className={styles['space']}>
        {isNoticeShown && (
          <p className={styles['notice']} data-testid="notice">
            {t('notice')}
          </p>
        )}
      </div>
      <ImportIndicator />
      <CommandButton command="app.palette" icon={Search} tooltipSide="right" />
      <CommandButton command="app.help" icon={CircleHelp} tooltipSide="right" />
    </nav>
  );
}
