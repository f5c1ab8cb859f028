import type { SecretAction } from '../../../../src/controllers/pull-secret/decide.ts';
import {
  type Auths,
  dockerLogin,
  encodedConfig,
} from '../../../../src/controllers/pull-secret/docker-config.ts';
import type { SecretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import { writeSecret } from '../../../../src/controllers/pull-secret/write-secret.ts';
import type { KubeClient } from '../../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { cluster, login } from './pull-objects.ts';

export const OF_OTHER = login({ login: 'other', id: 'other|', hosts: ['other.example'] });
export const GONE = new KubeError(404, 'NotFound', 'gone');
export const PATH = { namespace: 'team', name: 'ecr-pull' };
export const FOREIGN: Auths = { 'registry.example': { auth: 'eDp5' } };
export const OURS: Auths = { 'other.example': dockerLogin('old') };

/** The one place where a Secret's content is read. */
export const READ = ['read', '/api/v1/namespaces/team/secrets/ecr-pull'];

// biome-ignore lint/suspicious/noExplicitAny: whatever the code under test sends
export type Sent = any;

/** The API server as far as it is asked. */
export interface Api {
  /** What the Secret holds; undefined = there is none. At version 9. */
  readonly auths?: Auths | undefined;
  /** What any write answers. */
  readonly failure?: Error;
}

/** What carrying out `action` sends, beside an API server with that Secret. */
export async function sent(
  action: SecretAction,
  found: SecretState | undefined,
  keep = false,
  api: Api = {},
) {
  const calls: Sent[] = [];
  const write =
    (verb: string) =>
    async (_: object, ...rest: Sent[]) => {
      calls.push([verb, ...rest]);
      if (api.failure) throw api.failure;
      return { metadata: { resourceVersion: '10' } };
    };
  const client = {
    async request(path: string) {
      calls.push(['read', path]);
      if (!api.auths) throw GONE;
      return { metadata: { resourceVersion: '9' }, data: { '.dockerconfigjson': encodedConfig(api.auths) } };
    },
    apply: write('apply'),
    mergePatch: write('release'),
    delete: write('delete'),
  } as unknown as KubeClient;
  const holder = cluster('all', { foreignEntries: keep ? 'Keep' : 'Remove' });
  const target = { namespace: 'team', secretName: 'ecr-pull' };
  await writeSecret(client, { target, holder, secret: found, action });
  return calls;
}
