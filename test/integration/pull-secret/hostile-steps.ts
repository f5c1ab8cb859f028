import type { ApiProxy } from '../../lab/api-proxy.ts';
import type { Lab } from '../../lab/lab.ts';
import { allowSecretNames } from '../../lab/own-account.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { only } from './narrow-scenes.ts';
import { arrivedIn, condition, type Scene } from './pull-lab.ts';
import { core, type PullObject, tokenTimes } from './pull-objects.ts';

/**
 * Writes the Secret of a namespace with the operator's own field manager, without any login in it, and with other times
 * of its token. Returns the Secret as it was before.
 */
export async function forge(lab: Lab, namespace: string, change: (time: string) => string) {
  const before = await arrivedIn(lab, namespace);
  const { labels, annotations = {} } = before.metadata;
  const [first] = JSON.parse(annotations['ecr-operator.io/tokens'] ?? '[]') as readonly object[];
  const { issuedAt, rotateAt, expiresAt } = tokenTimes(before);
  const times = { issuedAt: change(issuedAt), rotateAt: change(rotateAt), expiresAt: change(expiresAt) };
  const tokens = JSON.stringify([{ ...first, ...times }]);
  const ref = core('Secret', 'ecr-pull', namespace);
  const metadata = {
    ...ref.metadata,
    labels,
    annotations: { ...annotations, 'ecr-operator.io/tokens': tokens },
  };
  const forgery = { ...ref, metadata, type: before.type, data: { '.dockerconfigjson': 'e30=' } };
  await lab.admin.apply(forgery as never, { fieldManager: 'ecr-operator' });
  return before;
}

export interface Burst {
  /** As it was when it was told TooManyTokens; edits followed. */
  readonly object: PullObject;
  /** How many edits got a token before that. */
  readonly served: number;
}

/** Edits a PullSecret to want something new each time, until it is told TooManyTokens, and then a few times more. */
export async function burst(lab: Lab, own: Scene, namespace: string): Promise<Burst> {
  const edit = (name: string): Promise<PullObject> => own.pullSecret(namespace, only(own, name), 'burst');
  for (let served = 0; served < 100; served += 1) {
    const calls = own.calls();
    const object = await edit(`burst/${served}`);
    const limited = await waitFor(
      async () => {
        const now = await lab.admin.get<PullObject>(object);
        if (condition(now?.status, 'Refreshed')?.reason === 'TooManyTokens') return { limited: now };
        return own.calls() > calls ? {} : undefined;
      },
      { what: `token ${served} of the burst, or a word why not` },
    );
    if (!limited.limited) continue;
    for (const name of ['x', 'y', 'z', 'last']) await edit(name);
    return { object: limited.limited, served };
  }
  throw new Error('nothing limits the burst');
}

/** Lets the operator write Secrets of just these names. */
export async function allowNames({ admin, controlPlane }: Lab, names: readonly string[]): Promise<void> {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'ecr-operator' },
  };
  await admin.patch(role, [
    { op: 'test', path: '/rules/3/resources', value: ['secrets'] },
    { op: 'add', path: '/rules/3/resourceNames', value: names },
  ]);
  await allowSecretNames(controlPlane, names);
}

/** What the operator wrote in a namespace since the proxy was told to forget, in order. */
export function writesIn(proxy: ApiProxy, namespace: string): string[] {
  return proxy
    .mutations({ path: new RegExp(`/namespaces/${namespace}/`) })
    .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);
}
