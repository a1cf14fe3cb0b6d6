import type { AnnotationContent } from '#shared/contract/viewing.ts';
import type { AnnotationGeometry } from '#shared/domain/annotation.ts';
import { targetOf } from '#renderer/imaging/tools/annotation-target.ts';
import type { Measurement, AnnotationTool } from '#renderer/imaging/tools/measure.ts';
import type { SurfaceOwner } from '#renderer/imaging/tools/pane-surface.ts';
import { needsText } from '#renderer/imaging/tools/shapes.ts';
import { annotationLines } from '../annotations/annotation-text.ts';
import { guidesOf } from './pane-guides.ts';
import type { ViewerSession } from './viewer-session.ts';

/** What the pointer does on one pane, carried out on the session. */
export function createPaneOwner(session: ViewerSession, pane: number): SurfaceOwner {
  const controller = () => session.controller(pane);
  const content = () => controller()?.content ?? null;
  const nameOf = (annotationUid: string) => {
    const studyKey = content()?.studyKey;
    return studyKey === undefined ? undefined : { studyKey, annotationUid };
  };

  const added = (tool: AnnotationTool, geometry: AnnotationGeometry, measurement: Measurement) => {
    const shown = content();
    const { stack, image } = controller()?.view.state.get() ?? {};
    if (!shown || !stack || !image) return;
    const annotation: AnnotationContent = {
      annotationUid: crypto.randomUUID(),
      tool,
      target: targetOf(stack, image, shown.slab),
      geometry,
      label: '',
      values: [...measurement.values],
    };
    const name = { studyKey: shown.studyKey, annotationUid: annotation.annotationUid };
    if (needsText(tool)) {
      session.update({ editing: { ...name, pane, draft: annotation }, selected: undefined });
    } else {
      session.annotations(shown.studyKey).put(annotation);
      session.update({ selected: name });
    }
  };

  return {
    tool: () => session.model.getState().tool,
    guides: () => {
      const own = controller();
      return own ? guidesOf(session, own) : {};
    },
    dragSettings: () => {
      const isInverted = session.model.getState().settings?.windowingDragDirection === 'inverted';
      return { isWindowWidthDragInverted: isInverted, isWindowLevelDragInverted: isInverted };
    },
    annotations: () => {
      const shown = content();
      return shown ? session.annotationsOf(shown) : [];
    },
    selectedUid: () => session.model.getState().selected?.annotationUid,
    linesOf: annotationLines,
    added,
    changed: (annotationUid, geometry, measurement) => {
      const name = nameOf(annotationUid);
      const annotations = name && session.annotations(name.studyKey);
      const known = annotations?.find(annotationUid);
      if (known) annotations?.put({ ...known, geometry, values: [...measurement.values] });
    },
    selected: (annotationUid) => {
      const selected = annotationUid === undefined ? undefined : nameOf(annotationUid);
      const before = session.model.getState().selected;
      if (selected?.annotationUid !== before?.annotationUid) session.update({ selected });
    },
    editRequested: (annotationUid) => {
      const name = nameOf(annotationUid);
      if (name) session.update({ editing: { ...name, pane, draft: undefined } });
    },
    maximiseRequested: () => session.toggleMaximised(pane),
    crosshairMoved: (pointMm) => {
      const frameOfReferenceUid = controller()?.view.state.get().image?.description.frameOfReferenceUid;
      if (frameOfReferenceUid) session.pointAt(pane, { frameOfReferenceUid, pointMm });
    },
    scrolled: (steps) => void controller()?.view.scrollBy(steps),
    activated: () => session.activate(pane),
  };
}
