import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { Cloud, Examination } from './contract.ts';

/** The guarded clouds: the only list of them. */
export const CLOUDS = ['aws'] as const;
export type CloudName = (typeof CLOUDS)[number];

export interface CloudOptions {
  readonly region: string;
  /** Instead of the cloud's own: another of its hosts, or loopback. */
  readonly endpoint?: string | undefined;
  /** Instead of those that the environment gives. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly clock?: Clock;
  /** Rules that a firewall takes in one direction, where a quota was raised. */
  readonly rulesPerDirection?: number | undefined;
}

const OPENERS: Readonly<Record<CloudName, (options: CloudOptions) => Promise<Cloud>>> = {
  aws: async (options) => {
    const { AwsCloud } = await import('./aws/api.ts');
    return new AwsCloud(options);
  },
};

const EXAMINERS: Readonly<Record<CloudName, (options: CloudOptions) => Promise<Examination>>> = {
  aws: async (options) => {
    const { examinationOf } = await import('./aws/permissions.ts');
    return examinationOf(options);
  },
};

function knownCloud(name: string): CloudName {
  const known = CLOUDS.find((cloud) => cloud === name);
  if (known !== undefined) return known;
  const expected = CLOUDS.map((cloud) => `\`${cloud}\``).join(' or ');
  throw new Fault('unsupported', `cloud \`${name.slice(0, 100)}\` is not known; expected ${expected}`);
}

/** What these credentials may do. Nothing is changed. Throws a `Fault` where the cloud does not answer them at all. */
export async function examineCloud(name: string, options: CloudOptions): Promise<Examination> {
  return EXAMINERS[knownCloud(name)](options);
}

/** Opens a cloud by name. Its adapter, and with it the cloud's SDK, is loaded only now. */
export async function openCloud(name: string, options: CloudOptions): Promise<Cloud> {
  return OPENERS[knownCloud(name)](options);
}
