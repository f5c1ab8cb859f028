import { EMPTY, encoded, FOREIGN, OURS, pullSecretBody } from '../account-lab.ts';
import { type Attempt, applied, made, merged, OWNER, removed } from './attempt.ts';

const secretPath = (namespace: string, name = 'ecr-pull') =>
  `/api/v1/namespaces/${namespace}/secrets/${name}`;

/** A pull Secret of the operator's with something more, or something else. */
function secretWith(namespace: string, more: object, metadata: object = {}): object {
  const body = pullSecretBody(namespace);
  return { ...body, ...more, metadata: { ...body.metadata, ...metadata } };
}

const stolen = { '.dockerconfigjson': encoded({ auths: { 'registry.example': { auth: 'eDp5' } } }) };
/** At Secrets. */
export const SECRETS: readonly Attempt[] = [
  [
    'a Secret of another name',
    applied(secretPath(EMPTY, 'theirs'), pullSecretBody(EMPTY, 'theirs')),
    'create secrets empty/theirs: pull Secrets are called ecr-pull',
  ],
  [
    'a token of the cluster’s administrator, by a Secret',
    made(`/api/v1/namespaces/kube-system/secrets`, {
      metadata: {
        name: 'ecr-pull',
        annotations: { 'kubernetes.io/service-account.name': 'namespace-controller' },
      },
      type: 'kubernetes.io/service-account-token',
    }),
    'create secrets kube-system/ecr-pull: the type of pull Secrets is kubernetes.io/dockerconfigjson',
  ],
  [
    'an opaque Secret',
    applied(secretPath(EMPTY), secretWith(EMPTY, { type: 'Opaque' })),
    'the type of pull Secrets is kubernetes.io/dockerconfigjson',
  ],
  [
    'other data beside the logins',
    applied(secretPath(EMPTY), secretWith(EMPTY, { data: { ...stolen, more: 'eA==' } })),
    'the only data that it writes is .dockerconfigjson',
  ],
  [
    'other data beside the logins, as text',
    merged(secretPath(OURS), { stringData: { more: 'x' } }),
    'the only data that it writes is .dockerconfigjson',
  ],
  [
    'a Secret without its label',
    applied(secretPath(EMPTY), secretWith(EMPTY, {}, { labels: {} })),
    'its Secrets are applied, with its label and annotations, or given back without any',
  ],
  [
    'a Secret without its annotations',
    applied(secretPath(EMPTY), secretWith(EMPTY, {}, { annotations: {} })),
    'its Secrets are applied, with its label and annotations, or given back without any',
  ],
  [
    'a Secret that is not applied, so that the operator would not know it for its own',
    made(`/api/v1/namespaces/${EMPTY}/secrets`, pullSecretBody(EMPTY)),
    'create secrets empty/ecr-pull: its Secrets are applied',
  ],
  [
    'the same by another field manager',
    { ...applied(secretPath(EMPTY), pullSecretBody(EMPTY)), query: { fieldManager: 'thief' } },
    'its Secrets are applied',
  ],
  [
    'a Secret of the operator’s that forgets who applied it',
    merged(secretPath(OURS), { metadata: { managedFields: [{}] } }),
    'its Secrets are applied',
  ],
  [
    'a Secret by half a name, as a trial',
    {
      ...made(`/api/v1/namespaces/${EMPTY}/secrets`, {
        ...pullSecretBody(EMPTY),
        metadata: { generateName: 'ecr-pull' },
      }),
      query: { dryRun: 'All' },
    },
    'pull Secrets are called ecr-pull',
  ],
  [
    'a Secret with a label more',
    merged(secretPath(OURS), { metadata: { labels: { team: 'b' } } }),
    'it changes no label',
  ],
  [
    'a Secret with an annotation of somebody else',
    merged(secretPath(OURS), { metadata: { annotations: { 'team.example/owner': 'b' } } }),
    'it changes no annotation but its own',
  ],
  [
    'a Secret that goes with another object',
    applied(secretPath(EMPTY), secretWith(EMPTY, {}, { ownerReferences: [OWNER] })),
    'it changes no owner',
  ],
  [
    'a Secret that cannot be deleted',
    merged(secretPath(OURS), { metadata: { finalizers: ['team.example/stay'] } }),
    'it changes no finalizer but its own, on its own kinds',
  ],
  [
    'a Secret that cannot be changed',
    merged(secretPath(OURS), { immutable: true }),
    'it makes no Secret immutable',
  ],
  [
    'a Secret that another made, though it looks like ours',
    applied(secretPath(FOREIGN), { ...pullSecretBody(FOREIGN), data: stolen }),
    'update secrets foreign/ecr-pull: it made no such Secret, and nobody handed it over',
  ],
  [
    'handing a Secret over to himself',
    merged(secretPath(FOREIGN), { metadata: { annotations: { 'ecr-operator.io/hand-over': 'true' } } }),
    'it made no such Secret, and nobody handed it over',
  ],
  ['deleting that', removed(secretPath(FOREIGN)), 'it made no such Secret, and nobody handed it over'],
  [
    'deleting a Secret of another name',
    removed(secretPath(OURS, 'theirs')),
    'pull Secrets are called ecr-pull',
  ],
  [
    'deleting all Secrets of a namespace',
    removed(`/api/v1/namespaces/${OURS}/secrets`),
    'delete secrets ours/: pull Secrets are called ecr-pull',
  ],
  [
    'giving a Secret back with other content',
    merged(secretPath(OURS), {
      metadata: { labels: null, annotations: null },
      data: stolen,
    }),
    'what is given back keeps its content',
  ],
];
