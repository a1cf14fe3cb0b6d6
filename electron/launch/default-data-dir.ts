import path from 'node:path';

/** Where programs of this platform keep what belongs to one user of one machine and does not roam. */
export function defaultDataDir(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'win32') {
    return path.win32.join(env['LOCALAPPDATA'] ?? path.win32.join(home, 'AppData', 'Local'), 'Enkaku');
  }
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support', 'Enkaku');
  const dataHome = env['XDG_DATA_HOME'];
  // The specification has relative paths ignored.
  const base = dataHome !== undefined && path.posix.isAbsolute(dataHome) ? dataHome : `${home}/.local/share`;
  return path.posix.join(base, 'enkaku');
}
