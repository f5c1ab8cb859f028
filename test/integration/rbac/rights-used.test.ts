import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { ACCOUNT, type Lab, OPERATOR_NAMESPACE, REGION, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, gone, HOUR, secretIn, servedIn, settledAs, skip } from '../pull-secret/pull-lab.ts';
import {
  API_VERSION,
  bytesOf,
  clusterPullSecret,
  core,
  type PullObject,
  pullSecret,
  registry,
} from '../pull-secret/pull-objects.ts';

jest.setTimeout(60_000);

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface AuditEvent {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly name?: string;
  };
}

const USER = `system:serviceaccount:${OPERATOR_NAMESPACE}:ecr-operator`;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ audit: true });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** Every right of the shipped roles, as `verb group/resource name`. */
async function shippedRights(): Promise<readonly string[]> {
  const rights: string[] = [];
  for (const file of ['cluster-role.yaml', 'role.yaml']) {
    const text = await readFile(join(import.meta.dirname, '../../../deploy/kustomize/base', file), 'utf8');
    for (const document of parseAllDocuments(text)) {
      const { rules = [] } = document.toJS() as { readonly rules?: readonly Rule[] };
      rights.push(...rules.flatMap(rightsOf));
    }
  }
  return rights;
}

function rightsOf({ apiGroups, resources, resourceNames = ['*'], verbs }: Rule): string[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${resource} ${name}`)),
    ),
  );
}

/** What the operator did, as `verb group/resource name`; what was refused too. */
async function usedRights(shipped: readonly string[]): Promise<Set<string>> {
  const text = await readFile(lab.controlPlane.files.auditLog, 'utf8');
  const used = new Set<string>();
  for (const line of text.split('\n').filter(Boolean)) {
    const event = JSON.parse(line) as AuditEvent;
    if (event.user.username !== USER || !event.objectRef) continue;
    for (const right of rightsUsedBy(event)) {
      const anyName = right.replace(/ [^ ]*$/, ' *');
      used.add(shipped.includes(anyName) ? anyName : right);
    }
  }
  return used;
}

function rightsUsedBy({ verb, objectRef, responseStatus }: AuditEvent): string[] {
  const { apiGroup = '', resource = '', subresource, name = '' } = objectRef ?? {};
  const what = `${apiGroup}/${resource}${subresource ? `/${subresource}` : ''} ${name}`;
  // An apply of what is not there yet needs `create` besides; the log has no line for it.
  return verb === 'patch' && responseStatus?.code === 201
    ? [`patch ${what}`, `create ${what}`]
    : [`${verb} ${what}`];
}

/** Everything that the operator does to a cluster. */
async function touchEverything(): Promise<void> {
  const { admin } = lab;
  const name = 'all';
  const { accessKeyId, secretAccessKey } = lab.aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/keys` });
  const stringData = { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey };
  await admin.create({ ...core('Secret', 'aws-credentials', OPERATOR_NAMESPACE), stringData } as never);
  await admin.create(core('Namespace', name));
  const credentials = { secretRef: { name: 'aws-credentials' } };
  const aws = await admin.apply<PullObject>(
    registry(name, {
      accountId: ACCOUNT,
      region: REGION,
      credentials,
      tenancy: { rules: [{ allow: ['Pull', 'Create', 'Public'] }] },
    }),
  );
  const metadata = { name, namespace: name };
  const repository = await admin.apply<PullObject>({
    apiVersion: API_VERSION,
    kind: 'Repository',
    metadata,
    spec: { registryRef: { name } },
  } as never);
  const publicRepository = await admin.apply<PullObject>({
    apiVersion: API_VERSION,
    kind: 'PublicRepository',
    metadata,
    spec: { registryRef: { name }, catalogData: { logoImage: 'bG9nbw==' } },
  } as never);
  const ofRegistry = await Promise.all(
    (
      [
        ['PullThroughCacheRule', { upstreamRegistry: 'quay' }],
        ['RepositoryCreationTemplate', { appliedFor: ['REPLICATION'] }],
      ] as const
    ).map(([kind, spec]) =>
      admin.apply<PullObject>({
        apiVersion: API_VERSION,
        kind,
        metadata: { name },
        spec: { registryRef: { name }, ...spec },
      } as never),
    ),
  );
  const filling = await admin.apply<PullObject>({
    apiVersion: API_VERSION,
    kind: 'RepositoryClass',
    metadata: { name },
    spec: { scanOnPush: true },
  } as never);
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': name } };
  const registries = [{ name }];
  const shared = { registries, namespaceSelector, foreignEntries: 'Keep' } as const;
  const cluster = await admin.apply<PullObject>(clusterPullSecret(name, shared));
  await settledAs(lab, repository, 'Ready');
  await settledAs(lab, publicRepository, 'Ready');
  await settledAs(lab, filling, 'Ready');
  for (const object of ofRegistry) await settledAs(lab, object, 'Ready');
  await servedIn(lab, cluster, 1);
  const own = await servedIn(lab, await admin.apply<PullObject>(pullSecret(name, name, { registries })), 1);

  await admin.delete(await arrivedIn(lab, name));
  const before = bytesOf(await arrivedIn(lab, name));
  await skip(lab, 6 * HOUR);
  await waitFor(async () => bytesOf(await secretIn(lab, name)) !== before, { what: 'the rotation' });
  lab.aws.as(ACCOUNT, REGION).removeRepository(name);
  for (const object of [own, cluster, repository, publicRepository, ...ofRegistry, filling, aws]) {
    await admin.delete(object);
    await gone(lab, object);
  }
}

test('the shipped roles hold every right that is used, and no other', async () => {
  const operator = await lab.startOperator({ env: { ECR_OPERATOR_LEADER_ELECT: 'true' } });
  await touchEverything();
  expect(await operator.stop()).toBe(true);
  const shipped = await shippedRights();
  const used = await usedRights(shipped);
  expect({
    missing: [...used].filter((right) => !shipped.includes(right)),
    unused: shipped.filter((right) => !used.has(right)),
  }).toEqual({ missing: [], unused: [] });
});
