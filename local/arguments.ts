import { parseArgs } from 'node:util';

export const HELP = `usage: npm start -- [--demo] [--policy PATH] [--port PORT]

Starts a local cloud (EC2, ServiceNow, an event bus) with Portcullis' own functions on it: a fleet of three accounts in
two regions, and a live view of it. Where the output is no terminal, it is told line by line instead.

  --demo         plays a short story by real calls in one empty account, and ends by itself
  --policy PATH  a policy file or folder (default: examples/fleet/fleet.yaml, with --demo examples/policies/web-tier.yaml);
                 it is read again whenever it changes
  --port PORT    the first of four ports (default: free ones)

Keys of the view: o opens SSH to the internet, e edits a rule into any, d deletes a required rule, s sweeps, q ends it.
`;

export interface Arguments {
  readonly demo: boolean;
  readonly policyPath: string;
  readonly port: number | undefined;
}

/** Undefined where the help was asked for. */
export function argumentsOf(args: readonly string[]): Arguments | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      demo: { type: 'boolean', default: false },
      policy: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_532)) {
    throw new Error(`\`--port ${values.port ?? ''}\` is no port; write a number from 1 to 65532`);
  }
  const unstated = values.demo ? 'examples/policies/web-tier.yaml' : 'examples/fleet/fleet.yaml';
  return { demo: values.demo, policyPath: values.policy ?? unstated, port };
}
