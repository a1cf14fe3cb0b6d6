import { archive } from './archive.ts';
import { link } from './link.ts';
import { microscope } from './microscope.ts';
import { settings } from './settings.ts';
import { viewing } from './viewing.ts';
import { workstation } from './workstation.ts';

/** Everything a page may ask of the backend. */
export const backendContracts = { archive, link, microscope, settings, viewing, workstation } as const;
export type BackendContracts = typeof backendContracts;
