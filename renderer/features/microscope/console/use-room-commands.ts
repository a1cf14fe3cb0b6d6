import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { commandText } from '#renderer/i18n/command-text.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import type { Command } from '#renderer/ui/commands/registry.ts';
import { useCommands } from '#renderer/ui/commands/use-commands.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { tools } from '../session/session-model.ts';
import type { Tool } from '../session/session-model.ts';
import { PUSH_TO_TALK } from '../hands/keyboard-hand.ts';
import { useModel, useSession } from '../use-session.ts';

const toolKeys: Readonly<Record<Tool, string>> = {
  pan: 'KeyH',
  box: 'KeyN',
  length: 'KeyL',
  arrow: 'KeyO',
  freehand: 'KeyP',
  text: 'KeyT',
  laser: 'KeyG',
};

/** Held keys are the keyboard hand's (see `hands/keyboard-hand.ts`); here they stand so that help and palette know them. */
const held = [
  ['stop', ['Space', 'Escape']],
  ['left', ['ArrowLeft', 'KeyA']],
  ['right', ['ArrowRight', 'KeyD']],
  ['up', ['ArrowUp', 'KeyW']],
  ['down', ['ArrowDown', 'KeyS']],
  ['focusUp', ['KeyR', 'PageUp']],
  ['focusDown', ['KeyF', 'PageDown']],
] as const;

export interface RoomActions {
  readonly toggleJoystick: () => void;
  readonly openMapping: () => void;
  readonly toggleMute: () => void;
  readonly focusChat: () => void;
}

/** Everything that can be done in the room, with its keys; `actions` has to stay the same object. */
export function useRoomCommands(actions: RoomActions): void {
  const { t } = useTranslation('microscope');
  const language = useLanguage();
  const session = useSession();
  const { tool, count } = useModel((model) => ({
    tool: model.tool,
    count: model.state ? (session.facts?.objectives.length ?? 0) : 0,
  }));
  const commands = useMemo<readonly Command[]>(() => {
    const groups = {
      steer: t('groups.steer'),
      look: t('groups.look'),
      draw: t('groups.draw'),
      talk: t('groups.talk'),
    };
    return [
      ...held.map(([id, keys]) => ({
        id: `microscope.${id}`,
        ...commandText(`microscope:commands.${id}`, language),
        group: groups.steer,
        keys,
        isHidden: id !== 'stop',
        run: () => {
          if (id === 'stop') session.stop();
        },
      })),
      ...objectiveCommands(session, count, groups.steer, language),
      ...lookCommands(session, groups.look, language, actions),
      ...tools.map((each) => ({
        id: `microscope.tool.${each}`,
        ...commandText(`microscope:commands.tool.${each}`, language),
        group: groups.draw,
        keys: [toolKeys[each]],
        isActive: tool === each,
        run: () => session.model.setState({ tool: each }),
      })),
      {
        id: 'microscope.eraseAll',
        ...commandText('microscope:commands.eraseAll', language),
        group: groups.draw,
        run: () => session.conversation.eraseAll(),
      },
      {
        id: 'microscope.pushToTalk',
        ...commandText('microscope:commands.pushToTalk', language),
        group: groups.talk,
        keys: [PUSH_TO_TALK],
        isHidden: true,
        run: () => {},
      },
      {
        id: 'microscope.mute',
        ...commandText('microscope:commands.mute', language),
        group: groups.talk,
        keys: ['KeyM'],
        run: actions.toggleMute,
      },
      {
        id: 'microscope.chat',
        ...commandText('microscope:commands.chat', language),
        group: groups.talk,
        keys: ['KeyK'],
        run: actions.focusChat,
      },
    ];
  }, [t, language, session, tool, count, actions]);
  useCommands(commands);
}

type Language = ReturnType<typeof useLanguage>;

function objectiveCommands(
  session: MicroscopeSession,
  count: number,
  group: string,
  language: Language,
): Command[] {
  return ([1, 2, 3, 4, 5, 6, 7, 8] as const).slice(0, count).map((number) => ({
    id: `microscope.objective${number}`,
    ...commandText(`microscope:commands.objective${number}`, language),
    group,
    keys: [`Digit${number}`, `Numpad${number}`],
    run: () => {
      const objective = session.facts?.objectives[number - 1];
      if (objective) void session.changeObjective(objective.id);
    },
  }));
}

function lookCommands(
  session: MicroscopeSession,
  group: string,
  language: Language,
  actions: RoomActions,
): Command[] {
  const make = (id: LookId, keys: readonly string[], run: () => void): Command => ({
    id: `microscope.${id}`,
    ...commandText(`microscope:commands.${id}`, language),
    group,
    ...(keys.length > 0 && { keys }),
    run,
  });
  return [
    make('autofocus', ['KeyX'], () => void session.autofocus()),
    make('takeStill', ['KeyC'], () => void session.stillTaking.keep()),
    make('toVideo', ['KeyY'], () => session.stillTaking.show(null)),
    make('bookmark', ['KeyB'], () => session.places.bookmark()),
    make('back', ['Backspace'], () => session.places.back()),
    make('goOn', ['KeyU'], () => session.places.goOnEarlyEnd()),
    make('control', ['KeyE'], () => session.askOrHandOver()),
    make('zoomFit', ['Digit0', 'Numpad0'], () => session.picture.setZoom(1)),
    make('zoomActual', ['Digit9', 'Numpad9'], () => session.picture.showActualPixels()),
    make('joystick', ['KeyJ'], actions.toggleJoystick),
    make('gamepad', [], actions.openMapping),
  ];
}

type LookId =
  | 'autofocus'
  | 'takeStill'
  | 'toVideo'
  | 'bookmark'
  | 'back'
  | 'goOn'
  | 'control'
  | 'zoomFit'
  | 'zoomActual'
  | 'joystick'
  | 'gamepad';
