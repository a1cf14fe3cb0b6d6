import type { SettingsDocument } from '#shared/contract/settings.ts';
import type { AnnotationContent, ViewerPreferences } from '#shared/contract/viewing.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Vector3 } from '#shared/dicom/geometry/vector.ts';
import type { PrimaryTool } from '#renderer/imaging/tools/pane-surface.ts';
import type { CineState } from './cine.ts';
import type { Hanging } from './hanging.ts';
import type { Layout } from './layout.ts';
import { singlePane } from './layout.ts';

export interface AnnotationName {
  readonly studyKey: StudyKey;
  readonly annotationUid: string;
}

export interface TextEditing extends AnnotationName {
  readonly pane: number;
  /** A new annotation that means nothing without its text, and is only kept when there is one. */
  readonly draft: AnnotationContent | undefined;
}

/** A place in one patient, in the coordinates of one frame of reference. */
export interface PatientPoint {
  readonly frameOfReferenceUid: string;
  readonly pointMm: Vector3;
}

/** What of the viewer the screen follows, but not what changes with every scrolled image. */
export interface ViewerModel {
  readonly layout: Layout;
  readonly tool: PrimaryTool;
  readonly preferences: ViewerPreferences;
  /** Undefined until the backend has answered. */
  readonly settings: SettingsDocument | undefined;
  /** Undefined where the doctor arranged everything. */
  readonly hanging: Hanging | undefined;
  readonly areAnnotationsShown: boolean;
  readonly isPanelOpen: boolean;
  readonly selected: AnnotationName | undefined;
  /** The annotation whose text is being written. */
  readonly editing: TextEditing | undefined;
  readonly cine: CineState | undefined;
  readonly crosshair: PatientPoint | undefined;
  /** The patients whose images a person agreed to have on one screen. */
  readonly acknowledgedPatients: string | undefined;
}

export const initialModel: ViewerModel = {
  layout: singlePane,
  tool: 'scroll',
  preferences: {
    isScrollLinked: true,
    isWindowLinked: false,
    isZoomLinked: false,
    areReferenceLinesShown: true,
    areCornersShown: true,
    areOverlaysShown: true,
  },
  settings: undefined,
  hanging: undefined,
  areAnnotationsShown: true,
  isPanelOpen: false,
  selected: undefined,
  editing: undefined,
  cine: undefined,
  crosshair: undefined,
  acknowledgedPatients: undefined,
};
