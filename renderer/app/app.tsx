import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { BackendConnection } from '#renderer/backend/backend-connection.ts';
import { BackendProvider } from '#renderer/backend/use-backend.tsx';
import { learnKeyboardLayout } from '#renderer/ui/commands/keys.ts';
import { useShortcuts } from '#renderer/ui/commands/use-commands.ts';
import { ToastProvider } from '#renderer/ui/toast.tsx';
import { TooltipProvider } from '#renderer/ui/tooltip.tsx';
import { ControlWordsProvider } from '#renderer/ui/words.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Frame } from './frame.tsx';

export interface AppProps {
  readonly connection: BackendConnection<BackendContracts>;
  readonly queryClient: QueryClient;
}

export function App({ connection, queryClient }: AppProps) {
  const { t } = useTranslation('app');
  const words = useMemo(() => ({ close: t('close'), clear: t('clear'), dismiss: t('dismiss') }), [t]);
  useShortcuts();
  useEffect(() => void learnKeyboardLayout(), []);
  return (
    <ErrorBoundary>
      <BackendProvider connection={connection} queryClient={queryClient}>
        <ControlWordsProvider value={words}>
          <TooltipProvider delay={500}>
            <ToastProvider>
              <Frame />
            </ToastProvider>
          </TooltipProvider>
        </ControlWordsProvider>
      </BackendProvider>
    </ErrorBoundary>
  );
}
