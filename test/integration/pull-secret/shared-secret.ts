import type { ApiProxy } from '../../lab/api-proxy.ts';
import { KubeStatusError } from '../../lab/kube-client.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, secretIn } from './pull-lab.ts';
import { authsOf, encodedAuths, entriesOf } from './pull-logins.ts';
import type { SecretObject } from './pull-objects.ts';

/** An entry of somebody else. */
export const THEIRS = { auth: 'dTpw', email: 'a@example.com' };

/** Adds or removes entries as others do: read, change, write with the resourceVersion, again after a conflict. */
export async function changeEntries(
  lab: Lab,
  namespace: string,
  entries: Readonly<Record<string, object | undefined>>,
): Promise<void> {
  for (;;) {
    const secret = await arrivedIn(lab, namespace);
    const { resourceVersion } = secret.metadata;
    const data = { '.dockerconfigjson': encodedAuths({ ...authsOf(secret), ...entries }) };
    try {
      await lab.admin.patch(secret, { metadata: { resourceVersion }, data });
      return;
    } catch (error) {
      if (!(error instanceof KubeStatusError && error.status === 409)) throw error;
    }
  }
}

/** The Secret, once it has entries for these hosts and no others. */
export function holding(lab: Lab, namespace: string, ...hosts: readonly string[]): Promise<SecretObject> {
  return waitFor(() => secretIn(lab, namespace), {
    what: `the Secret of ${namespace} to have ${hosts.join(', ')}`,
    until: (secret) => Object.keys(entriesOf(secret)).sort().join() === [...hosts].sort().join(),
  });
}

/**
 * Does something once, right before the API server is asked for such a change of the Secret in a namespace, when the
 * operator has read it. Returns whether it was done.
 */
export function justBefore(
  proxy: ApiProxy,
  namespace: string,
  method: string,
  act: () => Promise<unknown>,
): () => boolean {
  let done = false;
  proxy.onRequest(async (request) => {
    if (done || request.method !== method || !request.path.endsWith(`/${namespace}/secrets/ecr-pull`)) return;
    done = true;
    await act();
  });
  return () => done;
}
