import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  gone,
  HOUR,
  isValid,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
} from '../pull-secret/pull-lab.ts';
import {
  bytesOf,
  type PullObject,
  type SecretObject,
  tokenTimes,
  versionsOf,
} from '../pull-secret/pull-objects.ts';

jest.setTimeout(180_000);

let lab: Lab;
let proxy: ApiProxy;
let operator: OperatorProcess;
let sceneOf: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  proxy = await startApiProxy(lab.controlPlane);
  sceneOf = scenes(lab);
  operator = await startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

/** One delivery at a time, so that the nth write is the nth step. */
const startOperator = () =>
  lab.startOperator({ server: proxy.url, env: { ECR_OPERATOR_DELIVERY_WORKERS: '1' } });

interface Crash {
  /** The operator ended the act before its nth write. */
  readonly survived: boolean;
  /** The Secrets when it died. */
  readonly secrets: readonly SecretObject[];
  /** How often a token had been asked for when it died. */
  readonly calls: number;
}

/** Runs an act, kills the operator when its nth write is carried out and not yet answered, and starts it again. */
async function crashAt(
  write: number,
  scene: Scene,
  namespaces: readonly string[],
  act: () => Promise<unknown>,
  isDone: () => Promise<boolean>,
): Promise<Crash> {
  let writes = 0;
  let dead = false;
  const removeHook = proxy.onResponse(async ({ method }) => {
    if (method === 'GET' || method === 'POST') return;
    writes += 1;
    if (writes !== write) return;
    dead = true;
    await operator.kill();
  });
  await act();
  await waitFor(async () => dead || (await isDone()), {
    what: `write ${write}, or the end`,
    timeoutMs: 30_000,
  });
  removeHook();
  if (!dead) return { survived: true, secrets: [], calls: scene.calls() };
  await operator.exited;
  const found = await Promise.all(namespaces.map((namespace) => secretIn(lab, namespace)));
  const calls = scene.calls();
  operator = await startOperator();
  return { survived: false, secrets: found.filter((secret) => secret !== undefined), calls };
}

/**
 * One token for the act, which has come when Secrets were `written`, unless the operator `kept` one, and one for an
 * operator that had to be started again. Returns when both are counted, with how many that makes in all.
 */
async function expectCalls(
  scene: Scene,
  before: number,
  { survived, calls }: Crash,
  written: readonly SecretObject[],
  kept = false,
): Promise<number> {
  const most = kept ? 0 : 1;
  if (survived || written.length > 0) expect(calls - before).toBe(most);
  else expect(calls - before).toBeLessThanOrEqual(most);
  const wanted = survived ? calls : calls + 1;
  await waitFor(() => scene.calls() >= wanted, { what: 'the token that the new operator asks for' });
  return wanted;
}

/** Repeats it for each write in turn; returns how many there were. */
async function forEachWrite(crash: (write: number) => Promise<boolean>): Promise<number> {
  for (let write = 1; ; write += 1) {
    if (await crash(write)) return write - 1;
  }
}

async function expectServed(scene: Scene, namespaces: readonly string[], object: PullObject): Promise<void> {
  await waitFor(
    async () => (await secretsOf(lab, namespaces)).every((secret) => isValid(lab, secret) && isFresh(secret)),
    { what: 'a fresh Secret in every namespace' },
  );
  await servedIn(lab, object, namespaces.length);
  for (const namespace of namespaces) {
    const { imagePullSecrets, metadata } = await accountIn(lab, namespace);
    expect(imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);
    expect(metadata.annotations).toEqual({ 'ecr-operator.io/pull-secrets': 'ecr-pull' });
  }
  expect(await namespacesWithSecret(scene)).toEqual([...namespaces].sort());
}

/** Not due for a rotation. */
function isFresh(secret: SecretObject): boolean {
  return Date.parse(tokenTimes(secret).rotateAt) > lab.aws.clock.now().getTime();
}

async function namespacesWithSecret(scene: Scene): Promise<string[]> {
  const all = await lab.admin.list<KubeObject>({
    apiVersion: 'v1',
    kind: 'Secret',
    fieldSelector: 'metadata.name=ecr-pull',
  });
  return all
    .map(({ metadata }) => metadata.namespace ?? '')
    .filter((namespace) => namespace.startsWith(`${scene.name}-`))
    .sort();
}

