import { OURS } from '../account-lab.ts';
import { type Attempt, made, merged, OWNER, patched, removed } from './attempt.ts';

const BUILDER = `/api/v1/namespaces/${OURS}/serviceaccounts/builder`;
const BY_HAND = `/api/v1/namespaces/${OURS}/serviceaccounts/by-hand`;
const entry = (value: object) => ({ op: 'add', path: '/imagePullSecrets/-', value });

/** At ServiceAccounts. */
export const SERVICE_ACCOUNTS: readonly Attempt[] = [
  [
    'another role at AWS for a ServiceAccount',
    merged(BUILDER, { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'another' } } }),
    'update serviceaccounts ours/builder: it changes no annotation but its own',
  ],
  [
    'a ServiceAccount without its annotations',
    merged(BUILDER, { metadata: { annotations: null } }),
    'it changes no annotation but its own',
  ],
  [
    'a label of a ServiceAccount',
    merged(BUILDER, { metadata: { labels: { team: 'b' } } }),
    'it changes no label',
  ],
  ['taking a label away', merged(BUILDER, { metadata: { labels: { team: null } } }), 'it changes no label'],
  [
    'the owner of a ServiceAccount',
    merged(BUILDER, { metadata: { ownerReferences: [OWNER] } }),
    'it changes no owner',
  ],
  [
    'a finalizer of a ServiceAccount, even the operator’s own',
    merged(BUILDER, { metadata: { finalizers: ['ecr-operator.io/finalizer'] } }),
    'it changes no finalizer but its own, on its own kinds',
  ],
  [
    'the Secrets that a ServiceAccount may mount',
    merged(BUILDER, { secrets: [{ name: 'theirs' }] }),
    'of a ServiceAccount it changes imagePullSecrets only',
  ],
  [
    'whether its token is mounted',
    merged(BUILDER, { automountServiceAccountToken: true }),
    'of a ServiceAccount it changes imagePullSecrets only',
  ],
  [
    'an entry of another Secret',
    patched(BUILDER, entry({ name: 'evil' })),
    'of the entries it changes none but its own: ecr-pull',
  ],
  [
    'taking out the entry of somebody else',
    patched(BUILDER, { op: 'remove', path: '/imagePullSecrets/0' }),
    'of the entries it changes none but its own',
  ],
  [
    'taking out an entry of its own name that a person wrote',
    patched(BY_HAND, { op: 'remove', path: '/imagePullSecrets/0' }),
    'it takes out no entry of others',
  ],
  [
    'an entry of a name that it once had',
    patched(BY_HAND, entry({ name: 'old-pull' })),
    'it adds no entry but ecr-pull',
  ],
  [
    'the entries of others in another order',
    merged(BUILDER, { imagePullSecrets: [{ name: 'other' }, { name: 'ecr-pull' }, { name: 'theirs' }] }),
    'of the entries it changes none but its own',
  ],
  [
    'the entry of somebody else twice',
    patched(BUILDER, entry({ name: 'theirs' })),
    'of the entries it changes none but its own',
  ],
  [
    'calling an entry of somebody else its own, to take it out later',
    merged(BUILDER, { metadata: { annotations: { 'ecr-operator.io/pull-secrets': 'ecr-pull,theirs' } } }),
    'its annotation names no other entry than its own',
  ],
  [
    'making a ServiceAccount',
    made(`/api/v1/namespaces/${OURS}/serviceaccounts`, { metadata: { name: 'made' } }),
    'create serviceaccounts ours/made: it writes nothing of that kind',
  ],
  ['deleting one', removed(BUILDER), 'delete serviceaccounts ours/builder: it writes nothing of that kind'],
  [
    'a token of another ServiceAccount',
    made(`${BUILDER}/token`, { spec: {} }),
    'create serviceaccounts/token ours/builder: it writes nothing of that kind',
  ],
];
