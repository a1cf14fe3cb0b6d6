import { MapPinOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ContactsSection } from '#renderer/features/contacts/contacts-section.tsx';
import { PairingPanel } from '#renderer/features/contacts/pairing-panel.tsx';
import { FirstSteps, ImportMenu } from '#renderer/features/import/import-buttons.tsx';
import { MicroscopeRoom } from '#renderer/features/microscope/microscope-room.tsx';
import { SettingsRoom } from '#renderer/features/settings/settings-room.tsx';
import { Viewer } from '#renderer/features/viewer/viewer.tsx';
import { Worklist } from '#renderer/features/worklist/worklist.tsx';
import type { StudySummary } from '#shared/contract/study.ts';
import type { Address } from '#renderer/ui/address.ts';
import { Button } from '#renderer/ui/button.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { goToRoom, goToStudy, placeOf } from './rooms.ts';

const openStudy = (study: StudySummary) => goToStudy(study.studyKey);

/** The room an address names. */
export function Room({ address }: { address: Address }) {
  const place = placeOf(address);
  switch (place.kind) {
    case 'worklist':
      return <Worklist onOpen={openStudy} importMenu={<ImportMenu />} firstSteps={<FirstSteps />} />;
    case 'study':
      return <Viewer key={place.studyKey} studyKey={place.studyKey} fallback={<Nowhere />} />;
    case 'microscope':
      return <MicroscopeRoom pairing={<PairingPanel />} />;
    case 'settings':
      return <SettingsRoom section={place.section} contacts={<ContactsSection />} />;
    default:
      return <Nowhere />;
  }
}

function Nowhere() {
  const { t } = useTranslation('app');
  return (
    <EmptyState
      icon={MapPinOff}
      title={t('notFound.title')}
      actions={
        <Button kind="primary" onClick={() => goToRoom('reading')}>
          {t('notFound.back')}
        </Button>
      }
    />
  );
}
