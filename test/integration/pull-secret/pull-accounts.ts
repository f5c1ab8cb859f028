import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { core, type ServiceAccountObject } from './pull-objects.ts';

/** On a ServiceAccount: the names that the operator put into its list. */
export const ACCOUNT_ANNOTATION = 'ecr-operator.io/pull-secrets';

/** A ServiceAccount with these names in its imagePullSecrets; what is there already is written over, as by kubectl. */
export async function account(
  { admin }: Lab,
  namespace: string,
  name: string,
  entries: readonly string[] = [],
): Promise<void> {
  const ref = core('ServiceAccount', name, namespace);
  const imagePullSecrets = entries.map((entry) => ({ name: entry }));
  if (await admin.get(ref)) await admin.patch(ref, { imagePullSecrets });
  else await admin.create({ ...ref, imagePullSecrets } as never);
}

/** The names in the imagePullSecrets of every ServiceAccount of a namespace, by its name. */
export async function listsIn({ admin }: Lab, namespace: string): Promise<Record<string, readonly string[]>> {
  const all = await admin.list<ServiceAccountObject>({ apiVersion: 'v1', kind: 'ServiceAccount', namespace });
  return Object.fromEntries(
    all.map(({ metadata, imagePullSecrets = [] }) => [
      metadata.name,
      imagePullSecrets.map(({ name }) => name),
    ]),
  );
}

/** What the ServiceAccounts of a namespace say of entries that are ours, where they say anything. */
export async function marksIn({ admin }: Lab, namespace: string): Promise<Record<string, string>> {
  const all = await admin.list<ServiceAccountObject>({ apiVersion: 'v1', kind: 'ServiceAccount', namespace });
  return Object.fromEntries(
    all.flatMap(({ metadata: { name, annotations } }) => {
      const mark = annotations?.[ACCOUNT_ANNOTATION];
      return mark === undefined ? [] : [[name, mark]];
    }),
  );
}

/** Resolves when the lists of a namespace are these. */
export async function listed(
  lab: Lab,
  namespace: string,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const text = (lists: typeof expected): string => JSON.stringify(Object.entries(lists).sort());
  await waitFor(() => listsIn(lab, namespace), {
    what: `the imagePullSecrets in ${namespace} to be ${text(expected)}`,
    until: (lists) => text(lists) === text(expected),
  });
}
