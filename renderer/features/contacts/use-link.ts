import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, useConnectionState } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { showToast } from '#renderer/ui/toast.tsx';
import type { LinkState } from '#shared/contract/link.ts';

/** Who this workstation is and whom it knows. Undefined until the backend has answered. */
export function useLink(): LinkState | undefined {
  const { link } = useBackend();
  const [state, setState] = useState<LinkState>();
  const { kind } = useConnectionState();
  useEffect(() => {
    if (kind !== 'connected') return undefined;
    const stop = link.on('stateChanged', setState);
    link.getState({}).then(setState, () => {
      // The connection is gone again; its banner says so, and its return asks anew.
    });
    return stop;
  }, [link, kind]);
  return state;
}

/** Says it when something that was asked for did not happen. */
export function useAttempt(): (attempt: Promise<unknown>) => void {
  const { t } = useTranslation('contacts');
  return (attempt) =>
    void attempt.catch((error: unknown) =>
      showToast({ kind: 'problem', title: t('notDone'), text: errorText(error) }),
    );
}
