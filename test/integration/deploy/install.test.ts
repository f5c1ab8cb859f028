import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config.ts';
import { SETTINGS } from '../../../src/settings.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, OPERATOR_NAMESPACE, startLab } from '../../lab/lab.ts';
import { changedIn } from './overlay.ts';

interface Deployment extends KubeObject {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: PodSpec } };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly { readonly env: readonly { readonly name: string }[] }[];
}

interface Role extends KubeObject {
  readonly rules: readonly {
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
}

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 600_000);

afterAll(async () => {
  await lab.stop();
});

async function deployment(): Promise<Deployment> {
  const metadata = { namespace: OPERATOR_NAMESPACE, name: 'ecr-operator' };
  const found = await lab.admin.get<Deployment>({ apiVersion: 'apps/v1', kind: 'Deployment', metadata });
  if (!found) throw new Error('there is no Deployment');
  return found;
}

describe('kubectl apply -k deploy/kustomize', () => {
  test('a second time changes nothing', async () => {
    const output = await lab.kubectl('apply', '-k', 'deploy/kustomize');
    expect(changedIn(output)).toEqual([]);
  });

  test('its Pod passes the restricted Pod security standard that its namespace enforces', async () => {
    const { template } = (await deployment()).spec;
    const path = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`;
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'as-deployed' }, spec: template.spec };
    const created = await lab.admin.raw({ method: 'POST', path, query: { dryRun: 'All' }, body });
    expect(created.status).toBe(201);
    const onHost = { ...body, spec: { ...template.spec, hostNetwork: true } };
    const refused = await lab.admin.raw({ method: 'POST', path, query: { dryRun: 'All' }, body: onHost });
    expect(refused.status).toBe(403);
  });

  test('its Pod runs as the account that the roles are bound to, and sets only what the operator knows', async () => {
    const { template } = (await deployment()).spec;
    expect(template.spec.serviceAccountName).toBe('ecr-operator');
    const known = Object.values(SETTINGS).map(({ env }) => env);
    const set = template.spec.containers.flatMap(({ env }) => env.map(({ name }) => name));
    expect(set.filter((name) => !known.includes(name as never))).toEqual([]);
  });

  test('its ClusterRole names the pull Secrets that the operator uses unless told', async () => {
    const role = await lab.admin.get<Role>({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'ecr-operator' },
    });
    const names = role?.rules.find(({ resources }) => resources.includes('secrets'))?.resourceNames;
    expect(names).toEqual(readConfig([], {}).pullSecretNames);
  });
});
