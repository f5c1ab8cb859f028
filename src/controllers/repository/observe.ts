import type { EcrApi, LiveRepository, Tags } from '../../ecr/ecr-api.ts';
import type { DesiredRepository } from './desired.ts';

/** What ECR holds of a declared repository; `live` is absent where there is none. */
export interface ObservedRepository {
  readonly live?: LiveRepository;
  readonly tags: Tags;
  /** Read only where it is declared. */
  readonly lifecycle?: string | undefined;
  readonly policy?: string | undefined;
  readonly imageCount: number;
}

/** One call where there is no repository, else one for each thing that is declared. */
export async function observeRepository(
  ecr: EcrApi,
  desired: DesiredRepository,
): Promise<ObservedRepository> {
  const live = await ecr.describeRepository(desired.name);
  if (!live) return { tags: {}, imageCount: 0 };
  const [tags, imageCount, lifecycle, policy] = await Promise.all([
    ecr.listTags(live.arn),
    ecr.countImages(desired.name),
    desired.lifecycle === undefined ? undefined : ecr.getLifecyclePolicy(desired.name),
    desired.policy === undefined ? undefined : ecr.getRepositoryPolicy(desired.name),
  ]);
  return { live, tags, imageCount, lifecycle, policy };
}
