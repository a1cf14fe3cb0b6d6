import type { Session } from 'electron';
import { isPageUrl } from './page-address.ts';

/**
 * What the page may do beyond drawing itself: `media` is the camera of the microscope and the voice of
 * who sits at it. Electron's default is to allow everything.
 */
const allowed = new Set<string>(['fullscreen', 'clipboard-sanitized-write', 'media']);

/** Answers every way in which Chromium asks whether a page may do something. */
export function limitPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    callback(allowed.has(permission) && details.isMainFrame && isPageUrl(details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, _origin, details) => {
    return allowed.has(permission) && details.isMainFrame && isPageUrl(details.requestingUrl ?? '');
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
}
