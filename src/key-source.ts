import { credentialsSecretError, type KeySource, keysOf } from './ecr/credentials.ts';
import { messageOf } from './runtime/errors.ts';
import type { KubeClient } from './runtime/kube-client.ts';
import { pathOf, SECRETS } from './runtime/resource.ts';

interface SecretData {
  readonly data?: Readonly<Record<string, string>>;
}

/** Reads the AWS keys of a `secretRef` in the operator's own namespace, which is all that its Role lets it read there. */
export function keySource(client: KubeClient, namespace: string): KeySource {
  return async (name) => {
    const secret = await client
      .request<SecretData>(pathOf(SECRETS, { namespace, name }))
      .catch((error: unknown) => {
        throw credentialsSecretError(name, namespace, messageOf(error), error);
      });
    return keysOf(name, secret.data);
  };
}
