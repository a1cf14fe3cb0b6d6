import { Keyboard, Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { commandRegistry } from '#renderer/ui/commands/registry.ts';
import { Setting } from './setting.tsx';

const topics = ['bring', 'find', 'open', 'safe', 'trouble'] as const;

export function HelpSection() {
  const { t } = useTranslation('settings');
  return (
    <>
      {topics.map((topic) => (
        <Setting key={topic} title={t(`help.${topic}`)} text={t(`help.${topic}Text`)}>
          {null}
        </Setting>
      ))}
      <Setting title={t('help.keys')} text={t('help.keysText')}>
        <Button icon={Keyboard} binding="F1" onClick={() => commandRegistry.find('app.help')?.run()}>
          {t('help.showKeys')}
        </Button>
        <Button icon={Search} binding="Ctrl+KeyK" onClick={() => commandRegistry.find('app.palette')?.run()}>
          {t('help.findCommand')}
        </Button>
      </Setting>
    </>
  );
}
