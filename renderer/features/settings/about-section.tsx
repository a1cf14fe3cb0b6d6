import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCall } from '#renderer/backend/use-backend.tsx';
import styles from './about-section.module.css';
import { Facts, Paragraph } from './setting.tsx';

/** Written beside the page by the build; see `renderer/build/licences.ts`. */
interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

export function AboutSection() {
  const { t } = useTranslation('settings');
  const { data } = useCall('workstation', 'describe', {});
  return (
    <>
      <p className={styles['notice']}>{t('about.notice')}</p>
      <Facts
        facts={[
          [t('about.version'), PRODUCT_VERSION],
          [t('about.dataDir'), data?.dataDir ?? '—'],
          [t('about.runtime'), data ? `Node ${data.nodeVersion} · SQLite ${data.sqliteVersion}` : '—'],
          [t('about.browser'), browserVersion()],
        ]}
      />
      <Paragraph>{t('about.dataText')}</Paragraph>
      <Licences />
    </>
  );
}

function browserVersion(): string {
  return /(?:Electron|Chrome)\/[\d.]+/.exec(navigator.userAgent)?.[0].replace('/', ' ') ?? '—';
}

function Licences() {
  const { t } = useTranslation('settings');
  const { data } = useQuery({
    queryKey: ['licences'],
    queryFn: async () => (await fetch('/licences.json')).json() as Promise<readonly Licence[]>,
    networkMode: 'always',
  });
  return (
    <details className={styles['licences']}>
      <summary>{t('about.licences', { count: data?.length ?? 0 })}</summary>
      {data?.map(({ name, version, licence, text }) => (
        <details key={`${name}@${version}`} className={styles['licence']}>
          <summary>
            {name} {version} — {licence}
          </summary>
          <pre className={styles['text']}>{text}</pre>
        </details>
      ))}
    </details>
  );
}
