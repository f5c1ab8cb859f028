import { pullNames } from '../../integration/pull-secret/pull-lab.ts';
import { clusterPullSecret, type PullObject, registry } from '../../integration/pull-secret/pull-objects.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { HOME } from './node-lab.ts';

/** On a namespace, it says that the Secret for everybody is not for this one. */
export const LABEL = 'lab.test/pulls';

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
export function asked({ aws }: Lab, repository: string): number {
  return aws.actions
    .all()
    .filter(({ action, resource }) => action === 'ecr:BatchGetImage' && resource.endsWith(`/${repository}`))
    .length;
}
