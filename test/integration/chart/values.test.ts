import { describe, expect, jest, test } from '@jest/globals';
import { readConfig } from '../../../src/config.ts';
import { SETTINGS } from '../../../src/settings.ts';
import { CHART, helm, withoutNotes } from '../../lab/helm.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { chartSchema } from '../../unit/docs/chart-values.ts';
import { environmentIn, objectOf, refusal, rendered, type Values } from './rendered.ts';
import { ALL_ON, NAMESPACED, VALUES } from './twins.ts';
import { WRONG_VALUES } from './wrong-values.ts';

jest.setTimeout(180_000);

describe('values', () => {
  test('helm lint --strict has nothing against the chart, with the defaults and with everything on', async () => {
    for (const values of [{}, ALL_ON, NAMESPACED]) {
      const { code, stdout } = await helm(['lint', '--strict', CHART], { values });
      expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
      expect(stdout).not.toMatch(/\[(WARNING|ERROR)\]/);
      expect(code).toBe(0);
    }
  });

  test.each(Object.entries(WRONG_VALUES))('%s is refused', async (_, [values, message]) => {
    expect(await refusal(values)).toMatch(message);
  });

  test('all that does not go together is told at once', async () => {
    const said = await refusal({ metrics: { port: 8081 }, watchNamespaces: ['a'] });
    expect(said.split('\n').filter((line) => line.startsWith('  - '))).toHaveLength(3);
  });

  test('a password is in no message', async () => {
    const otlpEndpoint = 'http://user:secret@collector:4318';
    expect(await refusal({ settings: { otlpEndpoint } })).not.toContain('secret@');
  });

  test('no flag and no variable gets past a value that rights, ports or the time to stop hang on', async () => {
    const { properties } = await chartSchema();
    const free = Object.keys(properties?.['settings']?.properties ?? {});
    const fixed = Object.entries(SETTINGS).filter(
      ([name]) => !free.includes(name) || name === 'drainSeconds',
    );
    expect(fixed.length).toBeGreaterThan(10);
    const said = await refusal({
      extraArgs: fixed.map(([, { flag }]) => `--${flag}=1`),
      extraEnv: fixed.map(([, { env }]) => ({ name: env, value: '1' })),
    });
    const places = [...said.matchAll(/^ {2}- (extra\w+ has \S+?):/gm)].map(([, place]) => place);
    expect(places).toEqual([
      ...fixed.map(([, { flag }]) => `extraArgs has --${flag}`),
      ...fixed.map(([, { env }]) => `extraEnv has ${env}`),
    ]);
  });

  test('all else of the operator can be set by flags and variables, such as from a Secret', async () => {
    const valueFrom = { secretKeyRef: { name: 'traces', key: 'endpoint' } };
    const extraEnv = [{ name: 'ECR_OPERATOR_OTLP_ENDPOINT', valueFrom }];
    const objects = await rendered({ extraArgs: ['--drift-schedule=0 * * * *'], extraEnv });
    expect(Object.keys(environmentIn(objects))).toContain('ECR_OPERATOR_OTLP_ENDPOINT');
  });

  test('the time to stop is measured by the default of the operator', async () => {
    const least = 2 * Number(SETTINGS.drainSeconds.fallback) + 1;
    await rendered({ terminationGracePeriodSeconds: least });
    expect(await refusal({ terminationGracePeriodSeconds: least - 1 })).toContain(
      `terminationGracePeriodSeconds is ${least - 1}`,
    );
  });

  test('the times of the Lease are measured by the defaults of the operator', async () => {
    const [duration, deadline] = [SETTINGS.leaseDurationSeconds, SETTINGS.leaseRenewDeadlineSeconds];
    const said = [
      await refusal({ settings: { leaseRenewDeadlineSeconds: Number(duration.fallback) } }),
      await refusal({ settings: { leaseRetryPeriodSeconds: Number(deadline.fallback) } }),
      await refusal({
        settings: { leaseRenewDeadlineSeconds: Number(SETTINGS.leaseRetryPeriodSeconds.fallback) },
      }),
    ];
    expect(said.map((text) => text.split('\n  - ').slice(1))).toEqual([
      [expect.stringContaining(`less than leaseDurationSeconds (${duration.fallback})`)],
      [expect.stringContaining(`less than leaseRenewDeadlineSeconds (${deadline.fallback})`)],
      [expect.stringContaining('less than leaseRenewDeadlineSeconds (5)')],
    ]);
  });

  test('the admission policy is refused for a Kubernetes that has none', async () => {
    const args = ['template', 'ecr-operator', CHART, '--kube-version=1.35.2'];
    const { code, stderr } = await helm(args, { values: { admission: { pods: { enabled: true } } } });
    expect(code).not.toBe(0);
    expect(withoutNotes(stderr)).toContain(
      'admission.pods.enabled needs Kubernetes 1.36, and this is v1.35.2',
    );
  });

  test('a Kubernetes that is too old is refused', async () => {
    const { code, stderr } = await helm(['template', 'ecr-operator', CHART, '--kube-version=1.29.9']);
    expect(code).not.toBe(0);
    expect(withoutNotes(stderr)).toMatch(/requires kubeVersion: >=1\.30\.0-0 which is incompatible/);
  });
});

