import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faultCodes } from '#shared/motion/faults.ts';
import { root } from '#tests/support/workstation.ts';

test.each(['ja', 'en'])('every fault of a controller has a sentence (%s)', (language) => {
  const file = path.join(root, 'resources', 'locales', language, 'microscope.json');
  const { fault } = JSON.parse(readFileSync(file, 'utf8')) as { readonly fault: Record<string, string> };
  for (const code of faultCodes) expect(fault[code], code).toMatch(/.{8,}[。.]$/);
});
