import type { ControllerConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { Controller } from './controller.ts';
import { openOpenFlexure } from './openflexure.ts';
import { openPrior } from './prior-proscan.ts';
import { openSimulated } from './simulated.ts';

type DriverName = ControllerConfiguration['driver'];
type Settings<Name extends DriverName> = Extract<ControllerConfiguration, { driver: Name }>;

/** One more controller: its settings in `microscope-configuration.ts`, one file here, one line below. */
const drivers: { readonly [Name in DriverName]: (settings: Settings<Name>) => Controller } = {
  simulated: openSimulated,
  'prior-proscan': openPrior,
  openflexure: openOpenFlexure,
};

export function openController(settings: ControllerConfiguration): Controller {
  const open = drivers[settings.driver] as (settings: ControllerConfiguration) => Controller;
  return open(settings);
}
