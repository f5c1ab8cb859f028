import { MANAGED_BY, MANAGED_BY_LABEL, SECRET_ANNOTATIONS } from '../../api/names.ts';
import type { Registry } from '../../api/registry.generated.ts';
import type { RegistryToken } from '../../ecr/token-store.ts';
import { timestamp } from '../../runtime/clock.ts';
import type { Target } from './claims.ts';
import { registryAnnotation } from './decide.ts';
import { dockerConfigJson } from './docker-config.ts';

export interface SecretBodyInput {
  readonly target: Target;
  readonly holder: string;
  readonly registry: Registry;
  readonly token: RegistryToken;
  /** Of the Secret that is there: a re-created one is not written to by mistake. */
  readonly uid?: string | undefined;
}

/** The pull Secret as it is applied: all fields that are ours, every time. */
export function secretBody({ target, holder, registry, token, uid }: SecretBodyInput): object {
  return {
    metadata: {
      name: target.secretName,
      namespace: target.namespace,
      ...(uid ? { uid } : {}),
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: {
        [SECRET_ANNOTATIONS.holder]: holder,
        [SECRET_ANNOTATIONS.registry]: registryAnnotation(registry),
        [SECRET_ANNOTATIONS.issuedAt]: timestamp(token.issuedAt),
        [SECRET_ANNOTATIONS.expiresAt]: timestamp(token.expiresAt),
        [SECRET_ANNOTATIONS.rotateAt]: timestamp(token.rotateAt),
      },
    },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': encodedContent(token) },
  };
}

/** One token goes into thousands of Secrets: encoded once, and forgotten with the token. */
const encoded = new WeakMap<RegistryToken, string>();

function encodedContent(token: RegistryToken): string {
  const known = encoded.get(token);
  if (known) return known;
  const content = dockerConfigJson([{ host: token.host, password: token.password }]);
  const made = Buffer.from(content).toString('base64');
  encoded.set(token, made);
  return made;
}
