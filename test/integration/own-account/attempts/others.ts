import { OURS } from '../account-lab.ts';
import { type Attempt, applied, made, merged, removed } from './attempt.ts';

const REGISTRY = '/apis/ecr-operator.io/v1alpha1/registries/default';
const PODS = `/api/v1/namespaces/${OURS}/pods`;
const EVENTS = `/api/v1/namespaces/${OURS}/events`;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces';
const lease = (name: string) => ({ metadata: { name }, spec: { holderIdentity: 'thief' } });

/** At all else. */
export const OTHERS: readonly Attempt[] = [
  [
    'who may use a Registry',
    merged(REGISTRY, { spec: { tenancy: null } }),
    'update registries.ecr-operator.io default: what is declared is for people to change',
  ],
  [
    'the same by apply',
    applied(REGISTRY, { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'Registry', spec: { suspend: true } }),
    'what is declared is for people',
  ],
  ['a label of a Registry', merged(REGISTRY, { metadata: { labels: { a: 'b' } } }), 'it changes no label'],
  [
    'an annotation of a Registry, though it begins with the operator’s name',
    merged(REGISTRY, { metadata: { annotations: { 'ecr-operator.io/rotate-requested-at': '1' } } }),
    'it changes no annotation but its own',
  ],
  [
    'a finalizer of somebody else',
    merged(REGISTRY, { metadata: { finalizers: ['team.example/stay'] } }),
    'it changes no finalizer but its own',
  ],
  [
    'deleting a Registry',
    removed(REGISTRY),
    'delete registries.ecr-operator.io default: it writes nothing of that',
  ],
  [
    'deleting a Pod that nobody makes anew',
    removed(`${PODS}/nobodys`),
    'it deletes Pods only that a controller makes',
  ],
  [
    'deleting a Pod that only has not begun',
    removed(`${PODS}/slow`),
    'it deletes Pods only that a controller makes',
  ],
  [
    'a Pod',
    made(PODS, { metadata: { name: 'made' }, spec: { containers: [{ name: 'a', image: 'b' }] } }),
    'create pods ours/made: it writes nothing of that kind',
  ],
  [
    'a shell in a Pod',
    made(`${PODS}/stuck/exec?command=sh&stdin=true`, {}),
    'connect pods/exec ours/stuck: it writes nothing of that kind',
  ],
  [
    'evicting a Pod',
    made(`${PODS}/stuck/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'stuck' },
    }),
    'create pods/eviction ours/stuck: it writes nothing of that kind',
  ],
  [
    'a label of a namespace',
    merged(`/api/v1/namespaces/${OURS}`, { metadata: { labels: { a: 'b' } } }),
    'update namespaces ours/ours: it writes nothing of that kind',
  ],
  [
    'a word in another’s name',
    made(EVENTS, {
      metadata: { name: 'told' },
      involvedObject: { kind: 'Pod', namespace: OURS, name: 'stuck' },
      reportingComponent: 'kubelet',
      type: 'Normal',
      reason: 'Pulled',
    }),
    'its Events have the reportingComponent ecr-operator',
  ],
  [
    'the Lease of another program',
    made(`${LEASES}/kube-system/leases`, lease('kube-controller-manager')),
    'its Lease is ecr-operator in its own namespace',
  ],
  [
    'a Lease of its name elsewhere',
    made(`${LEASES}/${OURS}/leases`, lease('ecr-operator')),
    'its Lease is ecr-operator in its own namespace',
  ],
  [
    'more rights',
    made('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'more' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: OURS }],
    }),
    'create clusterrolebindings.rbac.authorization.k8s.io more: it writes nothing of that kind',
  ],
  [
    'another CRD',
    removed('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/registries.ecr-operator.io'),
    'it writes nothing of that kind',
  ],
];
