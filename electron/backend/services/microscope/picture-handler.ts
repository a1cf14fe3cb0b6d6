import { stillForms } from '#shared/link/talk.ts';
import type { SpecimenOnStage } from './specimen.ts';
import { PictureTooLarge } from './still-files.ts';
import type { PictureFiles } from './still-files.ts';
import type { Stills } from './stills.ts';

const STILL = /^\/microscope\/stills\/(?<id>[0-9a-f-]{36})\/(?<form>[a-z]+)$/;
const SPECIMEN = '/microscope/specimen/';
const MAP = /^\/microscope\/maps\/(?<id>[0-9a-f-]{36})$/;

/**
 * `GET` and `PUT /microscope/stills/<stillId>/<form>` and `/microscope/maps/<slideId>`: pictures as they are.
 * `GET /microscope/specimen/…`: tiles of what lies under the simulated microscope.
 * The quality of a lossy form comes as `?quality=<percent>`.
 */
export function createPictureHandler(files: PictureFiles, stills: Stills, specimen: SpecimenOnStage) {
  return async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith(SPECIMEN)) return specimen.handle(request);
    const still = STILL.exec(pathname)?.groups;
    const form = stillForms.find((name) => name === still?.['form']);
    const stillId = still?.['id'];
    const slideId = MAP.exec(pathname)?.groups?.['id'];
    const file =
      stillId !== undefined && form
        ? files.stillPath(stillId, form)
        : slideId === undefined
          ? undefined
          : files.mapPath(slideId);
    if (file === undefined) return new Response(null, { status: 404 });
    if (request.method === 'GET' || request.method === 'HEAD') return files.read(file);
    if (request.method !== 'PUT' || !request.body) return new Response(null, { status: 405 });
    try {
      await files.receive(file, request.body, request.signal);
    } catch (error) {
      if (error instanceof PictureTooLarge) return new Response(null, { status: 413 });
      throw error;
    }
    if (stillId !== undefined && form) {
      const quality = Number(searchParams.get('quality') ?? Number.NaN);
      await stills.uploaded(stillId, form, Number.isFinite(quality) ? quality : null);
    }
    return new Response(null, { status: 204 });
  };
}
