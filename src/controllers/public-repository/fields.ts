import type { PublicRepositoryStatus } from '../../api/public-repository.generated.ts';
import { managedKeys } from '../../ecr/tags.ts';
import { wholeSeconds } from '../../runtime/clock.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import type { Changes } from '../external-resource.ts';
import { driftAfter } from '../repository/fields.ts';
import { type DesiredPublicRepository, declaredPublicHash } from './desired.ts';
import type { ObservedPublicRepository } from './observe.ts';

/** What the status says of ECR Public. */
export type PublicRepositoryFields = Omit<PublicRepositoryStatus, keyof BaseStatus>;

export interface PublicFieldsInput {
  readonly previous: PublicRepositoryStatus | undefined;
  readonly desired: DesiredPublicRepository;
  readonly observed: ObservedPublicRepository;
  /** A policy that AWS does not take yet. */
  readonly refusedPolicy?: PublicRepositoryStatus['refusedPolicy'];
  readonly changes: Changes;
  /** In ms. */
  readonly now: number;
}

/** The status after a pass (pure). */
export function publicRepositoryFields(input: PublicFieldsInput): PublicRepositoryFields {
  const { previous, desired, observed, refusedPolicy, changes, now } = input;
  const { live, tags } = observed;
  const logo = desired.logoHash === undefined ? undefined : logoFields(observed);
  const drift = driftAfter(previous?.drift ?? [], changes, now);
  const keysBefore = previous?.managedTagKeys ?? [];
  const onlyObserved = changes.reason === 'DriftObserved';
  return {
    ...(live
      ? { arn: live.arn, uri: live.uri, registryId: live.registryId, createdAt: wholeSeconds(live.createdAt) }
      : {}),
    managedTagKeys: onlyObserved ? [...keysBefore] : managedKeys(desired.tags, tags, keysBefore),
    ...(logo ? { logo } : {}),
    ...(refusedPolicy ? { refusedPolicy } : {}),
    ...(drift.length > 0 ? { drift } : {}),
    ...(onlyObserved ? {} : { declaredHash: declaredPublicHash(desired) }),
  };
}

/** AWS may tell where a logo is later than it takes it. */
function logoFields({ putLogo, catalog }: ObservedPublicRepository): PublicRepositoryFields['logo'] {
  if (!putLogo) return undefined;
  const url = putLogo.url ?? catalog?.logoUrl;
  return { hash: putLogo.hash, ...(url === undefined ? {} : { url }) };
}
