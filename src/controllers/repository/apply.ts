import { lifecycleChanges, policyChanges, type Tense } from '../../ecr/document-diff.ts';
import type { EcrApi, LiveRepository, TagMutability, Tags } from '../../ecr/ecr-api.ts';
import { withoutTags } from '../../ecr/tags.ts';
import type { ObservedRepository } from './observe.ts';
import type { RepositoryAction, TagAction } from './plan.ts';

/** Does one action; gives what ECR holds after it, without asking again. Throws what makes one impossible. */
export async function applyRepositoryAction(
  ecr: EcrApi,
  name: string,
  action: RepositoryAction,
  observed: ObservedRepository,
): Promise<ObservedRepository> {
  const arn = observed.live?.arn ?? '';
  switch (action.type) {
    case 'CreateRepository': {
      const live = await ecr.createRepository(action.repository);
      return { ...observed, live, tags: action.repository.tags };
    }
    case 'TagResource':
      await ecr.tag(arn, action.tags);
      return { ...observed, tags: { ...observed.tags, ...action.tags } };
    case 'UntagResource':
      await ecr.untag(arn, action.keys);
      return { ...observed, tags: withoutTags(observed.tags, action.keys) };
    case 'PutImageTagMutability':
      await ecr.putImageTagMutability(name, action.mutability);
      return withSettings(observed, { tagMutability: action.mutability });
    case 'PutImageScanningConfiguration':
      await ecr.putImageScanningConfiguration(name, action.scanOnPush);
      return withSettings(observed, { scanOnPush: action.scanOnPush });
    case 'PutLifecyclePolicy':
      await ecr.putLifecyclePolicy(name, action.document);
      return { ...observed, lifecycle: { document: action.document } };
    case 'DeleteLifecyclePolicy':
      await ecr.deleteLifecyclePolicy(name);
      return { ...observed, lifecycle: undefined };
    case 'SetRepositoryPolicy':
      await ecr.setRepositoryPolicy(name, action.document, action.force);
      return { ...observed, policy: action.document };
    case 'DeleteRepositoryPolicy':
      await ecr.deleteRepositoryPolicy(name);
      return { ...observed, policy: undefined };
    case 'Impossible':
      throw action.error;
  }
}

function withSettings(observed: ObservedRepository, settings: Partial<LiveRepository>): ObservedRepository {
  return observed.live ? { ...observed, live: { ...observed.live, ...settings } } : observed;
}

/** For people: what an action changed, or is left to change, from what to what. */
export function describeRepositoryAction(
  name: string,
  action: RepositoryAction,
  { live, tags, lifecycle, policy }: ObservedRepository,
  tense: Tense = 'done',
): string {
  const done = tense === 'done';
  const away = done ? 'taken away' : 'to take away';
  switch (action.type) {
    case 'CreateRepository':
      return done ? `made ECR repository ${name}` : `there is no ECR repository ${name}`;
    case 'TagResource':
    case 'UntagResource':
      return describeTagAction(action, tags, tense);
    case 'PutImageTagMutability':
      return `tagMutability from ${mutability(live?.tagMutability)} to ${mutability(action.mutability)}`;
    case 'PutImageScanningConfiguration':
      return `scanOnPush from ${live?.scanOnPush} to ${action.scanOnPush}`;
    case 'PutLifecyclePolicy':
      return `lifecycle policy: ${lifecycleChanges(lifecycle?.document, action.document, tense)}`;
    case 'DeleteLifecyclePolicy':
      return `lifecycle policy ${away}: ${lifecycleChanges(lifecycle?.document, undefined, tense)}`;
    case 'SetRepositoryPolicy':
      return `repository policy: ${policyChanges(policy, action.document, tense)}`;
    case 'DeleteRepositoryPolicy':
      return `repository policy ${away}: ${policyChanges(policy, undefined, tense)}`;
    case 'Impossible':
      return action.difference;
  }
}

/** For people: which tags an action changed, or is left to change, of those there were. */
export function describeTagAction(action: TagAction, tags: Tags, tense: Tense = 'done'): string {
  const done = tense === 'done';
  const before = (key: string): string => tags[key] ?? 'absent';
  if (action.type === 'TagResource') {
    const changes = Object.entries(action.tags).map(
      ([key, value]) => `${key} from ${before(key)} to ${value}`,
    );
    return `${done ? 'put tags' : 'tags to put'}: ${changes.join(', ')}`;
  }
  const changes = action.keys.map((key) => `${key} (${before(key)})`);
  return `${done ? 'took away tags' : 'tags to take away'}: ${changes.join(', ')}`;
}

function mutability(setting: TagMutability | undefined): string {
  const { mode = 'absent', filters = [] } = setting ?? {};
  return filters.length > 0 ? `${mode} except ${filters.join(', ')}` : mode;
}
