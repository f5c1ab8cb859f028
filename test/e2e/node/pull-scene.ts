import { pullNames } from '../../integration/pull-secret/pull-lab.ts';
import { roleFor } from '../../integration/pull-secret/pull-logins.ts';
import { clusterPullSecret, type PullObject, registry } from '../../integration/pull-secret/pull-objects.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { HOME } from './node-lab.ts';

/** On a namespace, it says that the Secret for everybody is not for this one. */
export const LABEL = 'lab.test/pulls';

const TEAM_ROLE = 'team-puller';

/** The Registry `default`, and a ClusterPullSecret for every namespace without {@link LABEL}. */
export async function everywhere({ admin }: Lab): Promise<PullObject> {
  await admin.apply(registry('default', HOME));
  return admin.apply<PullObject>(
    clusterPullSecret('everywhere', {
      registries: [{ name: 'default' }],
      namespaceSelector: { matchExpressions: [{ key: LABEL, operator: 'DoesNotExist' }] },
    }) as PullObject,
  );
}

/**
 * The Registry `teams`, the same as `default` but for its narrow tokens: a namespace whose {@link LABEL} is one of the
 * teams gets the repositories of that prefix. Then the ClusterPullSecret for the namespaces called as the teams.
 */
export async function teams(lab: Lab, names: readonly string[]): Promise<PullObject> {
  const rules = names.map((team) => ({
    namespaceSelector: { matchLabels: { [LABEL]: team } },
    repositoryPrefixes: [team],
    allow: ['Pull' as const],
  }));
  const pullRoleArn = roleFor(lab, TEAM_ROLE);
  await lab.admin.apply(registry('teams', { ...HOME, pullRoleArn, tenancy: { rules } }));
  const byName = { key: 'kubernetes.io/metadata.name', operator: 'In' as const, values: names };
  return lab.admin.apply<PullObject>(
    clusterPullSecret('teams', {
      registries: [{ name: 'teams' }],
      namespaceSelector: { matchExpressions: [byName] },
    }),
  );
}

export async function namespace({ admin }: Lab, name: string, label?: string): Promise<void> {
  const metadata = { name, ...(label ? { labels: { [LABEL]: label } } : {}) };
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata });
}

/** Makes a namespace; resolves when its ServiceAccount names the Secret. */
export async function served(lab: Lab, name: string, label?: string): Promise<void> {
  await namespace(lab, name, label);
  await waitFor(async () => (await pullNames(lab, name)).includes('ecr-pull'), {
    what: `the Secret at the ServiceAccount of ${name}`,
    intervalMs: 5,
  });
}

/** How often a node asked the front for an image of the repository with a login that was good. */
export function asked(lab: Lab, repository: string): number {
  return visits(lab, repository).length;
}

/** What the front answered to the {@link teams}' tokens there, each answer once: `ok`, or the name of ECR's error. */
export function answers(lab: Lab, repository: string): readonly string[] {
  const theirs = visits(lab, repository).filter(({ principalArn }) =>
    principalArn.includes(`:assumed-role/${TEAM_ROLE}/`),
  );
  return [...new Set(theirs.map(({ result }) => result))];
}

function visits({ aws }: Lab, repository: string) {
  return aws.actions
    .all()
    .filter(({ action, resource }) => action === 'ecr:BatchGetImage' && resource.endsWith(`/${repository}`));
}
