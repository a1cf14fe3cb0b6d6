import { z } from 'zod';
import type { Contracts } from './contract.ts';

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' });

/**
 * A short text that changes whenever a contract does, so that a page from another build
 * is told to reload instead of failing in the middle of a call.
 */
export function contractFingerprint(contracts: Contracts): string {
  const described = Object.entries(contracts).map(([service, contract]) => [
    service,
    Object.entries(contract).map(([name, definition]) =>
      definition.kind === 'method'
        ? [name, jsonSchema(definition.input, 'input'), jsonSchema(definition.output, 'output')]
        : [name, jsonSchema(definition.payload, 'output')],
    ),
  ]);
  return fnv1a(JSON.stringify(described));
}

/** FNV-1a, 32 bit; enough to tell two builds apart, not a security measure. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
