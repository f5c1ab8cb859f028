import { access } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ControlPlane } from '../../lab/control-plane.ts';
import { createLabKubeClient } from '../../lab/kube-client.ts';
import { controlPlanePool } from '../../lab/pool/control-plane-pool.ts';
import { onMessage, type PoolAnswer, say, type TakenControlPlane } from '../../lab/pool/pool-messages.ts';
import { type PoolServer, servePool } from '../../lab/pool/pool-server.ts';
import { takeControlPlane } from '../../lab/pool/pooled-control-plane.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { waitFor } from '../../lab/wait-for.ts';

jest.setTimeout(180_000);

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } };
const DEFAULT = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace: 'mine' },
};
const OPERATOR = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'ecr-operator', namespace: 'ecr-operator' },
};

const problems: string[] = [];
let folder: TemporaryFolder;
let socket: string;
let server: PoolServer;

beforeAll(async () => {
  folder = await temporaryFolder('pool');
  socket = join(folder.path, 'socket');
  const onError = (error: unknown) => problems.push(String(error));
  server = await servePool(controlPlanePool({ ahead: 1, worthFrom: 2, onError }), socket, onError);
}, 600_000);

afterAll(async () => {
  await server?.close();
  await folder?.remove();
});

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const take = () =>
  waitFor(() => takeControlPlane(socket), {
    what: 'the pool to give one',
    timeoutMs: 50_000,
    intervalMs: 200,
  });

/** As a worker that is killed later; it takes on the connection and never says stop. */
async function takeAndDie(use: (taken: TakenControlPlane) => Promise<void>): Promise<void> {
  const connection = createConnection(socket);
  const { promise, resolve } = Promise.withResolvers<PoolAnswer>();
  onMessage<PoolAnswer>(connection, resolve);
  say(connection, { ask: 'take' });
  const { taken } = await promise;
  try {
    if (!taken) throw new Error('the pool gave none');
    await use(taken);
  } finally {
    connection.destroy();
  }
}

/** Everything works that is told of one that was started for a lab alone. */
async function works(controlPlane: ControlPlane): Promise<void> {
  const { admin } = controlPlane;
  expect(await admin.get(OPERATOR)).toBeDefined();
  await admin.create(NAMESPACE);
  await waitFor(() => admin.get(DEFAULT), { what: 'the ServiceAccount that the controllers make' });
  const token = await controlPlane.serviceAccountToken('ecr-operator', 'ecr-operator');
  const operator = createLabKubeClient({ server: controlPlane.url, ca: controlPlane.ca, token });
  const { status } = await operator.raw({ path: '/apis/ecr-operator.io/v1alpha1/pullsecrets' });
  await operator.close();
  expect(status).toBe(200);
}

test('the pool has none for the first ones who ask', async () => {
  expect(await takeControlPlane(socket)).toBeUndefined();
  expect(await takeControlPlane(socket)).toBeUndefined();
});

test('each has the operator installed, and nothing of any other; it can be stopped and started', async () => {
  const first = await take();
  await works(first);
  const second = await take();
  expect(await second.admin.get(NAMESPACE)).toBeUndefined();
  await works(second);

  const asFirst = createLabKubeClient({ server: second.url, ca: second.ca, token: first.token('admin') });
  const { status } = await asFirst.raw({ path: '/api/v1/namespaces' });
  await asFirst.close();
  expect(status).toBe(401);

  await first.stop();
  expect(await isThere(first.folder)).toBe(false);
  await second.stopApiServer({ signal: 'SIGKILL' });
  await expect(second.admin.get(NAMESPACE)).rejects.toThrow();
  await second.startApiServer();
  expect(await second.admin.get(NAMESPACE)).toBeDefined();
  await second.stop();
  await second.stop();
});

test('one is gone when its taker is, and all are when the pool is', async () => {
  let folderOfDead = '';
  await takeAndDie(async (taken) => {
    folderOfDead = taken.folder;
    expect(await isThere(folderOfDead)).toBe(true);
  });
  await waitFor(async () => !(await isThere(folderOfDead)), { what: 'the folder of what was taken to go' });
  const last = await take();
  await server.close();
  expect(await isThere(last.folder)).toBe(false);
  await expect(last.restartApiServer()).rejects.toThrow(/the pool of control planes has ended/);
  expect(problems).toEqual([]);
});
