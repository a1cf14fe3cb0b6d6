import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { commandText } from '#renderer/i18n/command-text.ts';
import { ImportProvider } from '#renderer/features/import/import-context.tsx';
import { ImportPanel } from '#renderer/features/import/import-panel.tsx';
import { DropVeil } from '#renderer/features/import/drop-veil.tsx';
import { useLanguage } from '#renderer/i18n/index.ts';
import { useAddress } from '#renderer/ui/address.ts';
import { useCommands } from '#renderer/ui/commands/use-commands.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import styles from './frame.module.css';
import { HelpOverlay } from './help-overlay.tsx';
import { CommandPalette } from './command-palette.tsx';
import { Rail } from './rail.tsx';
import { Room } from './room.tsx';
import { useChosenLanguage } from './use-chosen-language.ts';
import { goToRoom, placeOf, showArrivals } from './rooms.ts';

type Overlay = 'none' | 'palette' | 'help';

/** A slim rail on the left, the room in the rest, and what may lie over any room. */
export function Frame() {
  const { t } = useTranslation('app');
  const language = useLanguage();
  useChosenLanguage();
  const address = useAddress();
  const [overlay, setOverlay] = useState<Overlay>('none');
  const commands = useMemo(
    () => [
      {
        id: 'app.palette',
        ...commandText('app:palette.open', language),
        group: t('groups.general'),
        keys: ['Ctrl+KeyK'],
        worksWhileTyping: true,
        isHidden: true,
        run: () => setOverlay('palette'),
      },
      {
        id: 'app.help',
        ...commandText('app:help.open', language),
        group: t('groups.general'),
        keys: ['F1', 'Shift+Slash'],
        run: () => setOverlay('help'),
      },
      {
        id: 'app.reading',
        ...commandText('app:rooms.reading', language),
        group: t('groups.rooms'),
        keys: ['Alt+Digit1'],
        run: () => goToRoom('reading'),
      },
      {
        id: 'app.microscope',
        ...commandText('app:rooms.microscope', language),
        group: t('groups.rooms'),
        keys: ['Alt+Digit2'],
        run: () => goToRoom('microscope'),
      },
      {
        id: 'app.settings',
        ...commandText('app:rooms.settings', language),
        group: t('groups.rooms'),
        keys: ['Alt+Digit3'],
        run: () => goToRoom('settings'),
      },
    ],
    [t, language],
  );
  useCommands(commands);
  const place = placeOf(address);
  const room = address.path[0] ?? 'reading';
  return (
    <ImportProvider mayShowPanel={place.kind !== 'study'}>
      <div className={styles['frame']}>
        <Rail room={room} />
        <main className={styles['room']}>
          <ErrorBoundary key={room}>
            <Room address={address} />
          </ErrorBoundary>
        </main>
        <ConnectionBanner />
        <CommandPalette isOpen={overlay === 'palette'} onClose={() => setOverlay('none')} />
        <HelpOverlay isOpen={overlay === 'help'} onClose={() => setOverlay('none')} />
        <ImportPanel onShowArrivals={showArrivals} />
        <DropVeil />
      </div>
    </ImportProvider>
  );
}
