import { pointOnImage, referenceLine } from '#shared/dicom/geometry/linking.ts';
import type { Guides } from '#renderer/imaging/overlays/guides-painter.ts';
import { gridOf } from '#renderer/imaging/view/image-grid.ts';
import type { PaneController } from './pane-controller.ts';
import type { ViewerSession } from './viewer-session.ts';

/** What is drawn on a pane about the images of the others. */
export function guidesOf(session: ViewerSession, controller: PaneController): Guides {
  const { image } = controller.view.state.get();
  const { description } = image ?? {};
  if (!description?.plane) return {};
  const grid = gridOf(description);
  const { preferences, crosshair } = session.model.getState();
  const { active } = session;
  const source = active === controller ? undefined : active?.view.state.get().image?.description;
  const isComparable = source?.plane && source.frameOfReferenceUid === description.frameOfReferenceUid;
  const line =
    preferences.areReferenceLinesShown && source && isComparable && description.frameOfReferenceUid !== ''
      ? referenceLine(grid, gridOf(source))
      : undefined;
  const place =
    crosshair?.frameOfReferenceUid === description.frameOfReferenceUid
      ? pointOnImage(grid, crosshair.pointMm)
      : undefined;
  return {
    ...(line && {
      referenceLine: [
        [line[0].column, line[0].row],
        [line[1].column, line[1].row],
      ],
    }),
    ...(place?.isInside && {
      crosshair: { point: [place.column, place.row], distanceMm: place.distanceMm },
    }),
  };
}
