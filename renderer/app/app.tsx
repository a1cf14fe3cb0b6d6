import { useState } from 'react';
import type { SeriesSummary, StudySummary } from '#shared/contract/archive.ts';
import type { BackendClient } from '#renderer/backend/connection.ts';
import { Viewer } from '#renderer/features/viewer/viewer.tsx';
import { Worklist } from '#renderer/features/worklist/worklist.tsx';

export function App({ backend }: { backend: BackendClient }) {
  const [opened, setOpened] = useState<{ study: StudySummary; series: SeriesSummary }>();
  if (opened) return <Viewer {...opened} />;
  return (
    <Worklist
      backend={backend}
      onOpen={(study) =>
        void backend.archive.describeStudy({ studyKey: study.studyKey }).then(({ series: [series] }) => {
          if (series) setOpened({ study, series });
        })
      }
    />
  );
}
