import { archive } from './archive.ts';

/** Everything a page may ask of the backend. */
export const backendContracts = { archive } as const;
export type BackendContracts = typeof backendContracts;
