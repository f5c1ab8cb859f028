import { describe, expect, jest, test } from '@jest/globals';
import { CHART, helm, helmOk, withoutNotes } from '../../lab/helm.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { environmentIn, type Objects, objectOf, objectsIn, rendered, type Values } from './rendered.ts';
import { ALL_ON, NAMESPACED } from './twins.ts';

jest.setTimeout(180_000);

interface Strategy extends KubeObject {
  readonly spec: { readonly strategy: { readonly rollingUpdate: object } };
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

interface Binding extends KubeObject {
  readonly spec: {
    readonly matchResources: { readonly namespaceSelector: { readonly matchExpressions: Expression[] } };
  };
}

interface Rule {
  readonly resources: readonly string[];
}

const MAIN = `Deployment/${OPERATOR_NAMESPACE}/ecr-operator`;

/** Where a selector or a peer says which Pods it means: those of the Deployment. */
function podLabelsIn(objects: Objects): unknown[] {
  return [...objects.values()].flatMap((object) => {
    const { selector, podSelector } = (object as KubeObject & { spec?: Record<string, unknown> }).spec ?? {};
    const found = (selector ?? podSelector) as { matchLabels?: object } | undefined;
    return found && object.kind !== 'ServiceMonitor' ? [found.matchLabels ?? found] : [];
  });
}

describe('names and words of a values file', () => {
  const ODD: Values = {
    controllers: 'pull-secrets',
    watchNamespaces: ['123', '1e3'],
    registries: [{ name: '0x10', spec: { accountId: '098765432109', region: 'us-east-1' } }],
    pullSecretNames: ['42', 'null'],
    serviceAccountNames: ['true'],
    serviceAccount: { name: '7' },
    credentialSecretNames: ['0b1'],
    image: { pullSecrets: ['1e3'] },
    priorityClassName: '5',
    settings: { clusterName: '012345678901', driftSchedule: '*/5 * * * *' },
    crds: { install: false },
  };

  test('stay text where they look like numbers, also the names of the release and of its namespace', async () => {
    const text = await helmOk(['template', '12', CHART, '--namespace=34'], { values: ODD });
    const odd = [...objectsIn(text).values()].flatMap(({ kind, metadata }) =>
      [metadata.name, metadata.namespace ?? '', ...Object.values(metadata.labels ?? {})]
        .filter((word) => typeof word !== 'string')
        .map((word) => `${kind}: ${word}`),
    );
    expect(odd).toEqual([]);
    const objects = objectsIn(text);
    const { spec } = objectOf<KubeObject & { spec: { template: { spec: object } } }>(
      objects,
      'Deployment/34/ecr-operator',
    );
    expect(spec.template.spec).toMatchObject({
      serviceAccountName: '7',
      priorityClassName: '5',
      imagePullSecrets: [{ name: '1e3' }],
    });
    expect(objectOf(objects, 'RoleBinding/123/ecr-operator')).toMatchObject({
      subjects: [{ name: '7', namespace: '34' }],
    });
    const file = objectOf<KubeObject & { data: Record<string, string> }>(
      objects,
      'ConfigMap/34/ecr-operator-registries',
    );
    const [registry] = objectsIn(file.data['registries.yaml'] ?? '').values();
    expect(registry).toMatchObject({ metadata: { name: '0x10' }, spec: { accountId: '098765432109' } });
  });

  test('reach the operator as they stand', async () => {
    const environment = environmentIn(await rendered(ODD));
    expect(environment).toMatchObject({
      ECR_OPERATOR_WATCH_NAMESPACES: '123,1e3',
      ECR_OPERATOR_PULL_SECRET_NAMES: '42,null',
      ECR_OPERATOR_SERVICE_ACCOUNT_NAMES: 'true',
      ECR_OPERATOR_CLUSTER_NAME: '012345678901',
      ECR_OPERATOR_DRIFT_SCHEDULE: '*/5 * * * *',
    });
    const { ECR_OPERATOR_PULL_SECRET_NAMES: one } = environmentIn(
      await rendered({ pullSecretNames: ['42'] }),
    );
    expect(one).toBe('42');
  });

  test('can be null, which is how helm takes a default away', async () => {
    const lists = ['watchNamespaces', 'registries', 'credentialSecretNames', 'topologySpreadConstraints'];
    const maps = [
      'settings',
      'resources',
      'podSecurityContext',
      'securityContext',
      'affinity',
      'commonLabels',
    ];
    const others = ['tolerations', 'nodeSelector', 'extraEnv', 'extraArgs', 'podLabels', 'podAnnotations'];
    const nothing = Object.fromEntries([...lists, ...maps, ...others].map((name) => [name, null]));
    const objects = await rendered({
      ...nothing,
      aws: { roleArn: 'arn:aws:iam::123456789012:role/ecr-operator' },
      serviceAccount: { annotations: null },
      health: { livenessProbe: null, readinessProbe: null },
      networkPolicy: { enabled: true, egressTo: null, metricsFrom: null, extraEgress: null },
      admission: { pods: { enabled: true, moreHosts: null, namespaceSelector: null } },
    });
    expect(objects.has(MAIN)).toBe(true);
    expect(objectOf(objects, `ServiceAccount/${OPERATOR_NAMESPACE}/ecr-operator`)).toMatchObject({
      metadata: {
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/ecr-operator' },
      },
    });
  });
});

describe('labels', () => {
  test('of the release and of the values are on every object', async () => {
    for (const values of [ALL_ON, { ...NAMESPACED, commonLabels: ALL_ON['commonLabels'] }])
      for (const { kind, metadata } of (await rendered(values)).values())
        expect([kind, metadata.name, metadata.labels]).toEqual([
          kind,
          metadata.name,
          expect.objectContaining({
            'app.kubernetes.io/name': 'ecr-operator',
            'app.kubernetes.io/instance': 'ecr-operator',
            'app.kubernetes.io/managed-by': 'Helm',
            'example.org/cost-centre': '42',
          }),
        ]);
  });

  test('of a ServiceMonitor, by which a Prometheus finds it, go before those of all objects', async () => {
    const labels = { 'app.kubernetes.io/instance': 'prometheus', release: 'monitoring' };
    const objects = await rendered({
      commonLabels: { release: 'ecr' },
      metrics: { serviceMonitor: { enabled: true, labels } },
    });
    const id = `${OPERATOR_NAMESPACE}/ecr-operator-metrics`;
    expect(objectOf(objects, `ServiceMonitor/${id}`)).toMatchObject({ metadata: { labels } });
    expect(objectOf(objects, `Service/${id}`)).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/instance': 'ecr-operator', release: 'ecr' } },
    });
  });

