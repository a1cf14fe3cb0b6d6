// A page without a face: it carries files to the paired workstation, whatever happens to the window.
import { connectBackend } from './backend/connection.ts';
import { carryBulk } from './link/carry.ts';

carryBulk(connectBackend({ isWindow: false }));
