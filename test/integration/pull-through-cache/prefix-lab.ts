import type {
  PullThroughCacheRuleSpec,
  PullThroughCacheRuleStatus,
} from '../../../src/api/pull-through-cache-rule.generated.ts';
import type {
  RepositoryCreationTemplateSpec,
  RepositoryCreationTemplateStatus,
} from '../../../src/api/repository-creation-template.generated.ts';
import type { BaseStatus } from '../../../src/runtime/status.ts';
import type { CacheRule, CreationTemplate } from '../../lab/aws/cache-state.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, REGION } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { API_VERSION, type EcrLab, type EventObject, startEcrLab } from '../repository/ecr-lab.ts';

export type RuleSpec = Partial<PullThroughCacheRuleSpec>;
export type TemplateSpec = Partial<RepositoryCreationTemplateSpec>;
export type RuleObject = KubeObject & {
  readonly spec: PullThroughCacheRuleSpec;
  readonly status?: PullThroughCacheRuleStatus;
};
export type TemplateObject = KubeObject & {
  readonly spec: RepositoryCreationTemplateSpec;
  readonly status?: RepositoryCreationTemplateStatus;
};
type Settling = KubeObject & { readonly status?: BaseStatus };

export const SECRET = (name: string, account = '123456789012') =>
  `arn:aws:secretsmanager:${REGION}:${account}:secret:ecr-pullthroughcache/${name}`;

/** A rule with a login, which is what most tests are about. */
export const DOCKER_HUB = {
  upstreamRegistry: 'docker-hub',
  credentialArn: SECRET('docker-hub-AbCdEf'),
} as const satisfies RuleSpec;

/** The lab of Repositories, and the words for what ECR has for prefixes. */
export interface PrefixLab {
  readonly lab: EcrLab;
  rule(name: string, spec?: RuleSpec): Promise<RuleObject>;
  template(name: string, spec?: TemplateSpec): Promise<TemplateObject>;
  /** The object, once Ready has this reason for its present spec. */
  settled<T extends Settling>(object: T, reason?: string): Promise<T>;
  /** What ECR holds; throws where there is none. */
  heldRule(prefix: string): CacheRule;
  heldTemplate(prefix: string): CreationTemplate;
  event(object: KubeObject, reason: string, words?: string | RegExp): Promise<EventObject>;
  /** The calls so far that are about the prefix, in order. */
  callsOn(prefix: string): string[];
  /** What has been asked and written is over: the number of passes has grown by two, nothing else has changed. */
  sweep(): Promise<void>;
}

/** Starts it. */
export async function startPrefixLab(): Promise<PrefixLab> {
  const lab = await startEcrLab();
  const { admin, ecr } = lab;
  const { caches } = ecr.registry;
  const made = (kind: string, name: string, spec: object) =>
    admin.apply({ apiVersion: API_VERSION, kind, metadata: { name }, spec } as KubeObject);
  return {
    lab,
    rule: (name, spec = DOCKER_HUB) => made('PullThroughCacheRule', name, spec) as Promise<RuleObject>,
    template: (name, spec = {}) =>
      made('RepositoryCreationTemplate', name, {
        appliedFor: ['PULL_THROUGH_CACHE'],
        ...spec,
      }) as Promise<TemplateObject>,
    settled: async (object, reason = 'Ready') =>
      waitFor(() => admin.get(object), {
        what: `${object.kind} ${object.metadata.name} to be ${reason}`,
        until: (now: Settling | undefined) =>
          now?.status?.observedGeneration === now?.metadata.generation &&
          conditionOf(now, 'Ready')?.reason === reason,
      }) as Promise<never>,
    heldRule: (prefix) => present(caches.rules.get(prefix), prefix),
    heldTemplate: (prefix) => present(caches.templates.get(prefix), prefix),
    event: (object, reason, words) => lab.event(object, reason, words),
    callsOn: (prefix) => callsAbout(lab, prefix),
    async sweep() {
      const before = sweeps(lab);
      await lab.advance(1_800_000);
      await waitFor(() => sweeps(lab) > before, { what: 'a drift check' });
    },
  };
}

export function conditionOf(object: Settling | undefined, type: string) {
  return object?.status?.conditions?.find((condition) => condition.type === type);
}

function present<T>(found: T | undefined, prefix: string): T {
  if (found === undefined) throw new Error(`ECR has nothing for ${prefix}`);
  return found;
}

function callsAbout({ aws }: Lab, prefix: string): string[] {
  return aws.actions
    .all()
    .filter(({ params }) => {
      const { ecrRepositoryPrefix, ecrRepositoryPrefixes, prefix: own, prefixes } = params;
      return [ecrRepositoryPrefix, ecrRepositoryPrefixes, own, prefixes].flat().includes(prefix);
    })
    .map(({ action }) => action.replace('ecr:', ''));
}

/** A sweep lists the registry. */
function sweeps({ aws }: Lab): number {
  return aws.actions.all().filter(({ params }) => params['maxResults'] === 1_000).length;
}
