import type { EcrApi, LiveLifecycle, LiveRepository, Tags } from '../../ecr/ecr-api.ts';
import { comesFromClass, type DesiredRepository } from './desired.ts';

/** What ECR holds of a declared repository; `live` is absent where there is none. */
export interface ObservedRepository {
  readonly live?: LiveRepository;
  readonly tags: Tags;
  /** Read only where it is declared. */
  readonly lifecycle?: LiveLifecycle | undefined;
  readonly policy?: string | undefined;
}

/**
 * One call where there is no repository, else one for each thing that is declared. Whoever has listed the whole
 * registry saves the first of them.
 */
export async function observeRepository(
  ecr: EcrApi,
  desired: DesiredRepository,
  listed?: LiveRepository,
): Promise<ObservedRepository> {
  const live = listed ?? (await ecr.describeRepository(desired.name));
  if (!live) return { tags: {} };
  const readsPolicy = desired.policy !== undefined || desired.statements !== undefined;
  const [tags, lifecycle, policy] = await Promise.all([
    ecr.listTags(live.arn),
    desired.lifecycle === undefined ? undefined : ecr.getLifecyclePolicy(desired.name),
    readsPolicy ? ecr.getRepositoryPolicy(desired.name) : undefined,
  ]);
  // What a class granted is looked for as long as its tag is there.
  const granted = !readsPolicy && comesFromClass(desired, tags);
  return { live, tags, lifecycle, policy: granted ? await ecr.getRepositoryPolicy(desired.name) : policy };
}
