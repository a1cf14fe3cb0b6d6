import { ContextMenu as BaseContext } from '@base-ui/react/context-menu';
import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import type { KeyBinding } from './commands/keys.ts';
import { KeyboardHint } from './keyboard-hint.tsx';
import popup from './popup.module.css';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon | undefined;
  readonly binding?: KeyBinding | undefined;
  readonly isChecked?: boolean;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

/** A group of items; groups are divided by a line. */
export type MenuItems = readonly (readonly MenuItem[])[];

function Items({ groups }: { groups: MenuItems }) {
  return groups.map((items, index) => (
    <div key={items[0]?.id ?? index} role="presentation">
      {index > 0 && <Base.Separator className={popup['separator']} />}
      {items.map(({ id, label, icon: Icon, binding, isChecked, isDisabled, run }) => (
        <Base.Item key={id} className={popup['item']} disabled={isDisabled ?? false} onClick={run}>
          <span className={popup['mark']}>
            {isChecked ? <Check size={14} aria-hidden /> : Icon && <Icon size={14} aria-hidden />}
          </span>
          <span className={popup['text']}>{label}</span>
          {binding !== undefined && <KeyboardHint binding={binding} />}
        </Base.Item>
      ))}
    </div>
  ));
}

/** A menu that opens from a button; `trigger` is the button. */
export function Menu({
  trigger,
  groups,
}: {
  trigger: ReactElement<Record<string, unknown>>;
  groups: MenuItems;
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={popup['positioner']} sideOffset={4} align="start" collisionPadding={8}>
          <Base.Popup className={popup['popup']}>
            <Items groups={groups} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** A menu that opens on right click, or with the menu key, inside `area`. */
export function ContextMenu({
  area,
  groups,
}: {
  area: ReactElement<Record<string, unknown>>;
  groups: MenuItems;
}) {
  return (
    <BaseContext.Root>
      <BaseContext.Trigger render={area} />
      <BaseContext.Portal>
        <BaseContext.Positioner className={popup['positioner']} collisionPadding={8}>
          <BaseContext.Popup className={popup['popup']}>
            <Items groups={groups} />
          </BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  );
}
