/**
 * Everything the viewer can be told, as data: shortcuts, tooltips, the help overlay and the command palette
 * are made from this one table. Names stand in the locale namespace `viewer` under `commands.<id>`, headings
 * under `groups.<group>`. Keys are places on the keyboard; the first one is shown, every one works.
 */
export interface CommandEntry {
  readonly id: string;
  readonly group: string;
  readonly keys: readonly string[];
  /** Whether a held key runs it again and again. */
  readonly repeats?: true;
  /** Stays out of the palette: a movement, not a thing to look for. */
  readonly isHidden?: true;
}

const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export const commandTable = [
  { id: 'nextImage', group: 'scroll', keys: ['ArrowDown', 'ArrowRight'], repeats: true, isHidden: true },
  { id: 'previousImage', group: 'scroll', keys: ['ArrowUp', 'ArrowLeft'], repeats: true, isHidden: true },
  {
    id: 'forward',
    group: 'scroll',
    keys: ['PageDown', 'Shift+ArrowDown'],
    repeats: true,
    isHidden: true,
  },
  { id: 'back', group: 'scroll', keys: ['PageUp', 'Shift+ArrowUp'], repeats: true, isHidden: true },
  { id: 'firstImage', group: 'scroll', keys: ['Home'] },
  { id: 'lastImage', group: 'scroll', keys: ['End'] },
  { id: 'nextSeries', group: 'scroll', keys: ['BracketRight'] },
  { id: 'previousSeries', group: 'scroll', keys: ['BracketLeft'] },
  { id: 'playOrStop', group: 'scroll', keys: ['Space'] },
  { id: 'playFaster', group: 'scroll', keys: ['Shift+Period'], repeats: true },
  { id: 'playSlower', group: 'scroll', keys: ['Shift+Comma'], repeats: true },

  ...digits.map(
    (digit) =>
      ({ id: `window${digit}`, group: 'window', keys: [`Digit${digit}`, `Numpad${digit}`] }) as const,
  ),
  { id: 'invert', group: 'window', keys: ['KeyI'] },

  { id: 'fit', group: 'view', keys: ['KeyF'] },
  { id: 'actualSize', group: 'view', keys: ['KeyG'] },
  { id: 'zoomIn', group: 'view', keys: ['Equal', 'NumpadAdd', 'Semicolon'], repeats: true },
  { id: 'zoomOut', group: 'view', keys: ['Minus', 'NumpadSubtract'], repeats: true },
  { id: 'rotateRight', group: 'view', keys: ['KeyR'] },
  { id: 'rotateLeft', group: 'view', keys: ['Shift+KeyR'] },
  { id: 'flipHorizontal', group: 'view', keys: ['KeyH'] },
  { id: 'flipVertical', group: 'view', keys: ['KeyV'] },
  { id: 'reset', group: 'view', keys: ['Backspace'] },
  { id: 'toggleCorners', group: 'view', keys: ['Shift+KeyO'] },
  { id: 'toggleOverlays', group: 'view', keys: ['KeyO'] },

  { id: 'nextStage', group: 'layout', keys: ['Period'] },
  { id: 'previousStage', group: 'layout', keys: ['Comma'] },
  { id: 'maximise', group: 'layout', keys: ['Enter', 'NumpadEnter'] },
  { id: 'layout1x1', group: 'layout', keys: ['Shift+Digit1'] },
  { id: 'layout1x2', group: 'layout', keys: ['Shift+Digit2'] },
  { id: 'layout1x3', group: 'layout', keys: ['Shift+Digit3'] },
  { id: 'layout2x2', group: 'layout', keys: ['Shift+Digit4'] },
  { id: 'layout2x3', group: 'layout', keys: ['Shift+Digit6'] },
  { id: 'layout3x3', group: 'layout', keys: ['Shift+Digit9'] },
  { id: 'swapSides', group: 'layout', keys: ['Shift+KeyS'] },
  { id: 'toggleReformat', group: 'layout', keys: ['KeyM'] },
  { id: 'nextSlab', group: 'layout', keys: ['Shift+KeyM'] },
  { id: 'thickerSlab', group: 'layout', keys: ['Shift+Equal', 'Shift+Semicolon'], repeats: true },
  { id: 'thinnerSlab', group: 'layout', keys: ['Shift+Minus'], repeats: true },

  { id: 'toolScroll', group: 'tools', keys: ['KeyS', 'Escape'] },
  { id: 'toolWindow', group: 'tools', keys: ['KeyW'] },
  { id: 'toolZoom', group: 'tools', keys: ['KeyZ'] },
  { id: 'toolPan', group: 'tools', keys: ['KeyP'] },
  { id: 'toolCrosshair', group: 'tools', keys: ['KeyX'] },

  { id: 'toolLength', group: 'measure', keys: ['KeyL'] },
  { id: 'toolBidirectional', group: 'measure', keys: ['KeyB'] },
  { id: 'toolAngle', group: 'measure', keys: ['KeyA'] },
  { id: 'toolCobbAngle', group: 'measure', keys: ['KeyC'] },
  { id: 'toolEllipse', group: 'measure', keys: ['KeyE'] },
  { id: 'toolRectangle', group: 'measure', keys: ['KeyD'] },
  { id: 'toolFreehand', group: 'measure', keys: ['KeyN'] },
  { id: 'toolProbe', group: 'measure', keys: ['KeyU'] },
  { id: 'toolArrow', group: 'measure', keys: ['KeyY'] },
  { id: 'toolText', group: 'measure', keys: ['KeyT'] },
  { id: 'undo', group: 'measure', keys: ['Ctrl+KeyZ'], repeats: true },
  { id: 'redo', group: 'measure', keys: ['Ctrl+Shift+KeyZ', 'Ctrl+KeyY'], repeats: true },
  { id: 'deleteSelected', group: 'measure', keys: ['Delete'] },
  { id: 'editLabel', group: 'measure', keys: ['F2'] },
  { id: 'toggleAnnotations', group: 'measure', keys: ['Shift+KeyH'] },
  { id: 'toggleKeyImage', group: 'measure', keys: ['KeyK'] },
  { id: 'togglePanel', group: 'measure', keys: ['KeyJ'] },

  { id: 'linkScroll', group: 'link', keys: ['Shift+KeyL'] },
  { id: 'linkWindow', group: 'link', keys: ['Shift+KeyW'] },
  { id: 'linkZoom', group: 'link', keys: ['Shift+KeyZ'] },
  { id: 'referenceLines', group: 'link', keys: ['Shift+KeyX'] },

  { id: 'closeStudy', group: 'room', keys: ['KeyQ'] },
  { id: 'secondWindow', group: 'room', keys: ['Shift+KeyQ'] },
] as const satisfies readonly CommandEntry[];

export type CommandId = (typeof commandTable)[number]['id'];
