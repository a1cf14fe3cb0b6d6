import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { headersOfPageFile } from './page-headers.ts';

/** Written beside the built page: which sources it is made from and every file it consists of. */
export const MANIFEST_FILE = 'page-manifest.json';

export interface PageManifest {
  readonly stamp: string;
  /** Paths below the folder with forward slashes: `assets/index-D3kz.js`. */
  readonly files: readonly string[];
}

export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
}

/** Answers the path of a URL, as it was sent, with a file of the built page. */
export type FindPageFile = (pathname: string) => Promise<PageFile | undefined>;

/**
 * Opens the built page. Paths are looked up in its manifest and nowhere else: there is no decoding
 * and no joining, so no spelling of `..` can name another file.
 */
export function openPage(pageDir: string): FindPageFile {
  const { files } = JSON.parse(readFileSync(path.join(pageDir, MANIFEST_FILE), 'utf8')) as PageManifest;
  const known = new Map(files.map((file) => [`/${file}`, path.join(pageDir, file)]));
  return async (pathname) => {
    const wanted = pathname === '/' ? '/index.html' : pathname;
    const file = known.get(wanted);
    if (file === undefined) return undefined;
    return { bytes: new Uint8Array(await readFile(file)), headers: headersOfPageFile(wanted) };
  };
}
