import { spawnSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from './workstation.ts';

export const NO_SMALL_DISK =
  'file systems cannot be mounted here (not root, or in a container without the right)';

export interface SmallDisk {
  readonly path: string;
  /** Fills what is free but for so many bytes. */
  readonly fill: (freeBytes?: number) => void;
  readonly resize: (mib: number) => void;
  readonly setReadOnly: (isReadOnly: boolean) => void;
  readonly remove: () => void;
}

/** A real file system of a few MiB in memory, or undefined where none can be mounted. */
export function mountSmallDisk(mib: number): SmallDisk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = temporaryDirectory();
  const mount = (...args: string[]) => spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
  const remount = (option: string) => {
    if (!mount('-o', `remount,${option}`, folder.path)) throw new Error(`remount ${option} failed`);
  };
  if (!mount('-t', 'tmpfs', '-o', `size=${mib}m,mode=700`, 'enkaku-test', folder.path)) {
    folder.remove();
    return undefined;
  }
  return {
    path: folder.path,
    fill: (freeBytes = 0) => {
      const { bavail, bsize } = statfsSync(folder.path);
      writeFileSync(
        path.join(folder.path, 'filler'),
        new Uint8Array(Math.max(0, bavail * bsize - freeBytes)),
      );
    },
    resize: (size) => remount(`size=${size}m`),
    setReadOnly: (isReadOnly) => remount(isReadOnly ? 'ro' : 'rw'),
    remove: () => {
      // Lazily: a log of this process may still be open on it.
      spawnSync('umount', ['--lazy', folder.path], { stdio: 'ignore' });
      folder.remove();
    },
  };
}
