// In which account and region a resource is, as far as the document says it.
import type { Surroundings } from './declared.ts';
import type { Configuration } from './terraform-configuration.ts';
import { isKnown } from './terraform-references.ts';
import { listOf, own, textOf } from './terraform-resources.ts';
import type { Resource, Resources } from './terraform-resources.ts';

interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

const NOWHERE: Place = { account: undefined, region: undefined };

/** `arn:PARTITION:ec2:us-east-1:111122223333:security-group/sg-...` */
function placeOfArn(arn: string | undefined): Place {
  const [, , , region, account] = arn?.split(':') ?? [];
  return { account: textOf(account), region: textOf(region) };
}

function knownText({ values, unknown }: Resource, argument: string): string | undefined {
  return isKnown(own(unknown, argument)) ? textOf(own(values, argument)) : undefined;
}

export class Places {
  readonly #configuration: Configuration;
  readonly #surroundings: Surroundings;
  /** The account of the credentials, where the configuration asks for it and all providers may be of it. */
  readonly #caller: string | undefined;

  constructor({ data }: Resources, configuration: Configuration, surroundings: Surroundings) {
    this.#configuration = configuration;
    this.#surroundings = surroundings;
    const accounts = data
      .filter(({ type }) => type === 'aws_caller_identity')
      .map((caller) => knownText(caller, 'account_id'));
    const [only, ...more] = new Set(accounts);
    this.#caller = more.length === 0 && configuration.providers <= 1 ? only : undefined;
  }

  #ofProvider(resource: Resource): Place {
    const provider = this.#configuration.providerOf(resource);
    const [role] = listOf(own(provider, 'assume_role'));
    return {
      region: this.#configuration.constantIn(own(provider, 'region')),
      account: placeOfArn(this.#configuration.constantIn(own(role, 'role_arn'))).account,
    };
  }

  /**
   * A resource says it itself; else its provider; else whoever called us. Since version 6 of the provider a resource
   * may have a `region` of its own (documentation of hashicorp/aws, read 2026-11-24).
   */
  of(resource: Resource): Place {
    const arn = placeOfArn(knownText(resource, 'arn'));
    const provider = arn.account !== undefined && arn.region !== undefined ? NOWHERE : this.#ofProvider(resource);
    return {
      account:
        knownText(resource, 'owner_id') ??
        arn.account ??
        provider.account ??
        this.#caller ??
        this.#surroundings.account,
      region: arn.region ?? knownText(resource, 'region') ?? provider.region ?? this.#surroundings.region,
    };
  }
}
