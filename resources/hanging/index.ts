import abdomenCt from './abdomen-ct.json' with { type: 'json' };
import abdomenEnhancedCt from './abdomen-enhanced-ct.json' with { type: 'json' };
import anything from './anything.json' with { type: 'json' };
import boneCt from './bone-ct.json' with { type: 'json' };
import brainMr from './brain-mr.json' with { type: 'json' };
import chestCt from './chest-ct.json' with { type: 'json' };
import ct from './ct.json' with { type: 'json' };
import headCt from './head-ct.json' with { type: 'json' };
import mammography from './mammography.json' with { type: 'json' };
import mr from './mr.json' with { type: 'json' };
import pet from './pet.json' with { type: 'json' };
import radiograph from './radiograph.json' with { type: 'json' };
import spineMr from './spine-mr.json' with { type: 'json' };

/** How studies are hung, as written in this folder; to be checked with `HangingRule` before use. */
export const hangingRules: readonly unknown[] = [
  abdomenCt,
  abdomenEnhancedCt,
  anything,
  boneCt,
  brainMr,
  chestCt,
  ct,
  headCt,
  mammography,
  mr,
  pet,
  radiograph,
  spineMr,
];
