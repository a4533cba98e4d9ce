import * as drift from '../../shared/core/drift.ts';
import * as effective from '../../shared/core/effective.ts';
import * as exposure from '../../shared/core/exposure.ts';
import * as guard from '../../shared/core/guard.ts';
import * as plan from '../../shared/core/plan.ts';
import * as simulate from '../../shared/core/simulate.ts';
import * as addresses from '../../shared/core/space/addresses.ts';
import * as cidr from '../../shared/core/space/cidr.ts';
import * as line from '../../shared/core/space/line.ts';
import * as slots from '../../shared/core/space/slots.ts';
import * as traffic from '../../shared/core/space/traffic.ts';

/** The modules that the laws speak of, as one value: the same law judges the project's core and a mutated copy of it. */
export const CORE = { drift, effective, exposure, guard, plan, simulate, addresses, cidr, line, slots, traffic };

export type Core = typeof CORE;

/** Where each module stands below the core's folder. */
export const CORE_FILES: Readonly<Record<keyof Core, string>> = {
  drift: 'drift.ts',
  effective: 'effective.ts',
  exposure: 'exposure.ts',
  guard: 'guard.ts',
  plan: 'plan.ts',
  simulate: 'simulate.ts',
  addresses: 'space/addresses.ts',
  cidr: 'space/cidr.ts',
  line: 'space/line.ts',
  slots: 'space/slots.ts',
  traffic: 'space/traffic.ts',
};
