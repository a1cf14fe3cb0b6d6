import type { StudyKey } from '#shared/domain/identifiers.ts';
import { goTo } from '#renderer/ui/address.ts';
import type { Address } from '#renderer/ui/address.ts';

/** What the part of the URL after '#' means. */
export type Place =
  | { readonly kind: 'worklist' }
  | { readonly kind: 'study'; readonly studyKey: StudyKey }
  | { readonly kind: 'microscope' }
  | { readonly kind: 'settings'; readonly section: string | undefined }
  | { readonly kind: 'nowhere' };

/** `#/reading`, `#/reading/study/<key>?…`, `#/microscope`, `#/settings/<section>`; what follows '?' belongs to the room. */
export function placeOf({ path }: Address): Place {
  const [room, ...rest] = path;
  if (room === undefined || (room === 'reading' && rest.length === 0)) return { kind: 'worklist' };
  if (room === 'microscope' && rest.length === 0) return { kind: 'microscope' };
  if (room === 'settings' && rest.length <= 1) return { kind: 'settings', section: rest[0] };
  const studyKey = Number(rest[1]);
  if (room === 'reading' && rest[0] === 'study' && rest.length === 2 && Number.isInteger(studyKey)) {
    return { kind: 'study', studyKey: studyKey as StudyKey };
  }
  return { kind: 'nowhere' };
}

export function goToRoom(room: 'reading' | 'microscope' | 'settings'): void {
  goTo([room]);
}

export function goToStudy(studyKey: StudyKey): void {
  goTo(['reading', 'study', String(studyKey)]);
}

/** The list with what came in last at the top. */
export function showArrivals(): void {
  goTo(['reading'], { sort: 'receivedAt' });
}
