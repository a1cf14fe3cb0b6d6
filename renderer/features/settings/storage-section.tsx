import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall } from '#renderer/backend/use-backend.tsx';
import { formatBytes, formatCount, formatMoment } from '#renderer/i18n/format.ts';
import { Checkbox } from '#renderer/ui/checkbox.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import type { SettingsDocument } from '#shared/contract/settings.ts';
import type { StorageSummary } from '#shared/contract/storage.ts';
import { Facts, Paragraph, Setting } from './setting.tsx';
import { useSettings } from './use-settings.ts';

const GIGABYTE = 1_000_000_000;
const DEFAULT_LIMIT_GB = 500;

export function StorageSection() {
  const { t } = useTranslation('settings');
  const { data } = useCall('archive', 'storageSummary', {});
  const [settings, change] = useSettings();
  return (
    <>
      {data && <Summary summary={data} />}
      {data && settings && (
        <Eviction summary={data} eviction={settings.eviction} onChange={(eviction) => change({ eviction })} />
      )}
      {!data && <Paragraph>{t('storage.measuring')}</Paragraph>}
    </>
  );
}

function Summary({ summary }: { summary: StorageSummary }) {
  const { t } = useTranslation('settings');
  const studies = (count: number) => t('studies', { count, shown: formatCount(count) });
  return (
    <Facts
      facts={[
        [
          t('storage.stored'),
          `${studies(summary.studies)} · ${t('images', { count: summary.instances, shown: formatCount(summary.instances) })}`,
        ],
        [t('storage.bytes'), formatBytes(summary.byteCount)],
        [t('storage.database'), formatBytes(summary.databaseByteCount)],
        [t('storage.free'), formatBytes(summary.freeByteCount)],
        [t('storage.inBin'), `${studies(summary.inBin.studies)} · ${formatBytes(summary.inBin.byteCount)}`],
        [t('storage.withoutCopy'), studies(summary.studiesWithoutCopy)],
        [
          t('storage.places'),
          summary.places.length === 0
            ? t('storage.noPlaces')
            : summary.places
                .map(({ name, lastConfirmedAtMs }) => `${name} (${formatMoment(lastConfirmedAtMs)})`)
                .join('\n'),
        ],
      ]}
    />
  );
}

interface EvictionProps {
  readonly summary: StorageSummary;
  readonly eviction: SettingsDocument['eviction'];
  readonly onChange: (eviction: SettingsDocument['eviction']) => void;
}

/** Off by default: what is removed here must be proven to exist elsewhere. */
function Eviction({ summary, eviction, onChange }: EvictionProps) {
  const { t } = useTranslation('settings');
  const limitGb = eviction.maximumBytes === 0 ? DEFAULT_LIMIT_GB : eviction.maximumBytes / GIGABYTE;
  const [typed, setTyped] = useState(String(limitGb));
  const parsed = Number(typed.normalize('NFKC'));
  const isUsable = Number.isFinite(parsed) && parsed > 0;
  const save = (enabled: boolean, gigabytes: number) =>
    onChange({ enabled, maximumBytes: Math.round(gigabytes * GIGABYTE) });
  return (
    <>
      <Setting title={t('storage.eviction')} text={t('storage.evictionText')}>
        <Checkbox
          label={t('storage.evictionOn')}
          isChecked={eviction.enabled}
          onChange={(enabled) => save(enabled, isUsable ? parsed : limitGb)}
        />
      </Setting>
      {eviction.enabled && (
        <Setting title={t('storage.limit')} text={t('storage.limitText')}>
          <TextField
            label={t('storage.limit')}
            inputMode="decimal"
            aria-invalid={!isUsable}
            value={typed}
            onChange={setTyped}
            onBlur={() => {
              if (isUsable) save(true, parsed);
              else setTyped(String(limitGb));
            }}
            onSubmit={() => {
              if (isUsable) save(true, parsed);
            }}
          />
          GB
        </Setting>
      )}
      {eviction.enabled && summary.eviction.isBlocked && <Paragraph>{t('storage.blocked')}</Paragraph>}
      {summary.eviction.evictedStudies > 0 && (
        <Paragraph>{t('storage.evicted', { count: summary.eviction.evictedStudies })}</Paragraph>
      )}
    </>
  );
}
