import type { KubeObject } from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';
import type { IamLab } from './iam-lab.ts';

/** Where an object is; kinds without namespaces leave that out. */
export interface Place {
  readonly registry: string;
  readonly namespace?: string;
}

/** The manifest of an object that refers to a Registry. */
export function manifest({ registry, namespace }: Place, kind: string, name: string, spec: object): object {
  return {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind,
    metadata: { name, ...(namespace ? { namespace } : {}) },
    spec: { registryRef: { name: registry }, ...spec },
  };
}

/** Declares an object, changes it by merge patches of its spec, each time until it is so, and deletes it. */
export async function live(lab: IamLab, object: object, changes: readonly object[]): Promise<void> {
  const declared = await lab.apply(object);
  await lab.holds(declared);
  for (const change of changes) await changed(lab, declared, change);
  await lab.admin.delete(declared);
  await waitFor(async () => ({ found: await lab.admin.get(declared) }), {
    what: `${declared.kind} ${declared.metadata.name} to be gone`,
    until: ({ found }) => !found,
  });
}

/** A merge patch of the spec, and a wait until it is done. */
export async function changed(
  lab: IamLab,
  object: KubeObject,
  spec: object,
  condition?: string,
): Promise<void> {
  await lab.admin.patch(object, { spec });
  await lab.holds(object, condition);
}
