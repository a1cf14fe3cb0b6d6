import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsDocument } from '#shared/contract/settings.ts';
import { Button } from '#renderer/ui/button.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { Paragraph, Setting } from './setting.tsx';
import { useSettings } from './use-settings.ts';

type ImportDefaults = SettingsDocument['importDefaults'];

export function ImportSection() {
  const { t } = useTranslation('settings');
  const [settings, change] = useSettings();
  return (
    <>
      <Paragraph>{t('import.text')}</Paragraph>
      {settings && (
        <Defaults stored={settings.importDefaults} onSave={(importDefaults) => change({ importDefaults })} />
      )}
    </>
  );
}

function Defaults({
  stored,
  onSave,
}: {
  stored: ImportDefaults;
  onSave: (defaults: ImportDefaults) => void;
}) {
  const { t } = useTranslation('settings');
  const [typed, setTyped] = useState(stored);
  const isChanged = typed.issuer.trim() !== stored.issuer || typed.facility.trim() !== stored.facility;
  const save = () => onSave({ issuer: typed.issuer.trim(), facility: typed.facility.trim() });
  return (
    <>
      <Setting title={t('import.issuer')} text={t('import.issuerText')}>
        <TextField
          label={t('import.issuer')}
          maxLength={64}
          value={typed.issuer}
          onChange={(issuer) => setTyped({ ...typed, issuer })}
          onSubmit={save}
        />
      </Setting>
      <Setting title={t('import.facility')} text={t('import.facilityText')}>
        <TextField
          label={t('import.facility')}
          maxLength={64}
          value={typed.facility}
          onChange={(facility) => setTyped({ ...typed, facility })}
          onSubmit={save}
        />
      </Setting>
      <Button kind="primary" disabled={!isChanged} onClick={save}>
        {t('save')}
      </Button>
    </>
  );
}
