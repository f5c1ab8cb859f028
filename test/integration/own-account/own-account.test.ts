import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, RawRequest } from '../../lab/kube-client.ts';
import { kubectlOk } from '../../lab/kubectl.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { readPage, sectionsOf } from '../../unit/docs/markdown.ts';
import { KUSTOMIZE } from '../deploy/overlay.ts';
import {
  type AccountLab,
  EMPTY,
  encoded,
  FOREIGN,
  OURS,
  pullSecretBody,
  startAccountLab,
} from './account-lab.ts';
import { applied, merged, patched } from './attempts/attempt.ts';
import { OTHERS } from './attempts/others.ts';
import { SECRETS } from './attempts/secrets.ts';
import { SERVICE_ACCOUNTS } from './attempts/service-accounts.ts';

jest.setTimeout(60_000);

let lab: AccountLab;

beforeAll(async () => {
  lab = await startAccountLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const POLICY = 'ecr-operator-own-account';

async function answerTo(request: RawRequest): Promise<{ readonly status: number; readonly message: string }> {
  const { status, body } = await lab.attempt(request);
  return { status, message: (body as { readonly message?: string }).message ?? '' };
}

describe('whoever has the operator’s token, and the rights of cluster-admin, is refused', () => {
  test.each([...SECRETS, ...SERVICE_ACCOUNTS, ...OTHERS])('%s', async (_, request, refusal) => {
    const { status, message } = await answerTo(request);
    expect({ status, message }).toEqual({ status: 403, message: expect.stringContaining(refusal) });
    expect(message).toContain(`'${POLICY}'`);
  });
});

const SECRET = `/api/v1/namespaces/${OURS}/secrets/ecr-pull`;
const ACCOUNT = `/api/v1/namespaces/${OURS}/serviceaccounts/builder`;
const REGISTRY = '/apis/ecr-operator.io/v1alpha1/registries/default';
const marks = ['holder', 'foreign-entries', 'tokens'].map((word) => `ecr-operator.io/${word}`);
const released = {
  labels: { 'app.kubernetes.io/managed-by': null },
  annotations: Object.fromEntries(marks.map((mark) => [mark, null])),
};
const large = {
  '.dockerconfigjson': encoded({ auths: { 'registry.example': { auth: 'x'.repeat(1_000_000) } } }),
};
const data = { '.dockerconfigjson': encoded({ auths: { 'registry.example': {} } }) };

describe('what the operator does is let through', () => {
  test.each<[string, RawRequest, number?]>([
    [
      'a new pull Secret',
      applied(`/api/v1/namespaces/${EMPTY}/secrets/ecr-pull`, pullSecretBody(EMPTY)),
      201,
    ],
    ['a new token beside a megabyte of logins', applied(SECRET, { ...pullSecretBody(OURS), data: large })],
    ['a new token', applied(SECRET, { ...pullSecretBody(OURS), data })],
    [
      'giving back what others share',
      merged(SECRET, {
        metadata: {
          ...released,
          annotations: { ...released.annotations, 'ecr-operator.io/hand-over': 'true' },
        },
        data: pullSecretBody(OURS).data,
      }),
    ],
    ['having that back', applied(SECRET, pullSecretBody(OURS))],
    ['giving a Secret back', merged(SECRET, { metadata: released })],
    [
      'taking its entry out, and forgetting it',
      patched(
        ACCOUNT,
        { op: 'remove', path: '/imagePullSecrets/1' },
        { op: 'remove', path: '/metadata/annotations/ecr-operator.io~1pull-secrets' },
      ),
    ],
    [
      'putting its entry in, and remembering it',
      patched(
        ACCOUNT,
        { op: 'add', path: '/imagePullSecrets/-', value: { name: 'ecr-pull' } },
        { op: 'add', path: '/metadata/annotations/ecr-operator.io~1pull-secrets', value: 'ecr-pull' },
      ),
    ],
    [
      'an entry beside five thousand others',
      patched(ACCOUNT.replace('builder', 'crowded'), {
        op: 'add',
        path: '/imagePullSecrets/-',
        value: { name: 'ecr-pull' },
      }),
    ],
    [
      'its finalizer',
      applied(REGISTRY, {
        apiVersion: 'ecr-operator.io/v1alpha1',
        kind: 'Registry',
        metadata: { name: 'default', finalizers: ['ecr-operator.io/finalizer'] },
      }),
    ],
    ['taking that out', patched(REGISTRY, { op: 'remove', path: '/metadata/finalizers/0' })],
    ['a status', merged(`${REGISTRY}/status`, { status: { observedGeneration: 1 } })],
    ['deleting a Pod that cannot pull', { method: 'DELETE', path: `/api/v1/namespaces/${OURS}/pods/stuck` }],
    [
      'its Lease',
      {
        method: 'POST',
        path: `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR_NAMESPACE}/leases`,
        body: { metadata: { name: 'ecr-operator' }, spec: { holderIdentity: 'a' } },
      },
      201,
    ],
    ['deleting its Secret', { method: 'DELETE', path: `/api/v1/namespaces/${EMPTY}/secrets/ecr-pull` }],
  ])('%s', async (_, request, wanted = 200) => {
    expect(await answerTo(request)).toMatchObject({ status: wanted });
  });

  test('a Secret that its owner handed over', async () => {
    const path = `/api/v1/namespaces/${FOREIGN}/secrets/ecr-pull`;
    const annotations = {
      ...Object.fromEntries(marks.map((mark) => [mark, null])),
      'ecr-operator.io/hand-over': 'true',
    };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ecr-pull', namespace: FOREIGN } };
    await lab.admin.patch(secret, { metadata: { labels: null, annotations } });
    expect(await answerTo(applied(path, pullSecretBody(FOREIGN)))).toMatchObject({ status: 200 });
  });

  test('everybody else is not held to it', async () => {
    const made = await lab.admin.create<KubeObject>({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'made', namespace: OURS },
    });
    expect(await lab.admin.delete(made)).toBe(true);
  });
});

test('a label that other admission adds is let through where the policy names it', async () => {
  const labelled = (key: string) => merged(ACCOUNT, { metadata: { labels: { [key]: 'added' } } });
  expect(await answerTo(labelled('centre'))).toMatchObject({ status: 403 });
  const kind = 'ValidatingAdmissionPolicy';
  const policy = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: POLICY } };
  const path = '/spec/variables/2';
  await lab.admin.patch(policy, [
    { op: 'test', path: `${path}/name`, value: 'addedByOthers' },
    { op: 'replace', path: `${path}/expression`, value: "['centre']" },
  ]);
  await waitFor(() => answerTo(labelled('centre')), {
    what: 'the label to be let through',
    until: ({ status }) => status === 200,
  });
  expect(await answerTo(labelled('another'))).toMatchObject({ status: 403 });
});

