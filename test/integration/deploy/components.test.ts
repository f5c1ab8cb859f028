import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../../src/config.ts';
import { SETTINGS } from '../../../src/settings.ts';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { kubectl, kubectlOk } from '../../lab/kubectl.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { COMPONENTS, type Component, changedIn, KUSTOMIZE, writeOverlay } from './overlay.ts';

jest.setTimeout(120_000);

const AS = `--as=system:serviceaccount:${OPERATOR_NAMESPACE}:ecr-operator`;

interface Deployment extends KubeObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

interface ClusterRole extends KubeObject {
  readonly rules: readonly { readonly resources: readonly string[] }[];
}

type Built = Readonly<Record<string, KubeObject>>;

let controlPlane: ControlPlane;
let kubeconfig: string;

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllers: false });
  kubeconfig = await controlPlane.kubeconfig();
}, 600_000);

afterAll(async () => {
  await controlPlane?.stop();
});

const overlay = (components: readonly Component[]) =>
  writeOverlay(join(controlPlane.folder, ['with', ...components].join('-')), { components });

const builds = new Map<string, Promise<Built>>();

/** What `kubectl kustomize` prints, by kind and name. */
function build(components: readonly Component[] = []): Promise<Built> {
  const known = builds.get(components.join()) ?? kustomized(components);
  builds.set(components.join(), known);
  return known;
}

async function kustomized(components: readonly Component[]): Promise<Built> {
  const text = await kubectlOk(kubeconfig, ['kustomize', await overlay(components)]);
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
  return Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}

/** Applies it, and returns the lines about what changed. */
async function apply(components: readonly Component[] = []): Promise<string[]> {
  return changedIn(await kubectlOk(kubeconfig, ['apply', '-k', await overlay(components)]));
}

function linesOf(output: string): string[] {
  return output.trim().split('\n');
}

/** What the operator's ServiceAccount may do, as the API server reviews it: a line for each right. */
async function rights(): Promise<string[]> {
  const [, ...lines] = linesOf(await kubectlOk(kubeconfig, ['auth', 'can-i', '--list', AS]));
  return lines.map((line) => line.replaceAll(/ +/g, ' ').trim()).sort();
}

/** The rights without a component, and with it; it stays applied. */
async function rightsAround(component: Component): Promise<{ before: string[]; after: string[] }> {
  await apply();
  // An apply takes away nothing that came before.
  const roles = ['repair-pods', 'lifecycle-block'].flatMap((name) =>
    ['clusterrole', 'clusterrolebinding'].map((kind) => `${kind}/ecr-operator-${name}`),
  );
  await kubectlOk(kubeconfig, ['delete', '--ignore-not-found', ...roles]);
  await rightsKnown(controlPlane.admin);
  const before = await rights();
  await apply([component]);
  await rightsKnown(controlPlane.admin);
  return { before, after: await rights() };
}

/** `yes` or `no`. */
async function answerTo(question: string): Promise<string> {
  const { stdout } = await kubectl(kubeconfig, ['auth', 'can-i', ...question.split(' '), AS]);
  return stdout.trim();
}

function environmentIn(built: Built): Container['env'] {
  const { spec } = built['Deployment/ecr-operator'] as Deployment;
  return spec.template.spec.containers.flatMap(({ env }) => env);
}

function rulesIn(built: Built, about: (resource: string) => boolean): ClusterRole['rules'] {
  const { rules } = built['ClusterRole/ecr-operator'] as ClusterRole;
  return rules.filter(({ resources }) => resources.some(about));
}

/** The objects that stand in one and not, or not so, in the other. */
function differing(before: Built, after: Built): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).sort();
}

