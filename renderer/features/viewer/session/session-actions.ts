import type { ViewerPreferences } from '#shared/contract/viewing.ts';
import { i18n } from '#renderer/i18n/index.ts';
import type { PrimaryTool } from '#renderer/imaging/tools/pane-surface.ts';
import { goTo } from '#renderer/ui/address.ts';
import { showToast } from '#renderer/ui/toast.tsx';
import type { CommandId } from '../commands.ts';
import type { Actions } from '../use-viewer-commands.ts';
import { presetOfDigit } from '../window-presets.ts';
import { jumpTo, toggleKeyImageOf } from './marks.ts';
import { nextSlab, thicker } from './slab.ts';
import type { ViewerModel } from './viewer-model.ts';
import type { ViewerSession } from './viewer-session.ts';

const JUMP = 5;
const ZOOM_STEP = 1.25;

/** What each command of the table does. */
export function createActions(session: ViewerSession): Actions {
  const view = () => session.active?.view;
  const scroll = (delta: number) => () => void view()?.scrollBy(delta);
  const tool = (name: PrimaryTool) => () => session.setTool(name);
  const layout = (rows: number, columns: number) => () => session.setLayout(rows, columns);
  const toggle = (name: keyof ViewerPreferences) => () =>
    session.setPreferences({ [name]: !session.model.getState().preferences[name] });
  return {
    nextImage: scroll(1),
    previousImage: scroll(-1),
    forward: scroll(JUMP),
    back: scroll(-JUMP),
    firstImage: () => void view()?.setIndex(0),
    lastImage: () => void view()?.setIndex(Number.MAX_SAFE_INTEGER),
    nextSeries: () => session.showNeighbour(1),
    previousSeries: () => session.showNeighbour(-1),
    playOrStop: () => session.toggleCine(),
    playFaster: () => session.changeCineSpeed(1),
    playSlower: () => session.changeCineSpeed(-1),
    ...windowActions(session),
    invert: () => view()?.setInverted(!view()?.state.get().isInverted),
    fit: () => view()?.fit(),
    actualSize: () => view()?.showOneToOne(),
    zoomIn: () => view()?.zoomBy(ZOOM_STEP),
    zoomOut: () => view()?.zoomBy(1 / ZOOM_STEP),
    rotateRight: () => view()?.rotateBy(90),
    rotateLeft: () => view()?.rotateBy(-90),
    flipHorizontal: () => view()?.flip('horizontal'),
    flipVertical: () => view()?.flip('vertical'),
    reset: () => view()?.reset(),
    toggleCorners: toggle('areCornersShown'),
    toggleOverlays: toggle('areOverlaysShown'),
    nextStage: () => session.hanging.changeStage(1),
    previousStage: () => session.hanging.changeStage(-1),
    maximise: () => session.toggleMaximised(),
    layout1x1: layout(1, 1),
    layout1x2: layout(1, 2),
    layout1x3: layout(1, 3),
    layout2x2: layout(2, 2),
    layout2x3: layout(2, 3),
    layout3x3: layout(3, 3),
    swapSides: () => session.swapSides(),
    toggleReformat: () => session.toggleReformat(),
    nextSlab: () => session.change((content) => ({ ...content, slab: nextSlab(content.slab) })),
    thickerSlab: () => session.change((content) => ({ ...content, slab: thicker(content.slab, 1) })),
    thinnerSlab: () => session.change((content) => ({ ...content, slab: thicker(content.slab, -1) })),
    toolScroll: () => escape(session),
    toolWindow: tool('window'),
    toolZoom: tool('zoom'),
    toolPan: tool('pan'),
    toolCrosshair: tool('crosshair'),
    toolLength: tool('length'),
    toolBidirectional: tool('bidirectional'),
    toolAngle: tool('angle'),
    toolCobbAngle: tool('cobbAngle'),
    toolEllipse: tool('ellipse'),
    toolRectangle: tool('rectangle'),
    toolFreehand: tool('freehand'),
    toolProbe: tool('probe'),
    toolArrow: tool('arrow'),
    toolText: tool('text'),
    undo: () => showStep(session, 'undo'),
    redo: () => showStep(session, 'redo'),
    deleteSelected: () => {
      const { selected } = session.model.getState();
      if (selected) session.annotations(selected.studyKey).remove(selected.annotationUid);
    },
    editLabel: () => {
      const { selected } = session.model.getState();
      if (selected) {
        session.update({ editing: { ...selected, pane: session.layout.activePane, draft: undefined } });
      }
    },
    toggleAnnotations: () =>
      session.update({ areAnnotationsShown: !session.model.getState().areAnnotationsShown }),
    toggleKeyImage: () => void markKeyImage(session),
    togglePanel: () => session.update({ isPanelOpen: !session.model.getState().isPanelOpen }),
    linkScroll: toggle('isScrollLinked'),
    linkWindow: toggle('isWindowLinked'),
    linkZoom: toggle('isZoomLinked'),
    referenceLines: toggle('areReferenceLinesShown'),
    closeStudy: () => goTo(['reading']),
    secondWindow: () => void window.open(session.keeper.address(), '_blank', 'popup'),
  };
}

