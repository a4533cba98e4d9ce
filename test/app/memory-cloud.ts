import type { Fault } from '../../shared/base/fault.ts';
import type { Cloud, Lead, Read } from '../../shared/clouds/contract.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { Outcome, Plan } from '../../shared/core/model/plan.ts';
import type { Target } from '../../shared/core/model/target.ts';
import type { Traits } from '../../shared/core/model/traits.ts';
import { simulate } from '../../shared/core/simulate.ts';

/** A cloud of one firewall in memory, which a test can move, refuse or take away. */
export class MemoryCloud implements Cloud {
  readonly traits: Traits = { portRanges: [6, 17], types: [1, 58], named: [6, 17, 1, 58, 132, 50, 51, 47] };
  writes = 0;
  /** Called before each write: the moment in which somebody else may act. */
  beforeWrite: () => void = () => undefined;
  /** Called after each write, before anybody reads again. */
  afterWrite: () => void = () => undefined;
  refusal: string | undefined;
  /** What every read throws. */
  fault: Fault | undefined;
  firewall: Firewall | undefined;
  #version = 1;

  constructor(firewall: Firewall) {
    this.firewall = { ...firewall, version: '1' };
  }

  /** Somebody changes the firewall. */
  move(edit: (firewall: Firewall) => Firewall): void {
    this.#version += 1;
    if (this.firewall !== undefined) this.firewall = { ...edit(this.firewall), version: String(this.#version) };
  }

  find(leads: readonly Lead[]): Promise<readonly (readonly Target[])[]> {
    const { firewall } = this;
    const isMeant = ({ kind, id }: Lead): boolean => kind === 'name' && id === firewall?.name;
    return Promise.resolve(leads.map((lead) => (firewall !== undefined && isMeant(lead) ? [firewall.target] : [])));
  }

  async readAll(targets: readonly Target[]): Promise<readonly Read[]> {
    return Promise.all(targets.map(() => this.read()));
  }

  async *targets(): AsyncIterable<readonly Target[]> {
    if (this.firewall !== undefined) yield await Promise.resolve([this.firewall.target]);
  }

  read(): Promise<Read> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    return Promise.resolve(
      this.firewall === undefined ? { kind: 'gone' } : { kind: 'firewall', firewall: this.firewall },
    );
  }

  list(): Promise<readonly Firewall[]> {
    return Promise.resolve(this.firewall === undefined ? [] : [this.firewall]);
  }

  apply(plan: Plan, before: Firewall): Promise<Outcome> {
    this.beforeWrite();
    if (this.firewall === undefined) return Promise.resolve({ kind: 'gone' });
    if (this.refusal !== undefined) return Promise.resolve({ kind: 'refused', why: this.refusal, requestIds: [] });
    if (this.firewall.version !== before.version) {
      return Promise.resolve({ kind: 'conflict', why: 'the firewall was changed by somebody else', requestIds: [] });
    }
    this.writes += 1;
    this.move((firewall) => simulate(firewall, plan.changes));
    this.afterWrite();
    return Promise.resolve({ kind: 'applied', requestIds: [`request-${String(this.writes)}`] });
  }
}
