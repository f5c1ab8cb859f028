import { OURS } from '../account-lab.ts';
import { type Attempt, applied, made, merged, OWNER, removed } from './attempt.ts';

const REGISTRY = '/apis/ecr-operator.io/v1alpha1/registries/default';
const PODS = `/api/v1/namespaces/${OURS}/pods`;
const EVENTS = `/api/v1/namespaces/${OURS}/events`;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces';
/** An Event as the operator tells of something, and more. */
const event = (metadata: object) => ({
  metadata: { name: 'told', ...metadata },
  involvedObject: { kind: 'Pod', namespace: OURS, name: 'stuck' },
  reportingComponent: 'ecr-operator',
  type: 'Normal',
  reason: 'Told',
});
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
    'deleting all Pods, as a trial',
    { ...removed(PODS), query: { dryRun: 'All' } },
    'it deletes Pods only that a controller makes',
  ],
  [
    'what is said of a Pod',
    merged(`${PODS}/slow/status`, { status: { message: 'ready' } }),
    'update pods/status ours/slow: it writes nothing of that kind',
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
    made(EVENTS, { ...event({}), reportingComponent: 'kubelet' }),
    'its Events have the reportingComponent ecr-operator',
  ],
  [
    'the same by the other API of Events',
    made(`/apis/events.k8s.io/v1/namespaces/${OURS}/events`, {
      metadata: { name: 'told' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'kubelet',
      reportingInstance: 'a',
      action: 'Pull',
      type: 'Normal',
      reason: 'Pulled',
      regarding: { kind: 'Pod', namespace: OURS, name: 'stuck' },
    }),
    'create events.events.k8s.io ours/told: it writes nothing of that kind',
  ],
  [
    'an Event that cannot be deleted, so that its namespace cannot either',
    made(EVENTS, event({ finalizers: ['team.example/stay'] })),
    'it changes no finalizer but its own',
  ],
  [
    'an Event that another object waits for',
    made(EVENTS, event({ ownerReferences: [{ ...OWNER, blockOwnerDeletion: true }] })),
    'it changes no owner',
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
