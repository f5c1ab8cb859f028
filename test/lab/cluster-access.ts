import { join } from 'node:path';
import { createLabKubeClient, type LabKubeClient } from './kube-client.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { ADMIN, tokenOf, type UserWithToken } from './lab-users.ts';

export interface KubeconfigTarget {
  /** Another address than the API server's own: that of an API proxy. */
  readonly server?: string;
  readonly namespace?: string;
}

/** The ways to be somebody in the lab's cluster. */
export interface ClusterAccess {
  /** As a member of system:masters. */
  readonly admin: LabKubeClient;
  client(user: string): LabKubeClient;
  token(user: string): string;
  /** Writes a kubeconfig for a user of the token file, `admin` unless told, and returns its path. */
  kubeconfig(user?: string, target?: KubeconfigTarget): Promise<string>;
  /** A token for a ServiceAccount that exists; valid for an hour unless told, for ten minutes at least. */
  serviceAccountToken(namespace: string, name: string, expirationSeconds?: number): Promise<string>;
  /** A kubeconfig for a ServiceAccount that exists, with a token from the TokenRequest API. */
  serviceAccountKubeconfig(namespace: string, name: string, target?: KubeconfigTarget): Promise<string>;
}

export interface ClusterAccessOptions {
  readonly url: string;
  readonly ca: string;
  readonly users: readonly UserWithToken[];
  /** For kubeconfig files. */
  readonly folder: string;
}

/** {@link ClusterAccess} with its `close`, which ends all the clients that it gave out. */
export function clusterAccess(options: ClusterAccessOptions): ClusterAccess & { close(): Promise<void> } {
  const { url, ca, users, folder } = options;
  const clients: LabKubeClient[] = [];
  const client = (user: string) => {
    const made = createLabKubeClient({ server: url, ca, token: tokenOf(users, user) });
    clients.push(made);
    return made;
  };
  const admin = client(ADMIN);
  const serviceAccountToken: ClusterAccess['serviceAccountToken'] = (
    namespace,
    name,
    expirationSeconds = 3_600,
  ) => requestToken(admin, { namespace, name, expirationSeconds });
  let kubeconfigs = 0;
  const write = (user: string, token: string, target: KubeconfigTarget) => {
    kubeconfigs += 1;
    const path = join(folder, `kubeconfig-${kubeconfigs}.json`);
    return writeKubeconfig(path, { server: url, ca, user, token, ...target });
  };
  return {
    admin,
    client,
    token: (user) => tokenOf(users, user),
    kubeconfig: (user = ADMIN, target = {}) => write(user, tokenOf(users, user), target),
    serviceAccountToken,
    serviceAccountKubeconfig: async (namespace, name, target = {}) =>
      write(`${namespace}-${name}`, await serviceAccountToken(namespace, name), target),
    close: async () => {
      await Promise.all(clients.map((each) => each.close()));
    },
  };
}

interface TokenRequest {
  readonly namespace: string;
  readonly name: string;
  readonly expirationSeconds: number;
}

async function requestToken(admin: LabKubeClient, account: TokenRequest): Promise<string> {
  const { namespace, name, expirationSeconds } = account;
  const { status, body } = await admin.raw({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } },
  });
  if (status !== 201) throw new Error(`no token for ${namespace}/${name}: ${JSON.stringify(body)}`);
  return (body as { status: { token: string } }).status.token;
}
