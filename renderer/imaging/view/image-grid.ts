import { edgeLetters } from '#shared/dicom/geometry/orientation.ts';
import type { EdgeLetters } from '#shared/dicom/geometry/orientation.ts';
import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import { add, scale } from '#shared/dicom/geometry/vector.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import type { Camera } from './camera.ts';

/** The grid Cornerstone3D works on: images without mm or place get pixels and an arbitrary one. */
export function gridOf({ plane, spacing, rows, columns }: ImageDescription): ImageGrid {
  return {
    positionMm: plane?.positionMm ?? [0, 0, 0],
    rowDirection: plane?.rowDirection ?? [1, 0, 0],
    columnDirection: plane?.columnDirection ?? [0, 1, 0],
    rows,
    columns,
    rowSpacingMm: spacing.kind === 'mm' ? spacing.rowMm : spacing.heightToWidth,
    columnSpacingMm: spacing.kind === 'mm' ? spacing.columnMm : 1,
  };
}

/** What is at the edges of the screen: only known for images with a place in the patient. */
export function edgeLettersOf(image: ImageDescription, camera: Camera): EdgeLetters | undefined {
  // Radiographs have no plane in the patient, but may say which way their rows and columns run.
  const { rowDirection, columnDirection } = image.plane ?? image.patientOrientation ?? {};
  if (!rowDirection || !columnDirection) return undefined;
  const angle = (camera.rotationDeg * Math.PI) / 180;
  const row = scale(rowDirection, camera.flipHorizontal ? -1 : 1);
  const column = scale(columnDirection, camera.flipVertical ? -1 : 1);
  const right = add(scale(row, Math.cos(angle)), scale(column, -Math.sin(angle)));
  const down = add(scale(row, Math.sin(angle)), scale(column, Math.cos(angle)));
  return edgeLetters(right, down);
}
