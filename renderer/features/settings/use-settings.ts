import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { callKey, useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { showToast } from '#renderer/ui/toast.tsx';
import type { SettingsDocument, SettingsPatch } from '#shared/contract/settings.ts';

/** What this workstation remembers, and a way to change it that says when it did not work. */
export function useSettings(): [SettingsDocument | undefined, (patch: SettingsPatch) => void] {
  const { t } = useTranslation('settings');
  const backend = useBackend();
  const queryClient = useQueryClient();
  const { data } = useCall('settings', 'get', {});
  const change = useCallback(
    (patch: SettingsPatch) =>
      void backend.settings.change(patch).then(
        (document) => queryClient.setQueryData(callKey('settings', 'get', {}), document),
        (error: unknown) => showToast({ kind: 'problem', title: t('notSaved'), text: errorText(error) }),
      ),
    [backend, queryClient, t],
  );
  return [data, change];
}