test('the API server finds no mistake in the expressions', async () => {
  const metadata = { name: POLICY };
  const policy = await lab.admin.get<KubeObject & { readonly status?: object }>({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata,
  });
  expect(JSON.stringify(policy?.status ?? {})).not.toContain('expressionWarnings');
});

test('the patch of the documentation names another account and more pull Secrets', async () => {
  const page = await readPage('docs/spec/operator.md');
  const blocks = sectionsOf(page).get("The operator's own account");
  const patch = blocks?.find(({ text }) => text.includes('is-the-operator'))?.text;
  const folder = join(lab.controlPlane.folder, 'adapted');
  const policies = relative(folder, join(KUSTOMIZE, 'own-account'));
  await mkdir(folder);
  await writeFile(join(folder, 'kustomization.yaml'), `resources: [${policies}]\n${patch}`);
  const built = await kubectlOk(await lab.controlPlane.kubeconfig(), ['kustomize', folder]);
  const [policy] = parseAllDocuments(built).map((document) => document.toJS());
  expect(policy.spec).toMatchObject({
    matchConditions: [
      { expression: "request.userInfo.username == 'system:serviceaccount:elsewhere:ecr-operator'" },
    ],
    variables: expect.arrayContaining([{ name: 'pullSecretNames', expression: "['ecr-pull', 'team-pull']" }]),
  });
});
