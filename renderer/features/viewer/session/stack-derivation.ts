import type { Slab } from '#shared/domain/annotation.ts';
import { reformat, withSlab } from '#renderer/imaging/index.ts';
import type { ImageStack } from '#renderer/imaging/index.ts';
import type { PaneContent } from './layout.ts';
import type { PaneNotice } from './pane-controller.ts';

/** The stack itself, or a slab or reformat computed from it. */
export function derivedStack(
  stack: ImageStack,
  plane: PaneContent['plane'],
  slab: Slab | null,
): ImageStack | PaneNotice {
  if (plane === 'stored' && slab === null) return stack;
  const derived =
    plane === 'stored' ? withSlab(stack, slab ?? undefined) : reformat(stack, plane, slab ?? undefined);
  return derived.isPossible ? derived.stack : { kind: 'refused', finding: derived.reason };
}
