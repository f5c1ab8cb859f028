import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createLabKubeClient, type LabKubeClient, type RawRequest } from '../../lab/kube-client.ts';
import { type Lab, OPERATOR_NAMESPACE, startLab } from '../../lab/lab.ts';

jest.setTimeout(60_000);

const TEAM = 'team';
const NAMESPACES = [TEAM, 'default', 'kube-system', OPERATOR_NAMESPACE];
const OURS = '/apis/ecr-operator.io/v1alpha1';

let lab: Lab;
/** As the shipped ServiceAccount. */
let operator: LabKubeClient;

beforeAll(async () => {
  // What RBAC alone allows.
  lab = await startLab({ ownAccount: false });
  const { url, ca } = lab.controlPlane;
  const token = await lab.controlPlane.serviceAccountToken(OPERATOR_NAMESPACE, 'ecr-operator');
  operator = createLabKubeClient({ server: url, ca, token });
  await lab.kubectl('create', 'namespace', TEAM);
  for (const namespace of NAMESPACES) {
    await lab.kubectl('-n', namespace, 'create', 'secret', 'generic', 'theirs', '--from-literal=a=b');
  }
  await lab.kubectl('-n', OPERATOR_NAMESPACE, 'create', 'secret', 'generic', 'aws-credentials');
}, 600_000);

afterAll(async () => {
  await operator?.close();
  await lab?.stop();
});

const statusOf = async (request: RawRequest) => (await operator.raw(request)).status;
const secretPath = (namespace: string, name = '') =>
  `/api/v1/namespaces/${namespace}/secrets${name && `/${name}`}`;
const APPLY = { contentType: 'application/apply-patch+yaml', query: { fieldManager: 'ecr-operator' } };

const applySecret = (namespace: string, name: string): RawRequest => ({
  method: 'PATCH',
  path: secretPath(namespace, name),
  ...APPLY,
  body: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: { a: 'b' } },
});