async function expectClean(scene: Scene, namespaces: readonly string[]): Promise<void> {
  expect(await namespacesWithSecret(scene)).toEqual([]);
  for (const namespace of namespaces) {
    const { imagePullSecrets = [], metadata } = await accountIn(lab, namespace);
    expect(imagePullSecrets).toEqual([]);
    expect(metadata.annotations ?? {}).toEqual({});
  }
  const everything = await lab.admin.list<KubeObject>({ apiVersion: 'v1', kind: 'Namespace' });
  expect(everything.filter(({ metadata }) => metadata.finalizers)).toEqual([]);
}

/** What was right when the operator died is as it was then. */
async function expectUntouched(secrets: readonly SecretObject[]): Promise<void> {
  const now = await secretsOf(
    lab,
    secrets.map(({ metadata }) => metadata.namespace ?? ''),
  );
  expect(versionsOf(now)).toEqual(versionsOf(secrets));
}

/** The status tells of the token that runs out first: nothing is left to be written. */
const isTold = async (object: PullObject, namespaces: readonly string[]) => {
  const { status } = (await lab.admin.get<PullObject>(object)) ?? {};
  const issued = (await secretsOf(lab, namespaces)).map((secret) => tokenTimes(secret).issuedAt);
  return status?.tokens?.[0]?.issuedAt === issued.sort()[0];
};

const isReady = async (object: PullObject, namespaces: number) => {
  const { status } = (await lab.admin.get<PullObject>(object)) ?? {};
  return status?.namespaces?.ready === namespaces && status.conditions?.[0]?.status === 'True';
};

test('killed after each write of a first delivery and of a deletion', async () => {
  const scene = sceneOf('first');
  const namespaces = await scene.namespaces(4);
  await scene.registry();
  let calls = 0;
  let kept = false;
  const deliveries = await forEachWrite(async (write) => {
    let object = {} as PullObject;
    const start = await crashAt(
      write,
      scene,
      namespaces,
      async () => {
        object = await scene.clusterPullSecret();
      },
      () => isReady(object, 4),
    );
    calls = await expectCalls(scene, calls, start, start.secrets, kept);
    await expectServed(scene, namespaces, object);
    await expectUntouched(start.secrets);
    expect(scene.calls()).toBe(calls);

    const end = await crashAt(
      write,
      scene,
      namespaces,
      () => lab.admin.delete(object),
      async () => !(await lab.admin.get(object)),
    );
    await gone(lab, object);
    await expectClean(scene, namespaces);
    // What an operator that starts has nothing to do for costs no call.
    expect(scene.calls()).toBe(calls);
    kept = end.survived;
    return start.survived && end.survived;
  });
  expect(deliveries).toBeGreaterThanOrEqual(9);
});

test('killed after each write of a rotation over many namespaces', async () => {
  const scene = sceneOf('turn');
  const namespaces = await scene.namespaces(6);
  const object = await scene.serve(6);
  let calls = scene.calls();
  const rotations = await forEachWrite(async (write) => {
    // A write that is left over from the last round would be taken for the first of this one.
    await waitFor(() => isTold(object, namespaces), { what: 'the end of what was under way' });
    const before = await secretsOf(lab, namespaces);
    const isRotated = (secret: SecretObject, index: number) => bytesOf(secret) !== bytesOf(before[index]);
    const crash = await crashAt(
      write,
      scene,
      namespaces,
      // The answer does not come where the operator dies first.
      () => lab.advance(6 * HOUR).catch(() => undefined),
      async () => (await secretsOf(lab, namespaces)).every(isRotated) && (await isTold(object, namespaces)),
    );
    const rotated = crash.secrets.filter(isRotated);
    calls = await expectCalls(scene, calls, crash, rotated);
    await expectServed(scene, namespaces, object);
    const after = await secretsOf(lab, namespaces);
    expect(after.every(isRotated)).toBe(true);
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    await expectUntouched(rotated);
    expect(scene.calls()).toBe(calls);
    return crash.survived;
  });
  expect(rotations).toBeGreaterThanOrEqual(6);
});