describe('the environment of the operator', () => {
  const known: readonly string[] = Object.values(SETTINGS).map(({ env }) => env);

  test.each(Object.entries(VALUES))('%s: it takes all of it', async (_, values) => {
    const name = (values as { readonly nameOverride?: string }).nameOverride;
    const environment = environmentIn(await rendered(values), name);
    const settings = Object.entries(environment).filter(([key]) => key.startsWith('ECR_OPERATOR_'));
    expect(settings.map(([key]) => key).filter((key) => !known.includes(key))).toEqual([]);
    readConfig([], { ...environment, ECR_OPERATOR_NAMESPACE: 'ecr-operator', ECR_OPERATOR_POD_NAME: 'one' });
  });

  test('holds every value as the operator reads it', async () => {
    const environment = environmentIn(await rendered(ALL_ON));
    const config = readConfig([], {
      ...environment,
      ECR_OPERATOR_NAMESPACE: 'ecr-operator',
      ECR_OPERATOR_POD_NAME: 'one',
    });
    expect(config).toMatchObject({
      pullSecretNames: ['ecr-pull', 'team-pull'],
      serviceAccountNames: ['default', 'builder'],
      repairPods: true,
      imageUsage: true,
      clusterName: 'production',
      identityTokens: 'refuse',
      endpointHosts: ['ecr.example.org', '*.internal', '[2001:db8::1]'],
      driftSchedule: '*/10 * * * *',
      imageSchedule: '30 * * * *',
      repositoryWorkers: 4,
      deliveryWorkers: 32,
      logLevel: 'debug',
      drainMs: 10_000,
      leaderElection: { durationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 },
      metricsAddress: { port: 9090 },
      healthAddress: { port: 9091 },
      otlpEndpoint: 'http://collector.monitoring:4318',
    });
    expect(environment['AWS_REGION']).toBe('cn-north-1');
  });
});

interface Policy extends KubeObject {
  readonly spec: {
    readonly failurePolicy: string;
    readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
    readonly variables: readonly { readonly name: string; readonly expression: string }[];
  };
}

describe('the admission policies', () => {
  const expressionsIn = (policy: Policy): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...policy.spec.matchConditions, ...policy.spec.variables].map(({ name, expression }) => [
        name,
        expression,
      ]),
    );

  test('hold the account, the Secrets and the Lease of this release', async () => {
    const admission = { ownAccount: { addedByOthers: ['team', 'example.org/owner'] } };
    const objects = await rendered({ nameOverride: 'ecr-two', pullSecretNames: ['one', 'two'], admission });
    const policy = objectOf<Policy>(objects, 'ValidatingAdmissionPolicy/ecr-two-own-account');
    expect(expressionsIn(policy)).toMatchObject({
      'is-the-operator': "request.userInfo.username == 'system:serviceaccount:ecr-operator:ecr-two'",
      pullSecretNames: "['one', 'two']",
      leaseName: "'ecr-two'",
      addedByOthers: "['team', 'example.org/owner']",
    });
    const binding = objectOf(objects, 'ValidatingAdmissionPolicyBinding/ecr-two-own-account');
    expect(binding).toMatchObject({ spec: { policyName: 'ecr-two-own-account' } });
  });

  test.each<[string, boolean, Values]>([
    ['are there unless told', true, {}],
    ['can be left out', false, { admission: { ownAccount: { enabled: false } } }],
    ['are left out with watchNamespaces', false, NAMESPACED],
    ['are there with it where told', true, { ...NAMESPACED, admission: { ownAccount: { enabled: true } } }],
  ])('that hold the account %s', async (_, wanted, values) => {
    const objects = await rendered(values);
    const kinds = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
    const found = kinds.map((kind) => objects.has(`${kind}/ecr-operator-own-account`));
    expect(found).toEqual([wanted, wanted]);
  });

  test('hold the Secret and the registries of the values', async () => {
    const objects = await rendered(ALL_ON);
    const policy = objectOf<Policy>(objects, 'MutatingAdmissionPolicy/ecr-operator-pull-secret');
    expect(policy.spec.failurePolicy).toBe('Fail');
    expect(expressionsIn(policy)).toMatchObject({
      secretName: "'team-pull'",
      moreHosts: "['public.ecr.aws', 'mirror.example.org:5000']",
    });
    expect(objectOf(objects, 'MutatingAdmissionPolicyBinding/ecr-operator-pull-secret')).toMatchObject({
      spec: { matchResources: { namespaceSelector: { matchLabels: { team: 'a' } } } },
    });
  });
});
