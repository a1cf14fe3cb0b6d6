import { useEffect, useRef, useState } from 'react';
import type { DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { i18n } from '#renderer/i18n/index.ts';
import type { PaneController } from '../session/pane-controller.ts';
import { draggedContent } from '../strip/dragged-series.ts';
import { useLibrary, useModel, useObserved, useSession } from '../use-session.ts';
import { Corners } from './corners.tsx';
import { Findings } from './findings.tsx';
import { PaneMessage } from './pane-message.tsx';
import styles from './pane.module.css';
import { ScrollBar } from './scroll-bar.tsx';
import { TextEditor } from './text-editor.tsx';

/** One part of the grid: image, drawings over it, corners, scroll bar. */
export function Pane({ pane }: { pane: number }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const viewport = useRef<HTMLDivElement>(null);
  const overlays = useRef<HTMLDivElement>(null);
  const drawings = useRef<SVGSVGElement>(null);
  const [controller, setController] = useState<PaneController>();
  const [isDropTarget, setDropTarget] = useState(false);
  const isActive = useModel(({ layout }) => layout.activePane === pane);
  const tool = useModel((model) => model.tool);
  const editing = useModel((model) => (model.editing?.pane === pane ? model.editing : undefined));

  useEffect(() => {
    if (!viewport.current || !overlays.current || !drawings.current) return undefined;
    const unmount = session.mount(pane, {
      viewport: viewport.current,
      overlays: overlays.current,
      drawings: drawings.current,
    });
    setController(session.controller(pane));
    const redraw = () => session.controller(pane)?.surface.refresh();
    i18n.on('languageChanged', redraw);
    return () => {
      i18n.off('languageChanged', redraw);
      unmount();
      setController(undefined);
    };
  }, [session, pane]);

  const onDrop = (event: DragEvent) => {
    setDropTarget(false);
    const content = draggedContent(event.dataTransfer);
    if (!content) return;
    event.preventDefault();
    session.put(pane, content);
  };
  return (
    <div
      className={styles['pane']}
      data-pane={pane}
      data-active={isActive || undefined}
      data-drop={isDropTarget || undefined}
      data-tool={tool}
      role="group"
      aria-label={t('pane.label', { number: pane + 1 })}
      tabIndex={0}
      onFocus={() => session.activate(pane)}
      onDragOver={(event) => {
        event.preventDefault();
        setDropTarget(true);
      }}
      onDragLeave={() => setDropTarget(false)}
      onDrop={onDrop}
    >
      <div ref={viewport} id={`pane-${pane}`} className={styles['viewport']} data-testid="viewport" />
      <div ref={overlays} className={styles['overlays']} aria-hidden />
      <svg ref={drawings} className={styles['drawings']} aria-hidden />
      {controller && <PaneContents controller={controller} />}
      {editing && <TextEditor key={editing.annotationUid} editing={editing} />}
    </div>
  );
}

/** Everything that follows the image on the screen. */
function PaneContents({ controller }: { controller: PaneController }) {
  const state = useObserved(controller.view.state);
  const library = useLibrary();
  const areCornersShown = useModel(({ preferences }) => preferences.areCornersShown);
  const cine = useModel((model) => (model.cine?.pane === controller.pane ? model.cine : undefined));
  // The layout decides what is in the pane; its view follows a moment later.
  useModel(({ layout }) => layout.panes[controller.pane]);
  const { content } = controller;
  const study = library.find(({ summary }) => summary.studyKey === content?.studyKey);
  return (
    <>
      {content && study && (
        <Corners state={state} content={content} study={study} areTextsShown={areCornersShown} cine={cine} />
      )}
      {state.stack && state.image && <Findings stack={state.stack} />}
      <PaneMessage controller={controller} state={state} />
      {state.stack && state.stack.images.length > 1 && (
        <ScrollBar view={controller.view} stack={state.stack} state={state} />
      )}
    </>
  );
}
