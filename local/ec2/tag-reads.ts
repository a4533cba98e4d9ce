import { filterOf } from './filters.ts';
import { listNames, type Read } from './outcome.ts';
import { pageOf } from './paging.ts';
import { expectOnly } from './query.ts';
import { resourceTypes, type ResourceType, type Tag, type World } from './world.ts';

/** One tag of one thing. */
interface Tagging {
  readonly resourceId: string;
  readonly type: ResourceType;
  readonly tag: Tag;
  readonly sequence: number;
}

interface Tagged {
  readonly id: string;
  readonly sequence: number;
  readonly tags: readonly Tag[];
}

/** More tags than a thing can have, so that those of one thing stay together and in order. */
const room = 1000;

function* taggingsOf(type: ResourceType, things: Iterable<Tagged>): Generator<Tagging> {
  for (const { id, tags, sequence } of things) {
    for (const [place, tag] of tags.entries()) yield { resourceId: id, type, tag, sequence: sequence * room + place };
  }
}

function allTaggings(world: World): readonly Tagging[] {
  const types = resourceTypes;
  const rules = [...world.groups].flatMap((group) => group.rules);
  return [
    ...taggingsOf(types.sg, world.groups),
    ...taggingsOf(types.sgr, rules),
    ...taggingsOf(types.pl, world.prefixLists),
    ...taggingsOf(types.vpc, world.vpcs),
    ...taggingsOf(types.subnet, world.subnets),
    ...taggingsOf(types.eni, world.interfaces),
    ...taggingsOf(types.i, world.instances),
    ...taggingsOf(types.vpce, world.endpoints),
  ].sort((a, b) => a.sequence - b.sequence);
}

/** DescribeTags: of everything that has any. */
export const describeTags: Read = (world, query) => {
  expectOnly(query, listNames);
  const passes = filterOf<Tagging>(
    query,
    {
      key: ({ tag }) => tag.key,
      value: ({ tag }) => tag.value,
      'resource-id': ({ resourceId }) => resourceId,
      'resource-type': ({ type }) => type,
    },
    ({ tag }) => [tag],
  );
  const { items, nextToken } = pageOf(query, allTaggings(world).filter(passes));
  return {
    tagSet: items.map(({ resourceId, type, tag }) => ({
      resourceId,
      resourceType: type,
      key: tag.key,
      value: tag.value,
    })),
    nextToken,
  };
};
