import { RotateCcw, TriangleAlert } from 'lucide-react';
import { Component } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import styles from './error-boundary.module.css';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

/** Keeps a mistake in one part of the screen from leaving the doctor with a blank one. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error('unknown') };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <Explanation error={error} onRetry={() => this.setState({ error: undefined })} />;
  }
}

function Explanation({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('app');
  return (
    <div role="alert" className={styles['root']}>
      <EmptyState
        icon={TriangleAlert}
        title={t('boundary.title')}
        actions={
          <>
            <Button onClick={() => window.location.reload()}>{t('boundary.reload')}</Button>
            <Button kind="primary" icon={RotateCcw} onClick={onRetry}>
              {t('boundary.retry')}
            </Button>
          </>
        }
      >
        <p>{t('boundary.safe')}</p>
        <p>{t('boundary.what')}</p>
        <p className={styles['detail']}>
          {t('boundary.detail')}: {error instanceof Error ? `${error.name}: ${error.message}` : String(error)}
        </p>
      </EmptyState>
    </div>
  );
}
