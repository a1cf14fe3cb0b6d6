import {
  Archive,
  CircleHelp,
  FolderInput,
  HardDrive,
  Info,
  Languages,
  ScanLine,
  ShieldCheck,
  Trash2,
  Users,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { goTo } from '#renderer/ui/address.ts';
import { AboutSection } from './about-section.tsx';
import { BackupSection } from './backup-section.tsx';
import { BinSection } from './bin-section.tsx';
import { GeneralSection } from './general-section.tsx';
import { HelpSection } from './help-section.tsx';
import { ImportSection } from './import-section.tsx';
import { ReadingSection } from './reading-section.tsx';
import styles from './settings-room.module.css';
import { StorageSection } from './storage-section.tsx';
import { VerifySection } from './verify-section.tsx';

/** What other features have to set. */
interface Slots {
  readonly contacts: ReactNode;
}

export interface SettingsRoomProps extends Slots {
  readonly section: string | undefined;
}

interface Section {
  readonly id:
    | 'general'
    | 'reading'
    | 'contacts'
    | 'import'
    | 'storage'
    | 'verify'
    | 'backup'
    | 'bin'
    | 'help'
    | 'about';
  readonly icon: LucideIcon;
  readonly content: (slots: Slots) => ReactNode;
}

const sections: readonly Section[] = [
  { id: 'general', icon: Languages, content: () => <GeneralSection /> },
  { id: 'reading', icon: ScanLine, content: () => <ReadingSection /> },
  { id: 'import', icon: FolderInput, content: () => <ImportSection /> },
  { id: 'contacts', icon: Users, content: ({ contacts }) => contacts },
  { id: 'storage', icon: HardDrive, content: () => <StorageSection /> },
  { id: 'verify', icon: ShieldCheck, content: () => <VerifySection /> },
  { id: 'backup', icon: Archive, content: () => <BackupSection /> },
  { id: 'bin', icon: Trash2, content: () => <BinSection /> },
  { id: 'help', icon: CircleHelp, content: () => <HelpSection /> },
  { id: 'about', icon: Info, content: () => <AboutSection /> },
];

/** One section at a time; which one is part of the address. */
export function SettingsRoom({ section, ...slots }: SettingsRoomProps) {
  const { t } = useTranslation('settings');
  const shown = sections.find(({ id }) => id === section) ?? sections[0];
  return (
    <div className={styles['room']}>
      <nav className={styles['nav']} aria-label={t('title')}>
        <h1 className={styles['title']}>{t('title')}</h1>
        {sections.map(({ id, icon: Icon }) => (
          <button
            key={id}
            type="button"
            className={styles['link']}
            aria-current={id === shown?.id ? 'page' : undefined}
            onClick={() => goTo(['settings', id])}
          >
            <Icon size={16} strokeWidth={1.75} aria-hidden />
            {t(`${id}.title`)}
          </button>
        ))}
      </nav>
      {shown && (
        <section key={shown.id} className={styles['section']} aria-labelledby="settings-heading">
          <h2 id="settings-heading" className={styles['heading']}>
            {t(`${shown.id}.title`)}
          </h2>
          {shown.content(slots)}
        </section>
      )}
    </div>
  );
}
