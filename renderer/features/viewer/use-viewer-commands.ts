import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { commandText } from '#renderer/i18n/command-text.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import type { Command } from '#renderer/ui/commands/registry.ts';
import { useCommands } from '#renderer/ui/commands/use-commands.ts';
import { commandTable } from './commands.ts';
import type { CommandEntry, CommandId } from './commands.ts';
import { presetOfDigit, windowText } from './window-presets.ts';

export type Actions = Readonly<Record<CommandId, () => void>>;

/** The id under which the viewer's command is registered. */
export const registered = (id: CommandId): string => `viewer.${id}`;

/** Offers the whole table for as long as the viewer is on the screen; `actions` has to stay the same object. */
export function useViewerCommands(actions: Actions, active: ReadonlySet<CommandId>): void {
  const { t } = useTranslation('viewer');
  const language = useLanguage();
  const activeIds = [...active].sort().join(' ');
  const commands = useMemo(() => {
    const isOn = new Set(activeIds.split(' '));
    return commandTable.map((entry): Command => {
      const { id, group, keys, repeats, isHidden }: CommandEntry & (typeof commandTable)[number] = entry;
      const { label, keywords } = commandText(`viewer:commands.${id}`, language);
      return {
        id: registered(id),
        label: withPreset(id, label, language),
        keywords,
        group: t(`groups.${group}`),
        keys,
        ...(repeats && { repeats }),
        ...(isHidden && { isHidden }),
        ...(switches.has(id) && { isActive: isOn.has(id) }),
        run: () => actions[id](),
      };
    });
  }, [t, language, activeIds, actions]);
  useCommands(commands);
}

/** Those that are on or off; the others simply happen. */
const switches: ReadonlySet<CommandId> = new Set<CommandId>([
  ...commandTable.filter(({ id }) => id.startsWith('tool')).map(({ id }) => id),
  'invert',
  'playOrStop',
  'maximise',
  'toggleReformat',
  'toggleCorners',
  'toggleOverlays',
  'toggleAnnotations',
  'togglePanel',
  'linkScroll',
  'linkWindow',
  'linkZoom',
  'referenceLines',
  'swapSides',
]);

function withPreset(id: CommandId, label: string, language: 'ja' | 'en'): string {
  const preset = presetOfDigit(Number(/^window([1-9])$/.exec(id)?.[1] ?? Number.NaN));
  return preset ? `${label} ${preset.name[language]} ${windowText(preset)}` : label;
}
