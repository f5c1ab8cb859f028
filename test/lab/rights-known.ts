import { randomUUID } from 'node:crypto';
import type { KubeObject, KubeRef, LabKubeClient } from './kube-client.ts';
import { waitFor } from './wait-for.ts';

const GROUP = 'rbac.authorization.k8s.io';
const NAMESPACE = 'default';

/** What nobody has a right to but by a marker: in a namespace, and where no namespace is. */
const PLACES = [{ namespace: NAMESPACE }, {}] as const;

/**
 * Resolves when the API server judges requests by the roles and bindings as they were when this was called: it learns
 * of each kind of them by a watch, in order, some moments after they are written. So it knows the last ones of all when
 * it knows a marker of each kind.
 */
export async function rightsKnown(admin: LabKubeClient): Promise<void> {
  const name = `marker-${randomUUID()}`;
  const markers = markersOf(name);
  try {
    for (const marker of markers) await admin.create(marker);
    await waitFor(() => Promise.all(PLACES.map((place) => isAllowed(admin, name, place))), {
      what: 'the API server to know all roles and bindings',
      until: (allowed) => allowed.every(Boolean),
    });
  } finally {
    for (const marker of markers) await admin.delete(marker);
  }
}

/** Of each kind one; those of the cluster give no right in a namespace that the others would give. */
function markersOf(name: string): readonly KubeRef[] {
  const metadata = { name };
  const inNamespace = { name, namespace: NAMESPACE };
  const apiVersion = `${GROUP}/v1`;
  const subjects = [{ apiGroup: GROUP, kind: 'User', name }];
  const boundTo = (kind: string) => ({ roleRef: { apiGroup: GROUP, kind, name }, subjects });
  const rules = (resource: string) => [{ apiGroups: ['lab.test'], resources: [resource], verbs: ['get'] }];
  return [
    { apiVersion, kind: 'Role', metadata: inNamespace, rules: rules('inside') },
    { apiVersion, kind: 'RoleBinding', metadata: inNamespace, ...boundTo('Role') },
    { apiVersion, kind: 'ClusterRole', metadata, rules: rules('outside') },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, ...boundTo('ClusterRole') },
  ] as readonly KubeRef[];
}

interface Review extends KubeObject {
  readonly status: { readonly allowed: boolean };
}

async function isAllowed(
  admin: LabKubeClient,
  user: string,
  place: (typeof PLACES)[number],
): Promise<boolean> {
  const resource = 'namespace' in place ? 'inside' : 'outside';
  const { body } = await admin.raw({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes: { ...place, group: 'lab.test', verb: 'get', resource } },
    },
  });
  return (body as Review).status.allowed;
}
