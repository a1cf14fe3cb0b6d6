import {
  Circle,
  Crosshair,
  FlipHorizontal2,
  FlipVertical2,
  Grid2x2,
  Hand,
  Lasso,
  MousePointer2,
  MoveUpRight,
  PanelRight,
  Pipette,
  Play,
  Redo2,
  RotateCcw,
  RotateCw,
  Ruler,
  Square,
  Sun,
  Triangle,
  Type,
  Undo2,
  Bookmark,
  ZoomIn,
  Contrast,
  Cross,
  Slash,
  AppWindow,
  Maximize,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CommandButton } from '#renderer/ui/icon-button.tsx';
import type { CommandId } from '../commands.ts';
import { registered } from '../use-viewer-commands.ts';
import { CineControl } from './cine-control.tsx';
import { HangingControl } from './hanging-control.tsx';
import { LayoutPicker } from './layout-picker.tsx';
import { LinkMenu } from './link-menu.tsx';
import { SlabControl } from './slab-control.tsx';
import styles from './toolbar.module.css';
import { WindowMenu } from './window-menu.tsx';

type Tools = readonly (readonly [CommandId, LucideIcon])[];

const pointerTools: Tools = [
  ['toolScroll', MousePointer2],
  ['toolWindow', Sun],
  ['toolZoom', ZoomIn],
  ['toolPan', Hand],
  ['toolCrosshair', Crosshair],
];
const measuringTools: Tools = [
  ['toolLength', Ruler],
  ['toolBidirectional', Cross],
  ['toolAngle', Triangle],
  ['toolCobbAngle', Slash],
  ['toolEllipse', Circle],
  ['toolRectangle', Square],
  ['toolFreehand', Lasso],
  ['toolProbe', Pipette],
  ['toolArrow', MoveUpRight],
  ['toolText', Type],
];
const viewTools: Tools = [
  ['fit', Maximize],
  ['rotateLeft', RotateCcw],
  ['rotateRight', RotateCw],
  ['flipHorizontal', FlipHorizontal2],
  ['flipVertical', FlipVertical2],
  ['invert', Contrast],
];

/** One row: what the left button does, how images lie, and what is marked on them. */
export function Toolbar() {
  const { t } = useTranslation('viewer');
  return (
    <div className={styles['toolbar']} role="toolbar" aria-label={t('toolbar.label')}>
      <div className={styles['group']}>
        <HangingControl />
        <LayoutPicker />
        <CommandButton command={registered('toggleReformat')} icon={Grid2x2} />
      </div>
      <Group tools={pointerTools} />
      <div className={styles['group']}>
        <WindowMenu />
      </div>
      <Group tools={viewTools} />
      <div className={styles['group']}>
        <SlabControl />
        <CineControl icon={Play} />
      </div>
      <Group tools={measuringTools} />
      <div className={styles['group']}>
        <CommandButton command={registered('undo')} icon={Undo2} />
        <CommandButton command={registered('redo')} icon={Redo2} />
        <CommandButton command={registered('toggleKeyImage')} icon={Bookmark} />
      </div>
      <div className={styles['group']}>
        <LinkMenu />
      </div>
      <div className={styles['end']}>
        <CommandButton command={registered('secondWindow')} icon={AppWindow} />
        <CommandButton command={registered('togglePanel')} icon={PanelRight} />
      </div>
    </div>
  );
}

function Group({ tools }: { tools: Tools }) {
  return (
    <div className={styles['group']}>
      {tools.map(([command, icon]) => (
        <CommandButton key={command} command={registered(command)} icon={icon} />
      ))}
    </div>
  );
}
