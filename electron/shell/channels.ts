/** Between preload script and main process; the page never sees them. */
export const channels = {
  requestPort: 'enkaku:request-port',
  port: 'enkaku:port',
  choosePaths: 'enkaku:choose-paths',
  keepAwake: 'enkaku:keep-awake',
} as const;

export type PathKind = 'folder' | 'files';