  test('by which Pods are selected are the same whatever the values: those of a Deployment cannot change', async () => {
    const selected = podLabelsIn(await rendered(ALL_ON));
    expect(selected).toHaveLength(4);
    expect(selected).toEqual(selected.map(() => ({ 'app.kubernetes.io/name': 'ecr-operator' })));
  });
});

describe('nothing waits for ever', () => {
  test('Pods that are not ready do not hold up the drain of a node', async () => {
    const budget = objectOf(await rendered(), `PodDisruptionBudget/${OPERATOR_NAMESPACE}/ecr-operator`);
    expect(budget).toMatchObject({ spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } });
  });

  test('a rollout on the host network makes room first: two Pods cannot have a port of one node', async () => {
    const strategyOf = async (values: Values): Promise<object> =>
      objectOf<Strategy>(await rendered(values), MAIN).spec.strategy.rollingUpdate;
    expect(await strategyOf({})).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(await strategyOf({ hostNetwork: true })).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(await strategyOf({ rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } })).toEqual({
      maxSurge: 0,
      maxUnavailable: 1,
    });
  });
});

describe('roles for people', () => {
  const rolesOf = async (values: Values): Promise<Record<string, unknown>> => {
    const objects = [...(await rendered(values)).values()] as (KubeObject & { rules?: Rule[] })[];
    const isForPeople = ({ metadata }: KubeObject): boolean =>
      Object.keys(metadata.labels ?? {}).some((label) => label.includes('/aggregate-to-'));
    return Object.fromEntries(
      objects
        .filter(isForPeople)
        .map(({ metadata, rules = [] }) => [metadata.name, rules.flatMap(({ resources }) => resources)]),
    );
  };

  test('name the kinds that are worked on, and only those of namespaces for writing', async () => {
    expect(await rolesOf({ controllers: 'pull-secrets' })).toEqual({
      'ecr-operator-view': ['registries', 'pullsecrets', 'clusterpullsecrets'],
      'ecr-operator-edit': ['pullsecrets'],
    });
    expect(await rolesOf({ nameOverride: 'ecr-two' })).toMatchObject({
      'ecr-two-view': expect.arrayContaining(['registries', 'publicrepositories']),
      'ecr-two-edit': ['repositories', 'pullsecrets', 'publicrepositories'],
    });
  });

  test('can be left out, and are left out where nothing of the cluster is made, unless they are asked for', async () => {
    expect(await rolesOf({ rbac: { aggregateClusterRoles: false } })).toEqual({});
    expect(await rolesOf({ rbac: { create: false } })).toEqual({});
    expect(await rolesOf(NAMESPACED)).toEqual({});
    expect(await rolesOf({ ...NAMESPACED, rbac: { aggregateClusterRoles: true } })).toEqual({
      'ecr-operator-view': ['pullsecrets'],
      'ecr-operator-edit': ['pullsecrets'],
    });
  });
});

describe('a set of namespaces', () => {
  test('is where Pods get the Secret at admission, and nowhere else', async () => {
    const binding = objectOf<Binding>(
      await rendered({ ...NAMESPACED, admission: { pods: { enabled: true } } }),
      'MutatingAdmissionPolicyBinding/ecr-operator-pull-secret',
    );
    const [namespaces, optOut] = binding.spec.matchResources.namespaceSelector.matchExpressions;
    expect(namespaces).toEqual({
      key: 'kubernetes.io/metadata.name',
      operator: 'In',
      values: ['team-a', 'team-b'],
    });
    expect(optOut).toMatchObject({ key: 'ecr-operator.io/pull-secrets', operator: 'NotIn' });
  });
});

test('as a dependency of another chart it can be switched by a condition on `enabled`', async () => {
  const { code, stderr } = await helm(['template', 'ecr-operator', CHART], { values: { enabled: true } });
  expect(withoutNotes(stderr)).toBe('');
  expect(code).toBe(0);
});
