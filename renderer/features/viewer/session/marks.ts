import type { ImageTarget, KeyImage } from '#shared/contract/viewing.ts';
import type { AnnotationGeometry } from '#shared/domain/annotation.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { indexOfTarget, targetOf } from '#renderer/imaging/tools/annotation-target.ts';
import type { PaneContent } from './layout.ts';
import type { PaneController } from './pane-controller.ts';
import type { ViewerSession } from './viewer-session.ts';

type Window = KeyImage['window'];

const anywhere: AnnotationGeometry = { pointsMm: null, pointsPixel: [[0, 0]], textPixel: null };

/** Marks the image of a pane as a key image, or takes the mark away; undefined if nothing is on the pane. */
export async function toggleKeyImageOf(
  session: ViewerSession,
  controller: PaneController | undefined,
): Promise<'added' | 'removed' | undefined> {
  const { stack, image, window } = controller?.view.state.get() ?? {};
  const content = controller?.content;
  if (!content || !stack || !image) return undefined;
  const target = targetOf(stack, image, content.slab);
  return session.keyImages(content.studyKey).toggle(target, window ? { ...window } : null);
}

/** Shows the image something belongs to: in a pane that has its series, else in the active one. */
export async function jumpTo(
  session: ViewerSession,
  studyKey: StudyKey,
  target: ImageTarget,
  options: { readonly geometry?: AnnotationGeometry; readonly window?: Window } = {},
): Promise<PaneController | undefined> {
  const { geometry = anywhere, window = null } = options;
  const found = session.controllers().find((controller) => indexIn(controller, target, geometry) >= 0);
  if (found) {
    session.activate(found.pane);
    await found.view.setIndex(indexIn(found, target, geometry));
    if (window) found.view.setVoi({ kind: 'window', window });
    return found;
  }
  const content = await contentFor(session, studyKey, target, geometry);
  if (!content) return undefined;
  const pane = session.layout.activePane;
  session.put(pane, { ...content, initial: { ...content.initial, window } });
  return session.controller(pane);
}

function indexIn(controller: PaneController, target: ImageTarget, geometry: AnnotationGeometry): number {
  const { stack } = controller.view.state.get();
  return stack ? indexOfTarget(target, geometry, stack) : -1;
}

/** What to put into a pane to see the target. */
async function contentFor(
  session: ViewerSession,
  studyKey: StudyKey,
  target: ImageTarget,
  geometry: AnnotationGeometry,
): Promise<PaneContent | undefined> {
  const { seriesUid, slab } = target;
  const model = await session.library.read(studyKey, seriesUid);
  for (const stack of model?.stacks ?? []) {
    if (target.kind === 'frame') {
      const index = indexOfTarget(target, geometry, stack);
      if (index >= 0) {
        return { studyKey, seriesUid, stackId: stack.id, plane: 'stored', slab, initial: { index } };
      }
    } else if (stack.geometry.reformat.isPossible) {
      return { studyKey, seriesUid, stackId: stack.id, plane: nearestPlane(target.normal), slab };
    }
  }
  return undefined;
}

function nearestPlane([x, y, z]: readonly [number, number, number]): 'axial' | 'coronal' | 'sagittal' {
  if (Math.abs(z) >= Math.abs(x) && Math.abs(z) >= Math.abs(y)) return 'axial';
  return Math.abs(y) >= Math.abs(x) ? 'coronal' : 'sagittal';
}
