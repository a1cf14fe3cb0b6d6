import { useEffect, useState } from 'react';
import type { StudySummary } from '#shared/contract/study.ts';
import type { BackendClient } from '#renderer/backend/connection.ts';

export function Worklist({
  backend,
  onOpen,
}: {
  backend: BackendClient;
  onOpen: (study: StudySummary) => void;
}) {
  const [studies, setStudies] = useState<readonly StudySummary[]>([]);
  useEffect(() => {
    const refresh = () => void backend.archive.listStudies({}).then((answer) => setStudies(answer.studies));
    refresh();
    return backend.archive.on('studyChanged', refresh);
  }, [backend]);
  return (
    <ul>
      {studies.map((study) => (
        <li key={study.studyKey}>
          <button type="button" onClick={() => onOpen(study)}>
            {study.patient.id} {study.patient.name.alphabetic} {study.studyDate} {study.modalities.join('/')}{' '}
            {study.description}
          </button>
        </li>
      ))}
    </ul>
  );
}