type WindowCommand = Extract<CommandId, `window${number}`>;

function windowActions(session: ViewerSession): Readonly<Record<WindowCommand, () => void>> {
  const choose = (digit: number) => () => {
    const preset = presetOfDigit(digit);
    if (preset) session.setWindow({ width: preset.width, centre: preset.centre });
    else session.resetWindow();
  };
  return {
    window0: choose(0),
    window1: choose(1),
    window2: choose(2),
    window3: choose(3),
    window4: choose(4),
    window5: choose(5),
    window6: choose(6),
    window7: choose(7),
    window8: choose(8),
    window9: choose(9),
  };
}

/** Esc gives up one thing at a time: what is being drawn, then the tool, then the selection. */
function escape(session: ViewerSession): void {
  const gaveUp = session.controllers().filter(({ surface }) => surface.cancel()).length > 0;
  if (gaveUp) return;
  if (session.model.getState().tool !== 'scroll') session.setTool('scroll');
  else session.update({ selected: undefined, crosshair: undefined });
}

/** Undoes or repeats in the study of the active pane, and shows where. */
function showStep(session: ViewerSession, step: 'undo' | 'redo'): void {
  const studyKey = session.active?.content?.studyKey ?? session.studyKey;
  const annotations = session.annotations(studyKey);
  const annotationUid = annotations[step]();
  const content = annotationUid === undefined ? undefined : annotations.find(annotationUid);
  if (content) void jumpTo(session, studyKey, content.target, { geometry: content.geometry });
}

async function markKeyImage(session: ViewerSession): Promise<void> {
  try {
    await toggleKeyImageOf(session, session.active);
  } catch {
    showToast({
      kind: 'problem',
      id: 'key-image',
      title: i18n.t('viewer:toast.keyImageFailed'),
      text: i18n.t('viewer:toast.keyImageSafe'),
    });
  }
}

/** Which commands are on, for tooltips, menus and the toolbar. */
export function activeCommands(
  model: ViewerModel,
  view: { readonly isInverted: boolean; readonly isReformat: boolean; readonly isCurrentOnRight: boolean },
): ReadonlySet<CommandId> {
  const { tool, preferences, layout } = model;
  const states: readonly (readonly [CommandId, boolean])[] = [
    [`tool${tool[0]?.toUpperCase()}${tool.slice(1)}` as CommandId, true],
    ['invert', view.isInverted],
    ['toggleReformat', view.isReformat],
    ['swapSides', view.isCurrentOnRight],
    ['playOrStop', model.cine !== undefined],
    ['maximise', layout.isMaximised],
    ['toggleCorners', preferences.areCornersShown],
    ['toggleOverlays', preferences.areOverlaysShown],
    ['toggleAnnotations', model.areAnnotationsShown],
    ['togglePanel', model.isPanelOpen],
    ['linkScroll', preferences.isScrollLinked],
    ['linkWindow', preferences.isWindowLinked],
    ['linkZoom', preferences.isZoomLinked],
    ['referenceLines', preferences.areReferenceLinesShown],
  ];
  return new Set(states.filter(([, isOn]) => isOn).map(([id]) => id));
}
