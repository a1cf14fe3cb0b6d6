import { Microscope, MonitorPlay, Stethoscope } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Select } from '#renderer/ui/select.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import type { ControllerConfiguration } from '#shared/motion/microscope-configuration.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import styles from './start-choice.module.css';
import { TryBothSides } from './try-both-sides.tsx';

export interface StartChoiceProps {
  /** The people and hospitals that can be called. */
  readonly contacts: ReactNode;
  /** Why the last call ended, and whatever else has to be said first. */
  readonly notice: ReactNode;
}

/** Which side of the link this workstation is. */
export function StartChoice({ contacts, notice }: StartChoiceProps) {
  const { t } = useTranslation('microscope');
  const { microscope } = useBackend();
  const choose = (controller: ControllerConfiguration) => {
    microscope
      .configure({ configuration: { ...simulatedMicroscope, controller } })
      .catch((error: unknown) =>
        showToast({ kind: 'problem', title: t('start.title'), text: errorText(error) }),
      );
  };
  return (
    <div className={styles['start']}>
      <h1 className={styles['title']}>{t('start.title')}</h1>
      <p className={styles['lead']}>{t('start.lead')}</p>
      {notice}
      <div className={styles['sides']}>
        <section className={styles['side']}>
          <h2>
            <Microscope size={20} strokeWidth={1.5} aria-hidden />
            {t('start.bench')}
          </h2>
          <p>{t('start.benchText')}</p>
          <div className={styles['device']}>
            <div>
              <strong>{t('start.simulated')}</strong>
              <p>{t('start.simulatedText')}</p>
            </div>
            <Button
              kind="primary"
              data-testid="use-simulated"
              onClick={() => choose({ driver: 'simulated' })}
            >
              {t('start.choose')}
            </Button>
          </div>
          <Prior onChoose={choose} />
          <OpenFlexure onChoose={choose} />
        </section>
        <section className={styles['side']}>
          <h2>
            <Stethoscope size={20} strokeWidth={1.5} aria-hidden />
            {t('start.console')}
          </h2>
          <p>{t('start.consoleText')}</p>
          {contacts}
          <div className={styles['device']}>
            <div>
              <strong className={styles['withIcon']}>
                <MonitorPlay size={16} strokeWidth={1.5} aria-hidden />
                {t('start.try')}
              </strong>
              <p>{t('start.tryText')}</p>
            </div>
            <TryBothSides />
          </div>
        </section>
      </div>
    </div>
  );
}

function Prior({ onChoose }: { onChoose: (controller: ControllerConfiguration) => void }) {
  const { t } = useTranslation('microscope');
  const ports = useCall('microscope', 'listSerialPorts', {});
  const paths = ports.data?.paths ?? [];
  const [chosen, setChosen] = useState<string>();
  const serialPath = chosen ?? paths[0];
  return (
    <div className={styles['device']}>
      <div>
        <strong>{t('start.prior')}</strong>
        <p>{t('start.priorText')}</p>
        {serialPath === undefined ? (
          <p className={styles['none']}>{t('start.noPort')}</p>
        ) : (
          <Select
            label={t('start.port')}
            isLabelShown
            options={paths.map((path) => ({ value: path, label: path }))}
            value={serialPath}
            onChange={setChosen}
          />
        )}
      </div>
      {serialPath === undefined ? (
        <Button onClick={() => void ports.refetch()}>{t('start.searchAgain')}</Button>
      ) : (
        <Button onClick={() => onChoose({ driver: 'prior-proscan', serialPath, baudRate: 9600 })}>
          {t('start.choose')}
        </Button>
      )}
    </div>
  );
}

function OpenFlexure({ onChoose }: { onChoose: (controller: ControllerConfiguration) => void }) {
  const { t } = useTranslation('microscope');
  const [url, setUrl] = useState('http://microscope.local:5000');
  return (
    <div className={styles['device']}>
      <div>
        <strong>{t('start.openflexure')}</strong>
        <p>{t('start.openflexureText')}</p>
        <TextField label={t('start.url')} isLabelShown value={url} onChange={setUrl} />
      </div>
      <Button disabled={!URL.canParse(url)} onClick={() => onChoose({ driver: 'openflexure', url })}>
        {t('start.choose')}
      </Button>
    </div>
  );
}
