// What calls did to prefix lists and to the ranges of VPCs, and what is known of both because of that.
import { peerName } from '../../core/model/rule.ts';
import type { PeerName } from '../../core/model/rule.ts';
import * as addresses from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../core/space/cidr.ts';
import { elementsOf, fieldOf, textOf } from './fields.ts';
import type { PrefixList, PrefixLists } from './prefix-lists.ts';
import { PREFIX_LIST_ID } from './traits.ts';

export type SurroundingDeed =
  | {
      readonly kind: 'create list';
      readonly id: string;
      readonly owner: string;
      readonly name: string;
      readonly cidrs: readonly string[];
    }
  | {
      readonly kind: 'edit list';
      readonly id: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | { readonly kind: 'restore list'; readonly id: string; readonly version: number | undefined }
  | { readonly kind: 'delete list'; readonly id: string }
  | {
      readonly kind: 'range';
      readonly network: string;
      /** Undefined where the record does not tell which range it is. */
      readonly cidr: string | undefined;
      /** `first`: the network is new, and has this range alone. */
      readonly change: 'first' | 'more' | 'less';
    };

interface Parts {
  readonly name: string;
  readonly request: unknown;
  readonly answer: unknown;
}

function cidrsOf(list: unknown): readonly string[] {
  return elementsOf(list).flatMap((entry) => textOf(entry, 'cidr') ?? []);
}

function listId({ request, answer }: Parts): string | undefined {
  const id = textOf(request, 'prefixListId') ?? textOf(fieldOf(answer, 'prefixList'), 'prefixListId');
  return id !== undefined && PREFIX_LIST_ID.test(id) ? id : undefined;
}

/** What a call did to a prefix list. */
export function listDeed(parts: Parts, account: string): SurroundingDeed | undefined {
  const { name, request } = parts;
  const id = name.includes('ManagedPrefixList') ? listId(parts) : undefined;
  if (id === undefined) return undefined;
  const stated = (one: string, several: string): readonly string[] =>
    cidrsOf(fieldOf(request, one) ?? fieldOf(request, several));
  switch (name) {
    case 'CreateManagedPrefixList':
      return {
        kind: 'create list',
        id,
        owner: account,
        name: textOf(request, 'prefixListName') ?? '',
        cidrs: stated('entry', 'entries'),
      };
    case 'ModifyManagedPrefixList':
      return {
        kind: 'edit list',
        id,
        added: stated('addEntry', 'addEntries'),
        removed: stated('removeEntry', 'removeEntries'),
      };
    case 'RestoreManagedPrefixListVersion': {
      const version = Number(fieldOf(request, 'previousVersion'));
      return { kind: 'restore list', id, version: Number.isInteger(version) ? version : undefined };
    }
    case 'DeleteManagedPrefixList':
      return { kind: 'delete list', id };
    default:
      return undefined;
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** What a call did to the ranges of a VPC. A range that EC2 chooses is only known once it has chosen. */
export function networkDeed({ name, request, answer }: Parts): SurroundingDeed | undefined {
  const vpc = fieldOf(answer, 'vpc');
  const network = textOf(answer, 'vpcId') ?? textOf(vpc, 'vpcId') ?? textOf(request, 'vpcId');
  if (network === undefined) return undefined;
  switch (name) {
    case 'CreateVpc':
    case 'CreateDefaultVpc': {
      const isWhole =
        !isTrue(fieldOf(request, 'amazonProvidedIpv6CidrBlock')) && textOf(request, 'ipv6IpamPoolId') === undefined;
      const cidr = textOf(vpc, 'cidrBlock') ?? textOf(request, 'cidrBlock');
      return { kind: 'range', network, cidr: isWhole ? cidr : undefined, change: 'first' };
    }
    case 'AssociateVpcCidrBlock':
    case 'DisassociateVpcCidrBlock': {
      const cidr =
        textOf(fieldOf(answer, 'cidrBlockAssociation'), 'cidrBlock') ??
        textOf(fieldOf(answer, 'ipv6CidrBlockAssociation'), 'ipv6CidrBlock') ??
        textOf(request, 'cidrBlock') ??
        textOf(request, 'ipv6CidrBlock');
      return { kind: 'range', network, cidr, change: name === 'AssociateVpcCidrBlock' ? 'more' : 'less' };
    }
    default:
      return undefined;
  }
}

function rangeOf(cidr: string | undefined): Addresses | undefined {
  const read = cidr === undefined ? undefined : blockOf(cidr);
  return read === undefined ? undefined : addressesOfBlock(read.block);
}

interface KnownList {
  readonly list: PrefixList;
  readonly cidrs: ReadonlySet<string>;
  /** What each version held, by its number. */
  readonly versions: readonly (ReadonlySet<string> | undefined)[];
}

/** The prefix lists that events show from their creation on. Of the others, nobody can say who is in them. */
export class TracedLists {
  readonly #known = new Map<string, KnownList>();
  #lists: PrefixLists | undefined;

  carryOut(deed: SurroundingDeed): void {
    if (deed.kind === 'range') return;
    this.#lists = undefined;
    const { id } = deed;
    if (deed.kind === 'create list') {
      const cidrs = new Set(deed.cidrs);
      const list = { id, owner: deed.owner, name: deed.name, version: 1 };
      this.#known.set(id, { list, cidrs, versions: [undefined, cidrs] });
      return;
    }
    const known = this.#known.get(id);
    if (known === undefined) return;
    const now = deed.kind === 'edit list' ? this.#edited(known, deed) : this.#older(known, deed);
    if (now === undefined) this.#known.delete(id);
    else this.#known.set(id, { ...known, cidrs: now, versions: [...known.versions, now] });
  }

  #edited({ cidrs }: KnownList, deed: SurroundingDeed & { readonly kind: 'edit list' }): ReadonlySet<string> {
    const removed = new Set(deed.removed);
    return new Set([...[...cidrs].filter((cidr) => !removed.has(cidr)), ...deed.added]);
  }

  #older({ versions }: KnownList, deed: SurroundingDeed): ReadonlySet<string> | undefined {
    return deed.kind === 'restore list' && deed.version !== undefined ? versions[deed.version] : undefined;
  }

  /** A list with an entry that cannot be read is as unknown as one that was never shown. */
  get lists(): PrefixLists {
    this.#lists ??= this.#read();
    return this.#lists;
  }

  #read(): PrefixLists {
    const entries = new Map<string, Addresses>();
    for (const [id, { cidrs }] of this.#known) {
      const ranges = [...cidrs].map(rangeOf);
      const known = ranges.filter((range) => range !== undefined);
      if (known.length === ranges.length) entries.set(id, addresses.unionOf(known));
    }
    return { found: [...this.#known.values()].map(({ list }) => list), isWhole: false, entries };
  }

  /** The names by which policies may write a list. */
  namesOf(id: string): readonly PeerName[] {
    const list = this.#known.get(id)?.list;
    const named = list === undefined ? [] : [peerName('prefix-list', `${list.owner}/${list.name}`)];
    return [peerName('prefix-list', id), ...named];
  }
}

/** The ranges of VPCs, as far as they are known at one moment. */
export class TracedRanges {
  readonly #known: Map<string, Addresses>;

  constructor(known: ReadonlyMap<string, Addresses>) {
    this.#known = new Map(known);
  }

  carryOut(deed: SurroundingDeed): void {
    if (deed.kind !== 'range') return;
    const { network, change } = deed;
    const range = rangeOf(deed.cidr);
    const known = change === 'first' ? addresses.NOBODY : this.#known.get(network);
    if (range === undefined) this.#known.delete(network);
    else if (known !== undefined) {
      this.#known.set(network, change === 'less' ? addresses.difference(known, range) : addresses.union(known, range));
    }
  }

  /** The step the other way round: what was known before it, from what is known after it. */
  undo(deed: SurroundingDeed): void {
    if (deed.kind !== 'range') return;
    if (deed.change === 'first') this.#known.delete(deed.network);
    else this.carryOut({ ...deed, change: deed.change === 'more' ? 'less' : 'more' });
  }

  get ranges(): ReadonlyMap<string, Addresses> {
    return this.#known;
  }
}
