import type { KubeObject } from '../../../../src/runtime/resource.ts';

/** The annotation that says which entries are ours. */
export const MARK = 'ecr-operator.io/pull-secrets';

/** Somebody else made it, which the API server has written down. */
const TRACKED = [{ manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:metadata': {} } }];

/** A ServiceAccount as the API server has it. */
export interface Account extends KubeObject {
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

/** The `default` one of `team`. `names` absent: no list; `annotations` absent: none at all. */
export function account(names?: readonly string[], annotations?: Readonly<Record<string, string>>): Account {
  return {
    metadata: {
      name: 'default',
      namespace: 'team',
      uid: 'u',
      resourceVersion: '3',
      managedFields: TRACKED,
      ...(annotations ? { annotations } : {}),
    },
    ...(names ? { imagePullSecrets: names.map((name) => ({ name })) } : {}),
  };
}