const leasePath = (namespace: string, name = '') =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases${name && `/${name}`}`;

const applyLease = (namespace: string, name: string): RawRequest => ({
  method: 'PATCH',
  path: leasePath(namespace, name),
  ...APPLY,
  body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } },
});

describe('the shipped ServiceAccount may', () => {
  test('list and watch the pull Secrets of all namespaces, by their name', async () => {
    const path = '/api/v1/secrets';
    const fieldSelector = 'metadata.name=ecr-pull';
    expect(await statusOf({ path, query: { fieldSelector } })).toBe(200);
    const query = { fieldSelector, watch: 'true', timeoutSeconds: '1' };
    expect(await statusOf({ path, query })).toBe(200);
  });

  test.each(NAMESPACES)(
    'make, read, change and delete the pull Secret in %s, by apply',
    async (namespace) => {
      expect(await statusOf(applySecret(namespace, 'ecr-pull'))).toBe(201);
      expect(await statusOf(applySecret(namespace, 'ecr-pull'))).toBe(200);
      expect(await statusOf({ path: secretPath(namespace, 'ecr-pull') })).toBe(200);
      expect(await statusOf({ method: 'DELETE', path: secretPath(namespace, 'ecr-pull') })).toBe(200);
    },
  );

  test('read and watch the AWS keys in its own namespace, and do nothing else with them', async () => {
    const path = secretPath(OPERATOR_NAMESPACE, 'aws-credentials');
    expect(await statusOf({ path })).toBe(200);
    const all = { path: secretPath(OPERATOR_NAMESPACE) };
    const query = { fieldSelector: 'metadata.name=aws-credentials' };
    expect(await statusOf({ ...all, query })).toBe(200);
    expect(await statusOf({ ...all, query: { ...query, watch: 'true', timeoutSeconds: '1' } })).toBe(200);
    expect(await statusOf(all)).toBe(403);
    expect(await statusOf({ method: 'DELETE', path })).toBe(403);
    expect(await statusOf(applySecret(OPERATOR_NAMESPACE, 'aws-credentials'))).toBe(403);
    for (const namespace of [TEAM, 'kube-system']) {
      expect(await statusOf({ path: secretPath(namespace, 'aws-credentials') })).toBe(403);
    }
  });

  test('make, read, watch and change its own Lease, by name', async () => {
    expect(await statusOf(applyLease(OPERATOR_NAMESPACE, 'ecr-operator'))).toBe(201);
    expect(await statusOf(applyLease(OPERATOR_NAMESPACE, 'ecr-operator'))).toBe(200);
    expect(await statusOf({ path: leasePath(OPERATOR_NAMESPACE, 'ecr-operator') })).toBe(200);
    const query = { fieldSelector: 'metadata.name=ecr-operator', watch: 'true', timeoutSeconds: '1' };
    expect(await statusOf({ path: leasePath(OPERATOR_NAMESPACE), query })).toBe(200);
  });

  test('list and patch ServiceAccounts', async () => {
    const path = `/api/v1/namespaces/${TEAM}/serviceaccounts/default`;
    const body = [{ op: 'add', path: '/imagePullSecrets', value: [{ name: 'ecr-pull' }] }];
    const patch = { method: 'PATCH', contentType: 'application/json-patch+json', path, body } as const;
    expect(await statusOf(patch)).toBe(200);
    expect(await statusOf({ path: '/api/v1/serviceaccounts' })).toBe(200);
  });
});

describe('the shipped ServiceAccount is refused', () => {
  const refusals: [string, RawRequest][] = [
    ['a list of all Secrets', { path: '/api/v1/secrets' }],
    ['a list by another field', { path: '/api/v1/secrets', query: { fieldSelector: 'type=Opaque' } }],
    ['a list by another name', { path: '/api/v1/secrets', query: { fieldSelector: 'metadata.name=theirs' } }],
    [
      'a list by label',
      { path: '/api/v1/secrets', query: { labelSelector: 'app.kubernetes.io/managed-by=ecr-operator' } },
    ],
    ['a watch of all Secrets', { path: '/api/v1/secrets', query: { watch: 'true', timeoutSeconds: '1' } }],
    ...NAMESPACES.flatMap((namespace): [string, RawRequest][] => [
      [`the Secrets of ${namespace}`, { path: secretPath(namespace) }],
      [`another Secret of ${namespace}`, { path: secretPath(namespace, 'theirs') }],
      [`applying another Secret in ${namespace}`, applySecret(namespace, 'theirs')],
      [`applying a new Secret in ${namespace}`, applySecret(namespace, 'new')],
      [
        `deleting another Secret of ${namespace}`,
        { method: 'DELETE', path: secretPath(namespace, 'theirs') },
      ],
      [
        `deleting all pull Secrets of ${namespace} at once`,
        { method: 'DELETE', path: secretPath(namespace), query: { fieldSelector: 'metadata.name=ecr-pull' } },
      ],
      ...['ecr-pull', 'new'].map((name): [string, RawRequest] => [
        `POST of a Secret ${name} in ${namespace}`,
        {
          method: 'POST',
          path: secretPath(namespace),
          body: { apiVersion: 'v1', kind: 'Secret', metadata: { name } },
        },
      ]),
      [
        `a token of the ServiceAccount default of ${namespace}`,
        {
          method: 'POST',
          path: `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`,
          body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
        },
      ],
    ]),
    ...['default', 'kube-system', 'kube-node-lease'].flatMap((namespace): [string, RawRequest][] => [
      [`reading the Lease ecr-operator of ${namespace}`, { path: leasePath(namespace, 'ecr-operator') }],
      [`applying a Lease in ${namespace}`, applyLease(namespace, 'ecr-operator')],
    ]),
    ['a list of Leases', { path: '/apis/coordination.k8s.io/v1/leases' }],
    ['the Leases of its own namespace', { path: leasePath(OPERATOR_NAMESPACE) }],
    ['applying another Lease in its own namespace', applyLease(OPERATOR_NAMESPACE, 'other')],
    ['deleting its Lease', { method: 'DELETE', path: leasePath(OPERATOR_NAMESPACE, 'ecr-operator') }],
    [
      'making a ServiceAccount',
      {
        method: 'POST',
        path: `/api/v1/namespaces/${TEAM}/serviceaccounts`,
        body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'made' } },
      },
    ],
    [
      'deleting a ServiceAccount',
      { method: 'DELETE', path: `/api/v1/namespaces/${TEAM}/serviceaccounts/default` },
    ],
    ...['pods', 'nodes', 'configmaps', 'events', 'services'].map((plural): [string, RawRequest] => [
      `a list of ${plural}`,
      { path: `/api/v1/${plural}` },
    ]),
    [
      'labelling a namespace',
      {
        method: 'PATCH',
        path: `/api/v1/namespaces/${TEAM}`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels: { a: 'b' } } },
      },
    ],
    ['deleting a namespace', { method: 'DELETE', path: `/api/v1/namespaces/${TEAM}` }],
    [
      'making a namespace',
      { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'made' } } },
    ],
    [
      'changing its own rights',
      {
        method: 'PATCH',
        path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/ecr-operator',
        contentType: 'application/merge-patch+json',
        body: { rules: [] },
      },
    ],
    ['reading its own rights', { path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/ecr-operator' }],
    [
      'changing a CRD',
      {
        method: 'DELETE',
        path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/registries.ecr-operator.io',
      },
    ],
    ...[
      'registries',
      'clusterpullsecrets',
      'namespaces/team/repositories',
      'namespaces/team/pullsecrets',
    ].flatMap((plural): [string, RawRequest][] => [
      [`making ${plural}`, { method: 'POST', path: `${OURS}/${plural}`, body: {} }],
      [`PUT of ${plural}`, { method: 'PUT', path: `${OURS}/${plural}/x`, body: {} }],
      [`PUT of the status of ${plural}`, { method: 'PUT', path: `${OURS}/${plural}/x/status`, body: {} }],
      [`deleting ${plural}`, { method: 'DELETE', path: `${OURS}/${plural}/x` }],
    ]),
  ];

  test.each(refusals)('%s', async (_, request) => {
    expect(await statusOf(request)).toBe(403);
  });
});

describe('the API server’s review says the same', () => {
  const review = async (resourceAttributes: object) => {
    const { body } = await operator.raw({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      },
    });
    return (body as { status: { allowed: boolean } }).status.allowed;
  };
  const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
  const allowedVerbs = async (attributes: object) => {
    const answers = await Promise.all(VERBS.map((verb) => review({ ...attributes, verb })));
    return VERBS.filter((_, index) => answers[index]);
  };
  const secrets = { version: 'v1', resource: 'secrets' };

  test('for Secrets', async () => {
    const pull = { ...secrets, name: 'ecr-pull' };
    for (const namespace of ['', ...NAMESPACES]) {
      const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
      expect(await allowedVerbs({ ...pull, namespace })).toEqual(verbs);
      expect(await allowedVerbs({ ...secrets, namespace })).toEqual([]);
      expect(await allowedVerbs({ ...secrets, namespace, name: 'theirs' })).toEqual([]);
    }
    const keys = { ...secrets, name: 'aws-credentials' };
    const verbs = await allowedVerbs({ ...keys, namespace: OPERATOR_NAMESPACE });
    expect(verbs).toEqual(['get', 'list', 'watch']);
    expect(await allowedVerbs({ ...keys, namespace: TEAM })).toEqual([]);
  });

  test('for everything', async () => {
    expect(await allowedVerbs({ group: '*', resource: '*' })).toEqual([]);
    expect(await review({ verb: 'impersonate', resource: 'users' })).toBe(false);
    expect(
      await review({ verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }),
    ).toBe(false);
  });
});
