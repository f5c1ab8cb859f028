import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  createLabKubeClient,
  type KubeRef,
  type LabKubeClient,
  type RawRequest,
} from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { ROOT } from '../../unit/docs/markdown.ts';

jest.setTimeout(60_000);

const GROUP = 'ecr-operator.io';
const TEAM = 'team';
const READING = ['get', 'list', 'watch'];
const WRITING = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const PEOPLE = ['view', 'edit', 'admin'] as const;

interface Kind {
  readonly plural: string;
  readonly isNamespaced: boolean;
}

let lab: Lab;
let kinds: readonly Kind[];
/** Bound to the role of the same name in {@link TEAM}; or, with `-everywhere` in theirs, in the whole cluster. */
const clients = new Map<string, LabKubeClient>();

beforeAll(async () => {
  lab = await startLab();
  kinds = await shippedKinds();
  for (const namespace of [TEAM, 'other']) await lab.kubectl('create', 'namespace', namespace);
  for (const role of PEOPLE) {
    const account = await accountOf(role);
    await lab.kubectl('-n', TEAM, 'create', 'rolebinding', role, `--clusterrole=${role}`, account);
  }
  for (const role of PEOPLE) {
    const name = `${role}-everywhere`;
    const account = await accountOf(name);
    await lab.kubectl('create', 'clusterrolebinding', name, `--clusterrole=${role}`, account);
  }
  // Kubernetes adds them to its own in the background.
  const isAdded = async () => {
    const awaited = [...clients.keys()].map(async (who) => {
      const rights = await rightsTo(who, 'pullsecrets', TEAM);
      return rights.includes('get') && (who.startsWith('view') || rights.includes('create'));
    });
    return !(await Promise.all(awaited)).includes(false);
  };
  await waitFor(isAdded, { what: 'view, edit and admin to have our kinds', timeoutMs: 30_000 });
}, 600_000);

afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.close()));
  await lab?.stop();
});

async function shippedKinds(): Promise<readonly Kind[]> {
  const folder = join(ROOT, 'crds');
  const files = (await readdir(folder)).filter((file) => file !== 'kustomization.yaml');
  const crds = await Promise.all(
    files.map(async (file) => parse(await readFile(join(folder, file), 'utf8'))),
  );
  return crds.map(({ spec }) => ({ plural: spec.names.plural, isNamespaced: spec.scope === 'Namespaced' }));
}

/** Makes a ServiceAccount with a client of its own; as kubectl binds roles to it. */
async function accountOf(name: string): Promise<string> {
  await lab.kubectl('-n', TEAM, 'create', 'serviceaccount', name);
  const { url, ca } = lab.controlPlane;
  const token = await lab.controlPlane.serviceAccountToken(TEAM, name);
  clients.set(name, createLabKubeClient({ server: url, ca, token }));
  return `--serviceaccount=${TEAM}:${name}`;
}

async function ask(who: string, request: RawRequest): Promise<number> {
  const client = clients.get(who);
  if (!client) throw new Error(`there is no ${who}`);
  return (await client.raw(request)).status;
}

function pathOf(plural: string, namespace: string | undefined, name = ''): string {
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `/apis/${GROUP}/v1alpha1${place}/${plural}${name && `/${name}`}`;
}

/** The verbs that are not forbidden: each is tried, on an object that is not there or without being carried out. */
async function rightsTo(who: string, plural: string, namespace?: string): Promise<string[]> {
  const all = pathOf(plural, namespace);
  const one = pathOf(plural, namespace, 'absent');
  const query = { dryRun: 'All' };
  const contentType = 'application/merge-patch+json';
  const requests: Readonly<Record<string, RawRequest>> = {
    get: { path: one },
    list: { path: all },
    watch: { path: all, query: { watch: 'true', timeoutSeconds: '1' } },
    create: { method: 'POST', path: all, query, body: {} },
    update: { method: 'PUT', path: one, query, body: {} },
    patch: { method: 'PATCH', path: one, query, contentType, body: {} },
    delete: { method: 'DELETE', path: one, query },
    deletecollection: { method: 'DELETE', path: all, query },
  };
  const statuses = await Promise.all(
    Object.entries(requests).map(async ([verb, request]) => ({ verb, status: await ask(who, request) })),
  );
  return statuses.filter(({ status }) => status !== 403).map(({ verb }) => verb);
}

const namespaced = () => kinds.filter(({ isNamespaced }) => isNamespaced).map(({ plural }) => plural);
const ofCluster = () => kinds.filter(({ isNamespaced }) => !isNamespaced).map(({ plural }) => plural);

async function tableOf(who: string, plurals: readonly string[], namespace?: string): Promise<object> {
  const rows = plurals.map(async (plural) => [plural, await rightsTo(who, plural, namespace)]);
  return Object.fromEntries(await Promise.all(rows));
}

function each(plurals: readonly string[], verbs: readonly string[]): object {
  return Object.fromEntries(plurals.map((plural) => [plural, verbs]));
}

describe('whoever has in one namespace the role', () => {
  test.each([
    ['view', READING],
    ['edit', [...READING, ...WRITING]],
    ['admin', [...READING, ...WRITING]],
  ])('%s may %j our objects there', async (who, verbs) => {
    expect(await tableOf(who, namespaced(), TEAM)).toEqual(each(namespaced(), verbs));
  });

  test.each(PEOPLE)(
    '%s may do nothing with them elsewhere, and nothing with kinds of the cluster',
    async (who) => {
      expect(await tableOf(who, namespaced(), 'other')).toEqual(each(namespaced(), []));
      expect(await tableOf(who, ofCluster())).toEqual(each(ofCluster(), []));
    },
  );

  test('edit makes a Repository there, writes no status, and makes no Registry', async () => {
    const object = (kind: string, metadata: object, spec: object): object => ({
      apiVersion: `${GROUP}/v1alpha1`,
      kind,
      metadata,
      spec,
    });
    const create = (plural: string, namespace: string | undefined, body: object) =>
      ask('edit', { method: 'POST', path: pathOf(plural, namespace), body });
    const metadata = { name: 'web', namespace: TEAM };
    expect(await create('repositories', TEAM, object('Repository', metadata, {}))).toBe(201);
    const elsewhere = { name: 'web', namespace: 'other' };
    expect(await create('repositories', 'other', object('Repository', elsewhere, {}))).toBe(403);
    const spec = { accountId: '123456789012', region: 'us-east-1' };
    expect(await create('registries', undefined, object('Registry', { name: 'mine' }, spec))).toBe(403);
    const path = `${pathOf('repositories', TEAM, 'web')}/status`;
    const contentType = 'application/merge-patch+json';
    expect(await ask('edit', { method: 'PATCH', path, contentType, body: { status: {} } })).toBe(403);
    const found = await lab.admin.get({
      apiVersion: `${GROUP}/v1alpha1`,
      kind: 'Repository',
      metadata,
    } as KubeRef);
    expect(found).toBeDefined();
  });
});

test.each([
  ['view', READING],
  ['edit', [...READING, ...WRITING]],
  ['admin', [...READING, ...WRITING]],
])(
  'whoever has %s in the whole cluster may %j our objects of namespaces, and only read the others',
  async (role, verbs) => {
    const who = `${role}-everywhere`;
    expect(await tableOf(who, namespaced(), 'other')).toEqual(each(namespaced(), verbs));
    expect(await tableOf(who, ofCluster())).toEqual(each(ofCluster(), READING));
  },
);