describe('the components', () => {
  test('are those in the folder', async () => {
    expect((await readdir(join(KUSTOMIZE, 'components'))).sort()).toEqual(COMPONENTS);
  });

  test('can be applied all together, and a second time without any change', async () => {
    await apply(COMPONENTS);
    expect(await apply(COMPONENTS)).toEqual([]);
  });

  test('set only what the operator knows, and rightly', async () => {
    const environment = environmentIn(await build(COMPONENTS));
    const known: readonly string[] = Object.values(SETTINGS).map(({ env }) => env);
    expect(environment.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
    readConfig([], Object.fromEntries(environment.map(({ name, value }) => [name, value])));
  });
});

describe('admission', () => {
  test('adds the policy and its binding, and changes nothing', async () => {
    expect(differing(await build(), await build(['admission']))).toEqual([
      'MutatingAdmissionPolicy/ecr-operator-pull-secret',
      'MutatingAdmissionPolicyBinding/ecr-operator-pull-secret',
    ]);
  });

  test('gives the operator no right', async () => {
    const { before, after } = await rightsAround('admission');
    expect(after).toEqual(before);
  });
});

describe('repair-pods', () => {
  let operator: Awaited<ReturnType<typeof rightsAround>>;

  beforeAll(async () => {
    operator = await rightsAround('repair-pods');
  }, 120_000);

  test('adds a role and its binding, and changes only the environment', async () => {
    const [before, after] = [await build(), await build(['repair-pods'])];
    expect(differing(before, after)).toEqual([
      'ClusterRole/ecr-operator-repair-pods',
      'ClusterRoleBinding/ecr-operator-repair-pods',
      'Deployment/ecr-operator',
    ]);
    const added = { name: 'ECR_OPERATOR_REPAIR_PODS', value: 'true' };
    expect(environmentIn(after)).toEqual([added, ...environmentIn(before)]);
  });

  test('gives the operator the right to list, watch and delete Pods, and no other', () => {
    expect(operator.after).toEqual([...operator.before, 'pods [] [] [list watch delete]'].sort());
  });

  test.each([
    ['yes', ['list pods -A', 'delete pods/web -n kube-system']],
    ['no', ['get pods', 'create pods', 'patch pods', 'deletecollection pods', 'get pods --subresource=log']],
  ])('kubectl auth can-i says %s: %j', async (answer, questions) => {
    expect(await Promise.all(questions.map(answerTo))).toEqual(questions.map(() => answer));
  });
});

describe('lifecycle-block', () => {
  let operator: Awaited<ReturnType<typeof rightsAround>>;

  beforeAll(async () => {
    operator = await rightsAround('lifecycle-block');
  }, 120_000);

  test('adds a role and its binding, and changes only the environment', async () => {
    const [before, after] = [await build(), await build(['lifecycle-block'])];
    expect(differing(before, after)).toEqual([
      'ClusterRole/ecr-operator-lifecycle-block',
      'ClusterRoleBinding/ecr-operator-lifecycle-block',
      'Deployment/ecr-operator',
    ]);
    const added = { name: 'ECR_OPERATOR_IMAGE_USAGE', value: 'true' };
    expect(environmentIn(after)).toEqual([added, ...environmentIn(before)]);
  });

  test('gives the operator the right to list what has Pods or makes them, and no other', () => {
    const listed = [
      'pods',
      'replicationcontrollers',
      ...['deployments', 'statefulsets', 'daemonsets', 'replicasets'].map((kind) => `${kind}.apps`),
      ...['jobs', 'cronjobs'].map((kind) => `${kind}.batch`),
    ].map((resource) => `${resource} [] [] [list]`);
    expect(operator.after).toEqual([...operator.before, ...listed].sort());
  });

  test.each([
    ['yes', ['list pods -A', 'list cronjobs.batch -n kube-system']],
    ['no', ['get pods', 'watch pods', 'delete pods', 'get deployments.apps', 'patch deployments.apps']],
  ])('kubectl auth can-i says %s: %j', async (answer, questions) => {
    expect(await Promise.all(questions.map(answerTo))).toEqual(questions.map(() => answer));
  });
});

describe('default-service-account-only', () => {
  const isAccounts = (resource: string) => resource === 'serviceaccounts';
  let operator: Awaited<ReturnType<typeof rightsAround>>;

  beforeAll(async () => {
    operator = await rightsAround('default-service-account-only');
  }, 120_000);

  test('narrows one rule, and changes beside it only the environment', async () => {
    const [before, after] = [await build(), await build(['default-service-account-only'])];
    const changed = differing(before, after);
    expect(['ClusterRole/ecr-operator', 'Deployment/ecr-operator']).toEqual(expect.arrayContaining(changed));
    const added = { name: 'ECR_OPERATOR_SERVICE_ACCOUNT_NAMES', value: 'default' };
    expect(environmentIn(after)).toEqual([added, ...environmentIn(before)]);
    const isOther = (resource: string) => !isAccounts(resource);
    expect(rulesIn(after, isOther)).toEqual(rulesIn(before, isOther));
    expect(rulesIn(after, isAccounts)).toEqual(
      rulesIn(before, isAccounts).map((rule) => ({ ...rule, resourceNames: ['default'] })),
    );
  });

  test('leaves the operator the right to list, watch and patch those called default, and all else', () => {
    const others = operator.before.filter((right) => !right.startsWith('serviceaccounts '));
    const narrowed = 'serviceaccounts [] [default] [list watch patch]';
    expect(operator.after).toEqual([...others, narrowed].sort());
  });

  test.each([
    ['yes', ['list', 'watch', 'patch'].map((verb) => `${verb} serviceaccounts/default -n kube-system`)],
    ['no', ['list', 'patch'].map((verb) => `${verb} serviceaccounts/builder -n default`)],
    ['no', ['list serviceaccounts -A', 'create serviceaccounts/default --subresource=token']],
  ])('kubectl auth can-i says %s: %j', async (answer, questions) => {
    expect(await Promise.all(questions.map(answerTo))).toEqual(questions.map(() => answer));
  });

  test('does not build on a base whose rules stand in another order', async () => {
    const rules = [
      { op: 'add', path: '/rules/0', value: { apiGroups: [''], resources: ['pods'], verbs: ['list'] } },
    ];
    const moved = await writeOverlay(join(controlPlane.folder, 'moved'), {
      components: [],
      patches: [{ kind: 'ClusterRole', operations: rules }],
    });
    const on = await writeOverlay(join(controlPlane.folder, 'on-moved'), {
      base: moved,
      components: ['default-service-account-only'],
    });
    const { code, stderr } = await kubectl(kubeconfig, ['kustomize', on]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/testing value \/rules\/4\/resources failed/i);
  });
});
