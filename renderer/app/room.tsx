import { MapPinOff } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { FirstSteps, ImportMenu } from '#renderer/features/import/import-buttons.tsx';
import { Viewer } from '#renderer/features/viewer/viewer.tsx';
import { Worklist } from '#renderer/features/worklist/worklist.tsx';
import type { StudySummary } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
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
      return <OpenedStudy key={place.studyKey} studyKey={place.studyKey} />;
    default:
      return <Nowhere />;
  }
}

function OpenedStudy({ studyKey }: { studyKey: StudyKey }) {
  const { data, isError } = useCall('archive', 'describeStudy', { studyKey });
  const { archive } = useBackend();
  const isFound = data !== undefined;
  useEffect(() => {
    if (isFound) void archive.markOpened({ studyKey }).catch(() => undefined);
  }, [archive, studyKey, isFound]);
  const [series] = data?.series ?? [];
  if (isError) return <Nowhere />;
  return data && series ? <Viewer study={data.study} series={series} /> : null;
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
