import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTemplate } from '../../cli/template-text.ts';
import { Fault } from '../../shared/base/fault.ts';
import { declaredInTemplate } from '../../shared/clouds/aws/cloudformation.ts';
import { declaredInTerraform } from '../../shared/clouds/aws/terraform.ts';
import type { Declared } from '../../shared/clouds/aws/declared.ts';
import { firewallsDeclared, HERE } from './documents.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/inputs');

/** A JSON value with one part of it, picked by numbers, in place of which something else stands. */
function spoiled(value: unknown, path: readonly number[], other: unknown): unknown {
  const [at, ...rest] = path;
  if (at === undefined || typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  if (entries.length === 0) return other;
  const changed = entries.map(([key, part], index): [string, unknown] =>
    index === at % entries.length ? [key, spoiled(part, rest, other)] : [key, part],
  );
  return Array.isArray(value) ? changed.map(([, part]) => part) : Object.fromEntries(changed);
}

function survives(document: unknown, read: (value: unknown) => Declared): void {
  const path = fc.array(fc.nat(50), { minLength: 1, maxLength: 12 });
  const json = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, true, '__proto__', { Ref: 'Web' }, { 'Fn::GetAtt': 7 }, [[]], {
      references: [1, 'local.x', 'each.value'],
    }),
  );
  fc.assert(
    fc.property(path, json, (where, other) => {
      try {
        for (const firewall of firewallsDeclared(read(spoiled(document, where, other)))) {
          expect(firewall.target.id).not.toBe('');
        }
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }),
    { numRuns: 100 },
  );
}

test('a plan in which anything is something else is read, or refused with a reason', () => {
  const text = readFileSync(join(EXAMPLES, 'terraform/plan.json'), 'utf8');
  const plan: unknown = JSON.parse(text);
  survives(plan, (value) => declaredInTerraform(value, HERE));
});

test('a template in which anything is something else is read, or refused with a reason', () => {
  const template = readTemplate(readFileSync(join(EXAMPLES, 'cloudformation/template.yaml'), 'utf8'));
  if (template.kind === 'problem') throw new Error(template.problem);
  survives(template.value, (value) => declaredInTemplate(value, HERE));
});
