import { rename, rm, readFile, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Fault } from '../shared/base/fault.ts';
import { MODES } from '../shared/core/model/policy.ts';
import type { PlanDocument, PlanRecord } from '../shared/core/model/record.ts';
import { errorCode } from './input-text.ts';
import { readJson } from './json.ts';
import { visibleJson } from './visible.ts';

const pair = z.tuple([z.int(), z.int()]);
const tags = z.record(z.string(), z.string());
const traffic = {
  protocol: z.union([z.string(), z.int()]),
  ports: pair.exactOptional(),
  icmp: z.object({ type: z.int(), code: z.int().exactOptional() }).exactOptional(),
  peer: z.string(),
  sourcePorts: pair.exactOptional(),
  own: z.string().exactOptional(),
};
const rule = z.object({
  id: z.string().exactOptional(),
  action: z.literal('allow'),
  ...traffic,
  description: z.string().exactOptional(),
  tags: tags.exactOptional(),
});
const rules = z.object({ ingress: z.array(rule), egress: z.array(rule) });
const direction = z.enum(['ingress', 'egress']);
// A file from elsewhere must not say where calls go: a region is a part of the host's name.
const target = z.object({
  cloud: z.literal('aws'),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z0-9-]{1,64}$/),
  networks: z.array(z.string()),
  id: z.string(),
  name: z.string(),
  tags,
});
const change = z.object({
  kind: z.enum(['remove', 'narrow', 'restore', 'add']),
  direction,
  rule: rule.exactOptional(),
  becomes: z.array(rule).exactOptional(),
  held: z.string().exactOptional(),
});
const saved = z.object({
  version: z.literal(1),
  at: z.iso.datetime(),
  plans: z.array(
    z.object({
      target,
      mode: z.enum(MODES).nullable(),
      verdict: z.enum(['apply', 'hold', 'none']),
      reasons: z.array(z.string()),
      changes: z.array(change),
      collateral: z.array(z.object({ direction, ...traffic })),
      before: rules,
      after: rules,
    }),
  ),
});

/** A plan that was written before: when it was made, what for, and the whole document as it stands in the file. */
export interface SavedPlan {
  readonly at: string;
  readonly plans: readonly PlanRecord[];
  readonly document: object;
}

const EXPECTED = 'expected a plan as `portcullis plan --out FILE` writes it';

/** Throws a `Fault` (malformed) where the file is none, or of another version. */
export async function readPlan(file: string): Promise<SavedPlan> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const code = errorCode(cause);
    const what = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new Fault('malformed', `plan \`${file}\` ${what}; ${EXPECTED}`, { cause });
  }
  const json = readJson(text);
  if (json.kind === 'problem') {
    throw new Fault(
      'malformed',
      `plan \`${file}\` line ${String(json.line)} column ${String(json.column)}: ${json.problem}`,
    );
  }
  const read = saved.safeParse(json.value);
  if (!read.success || typeof json.value !== 'object' || json.value === null) {
    const path = read.error?.issues[0]?.path.map(String).join('.') ?? '';
    const where = path === '' ? '' : ` (see \`${path}\` in it)`;
    throw new Fault('malformed', `plan \`${file}\` is not one that this version knows${where}; ${EXPECTED}`);
  }
  return { at: read.data.at, plans: read.data.plans, document: json.value };
}

/** Writes the plan for this user alone: it tells what is open. It is there whole, or as it was before. */
export async function writePlan(file: string, document: PlanDocument): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, `${visibleJson(document)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    const code = errorCode(cause);
    const what = code === 'ENOENT' ? 'its folder does not exist' : `cannot be written (${code})`;
    throw new Fault('malformed', `--out \`${file}\`: ${what}; write a file in a folder that you may write to`, {
      cause,
    });
  }
}
