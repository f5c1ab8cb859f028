import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { core, type SecretObject } from '../pull-secret/pull-objects.ts';
import {
  type ElectionLab,
  LEASE,
  MARGIN_MS,
  type Replica,
  saidAt,
  startElectionLab,
  TIMES,
} from './election-lab.ts';

jest.setTimeout(120_000);

let election: ElectionLab;

beforeAll(async () => {
  election = await startElectionLab();
}, 600_000);

afterEach(async () => {
  await election?.clear();
});

afterAll(async () => {
  await election?.stop();
});

/** One that leads and has served a namespace, and one that stands by. */
async function leaderAndStandby(
  env: Readonly<Record<string, string>> = {},
): Promise<readonly [Replica, Replica]> {
  const first = await election.replica('first', env);
  await first.process.started;
  await newNamespace();
  const second = await election.replica('second');
  await second.standsBy();
  return [first, second];
}

/** A namespace that has been served. */
async function newNamespace(): Promise<string> {
  const name = await election.namespace();
  await election.served(name);
  return name;
}

async function secretsOf(namespaces: readonly string[]): Promise<readonly (SecretObject | undefined)[]> {
  const refs = namespaces.map((namespace) => core('Secret', 'ecr-pull', namespace));
  return Promise.all(refs.map((ref) => election.lab.admin.get<SecretObject>(ref)));
}

test('of two that start at once one works, and the other changes nothing and asks AWS nothing', async () => {
  const replicas = await Promise.all([election.replica('a'), election.replica('b')]);
  await Promise.race(replicas.map(({ process }) => process.started));
  const holder = await election.holder();
  const [standby] = replicas.filter(({ name }) => name !== holder);
  await standby?.standsBy();
  await newNamespace();
  expect(await election.holder()).toBe(holder);
  expect([standby?.writes(), standby?.actions()]).toEqual([[], []]);
  expect(standby?.proxy.mutations({ where: ({ status }) => status === 200 })).toEqual([]);
});

test('after a kill the standby works within the lease, and asks AWS no more than a restart does', async () => {
  const [first, second] = await leaderAndStandby();
  const callsOfStart = first.actions();
  const killed = Date.now();
  first.signal('SIGKILL');
  await second.process.started;
  const tookMs = Number(await saidAt(election.lab, 'leading', second)) - killed;
  expect(tookMs).toBeLessThan(TIMES.durationMs + MARGIN_MS);
  await newNamespace();
  expect(await election.holder()).toBe(second.name);
  expect(second.actions().length).toBeLessThanOrEqual(callsOfStart.length);
});

test('after a clean stop the standby leads in under two seconds', async () => {
  const [first, second] = await leaderAndStandby();
  const asked = Date.now();
  const stopped = first.process.stop();
  await second.process.started;
  const tookMs = Number(await saidAt(election.lab, 'leading', second)) - asked;
  expect(tookMs).toBeLessThan(2_000);
  expect(await stopped).toBe(true);
  expect(await first.process.exited).toBe(0);
  await newNamespace();
});

test('a standby that is stopped ends at once and leaves the Lease alone', async () => {
  const [first, second] = await leaderAndStandby();
  const asked = performance.now();
  expect(await second.process.stop()).toBe(true);
  // Far less than the deadline for work under way.
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect([await election.holder(), second.writes()]).toEqual([first.name, []]);
});

test('one that starts again under its name takes its Lease back, which went to nobody meanwhile', async () => {
  const [first, second] = await leaderAndStandby();
  // However long a start takes here.
  second.proxy.silence();
  first.signal('SIGKILL');
  await first.process.exited;
  const again = await election.replica('first');
  await again.process.started;
  expect([await election.holder(), await election.transitions()]).toEqual([first.name, 0]);
});

test('a leader that is cut off ends before the standby takes over', async () => {
  const { lab } = election;
  const [first, second] = await leaderAndStandby();
  first.proxy.silence();
  expect(await first.process.exited).toBe(1);
  await second.process.started;
  expect(await election.holder()).toBe(second.name);
  const times = [await saidAt(lab, 'leadership lost', first), await saidAt(lab, 'leading', second)];
  expect(times).toEqual([expect.any(Number), expect.any(Number)]);
  expect(times).toEqual([...times].sort());
});

test('a Lease that somebody deletes is made again by the one that leads', async () => {
  const [first, second] = await leaderAndStandby();
  await election.lab.admin.delete(LEASE);
  await waitFor(() => election.holder(), { what: 'a holder' });
  expect(await election.holder()).toBe(first.name);
  await newNamespace();
  expect(second.writes()).toEqual([]);
});

test('a leader that was stopped amid its work and wakes up when another one leads writes nothing, and ends', async () => {
  const { lab } = election;
  const [first, second] = await leaderAndStandby({ ECR_OPERATOR_DELIVERY_WORKERS: '1' });
  // One write is under way, and the next ones follow as soon as its answer is there.
  const isSecret = { method: 'PATCH', path: /\/secrets\/ecr-pull$/ };
  const silence = first.proxy.silence(isSecret);
  const namespaces = await Promise.all(Array.from({ length: 10 }, () => election.namespace()));
  await waitFor(() => first.proxy.requests(isSecret).length > 1, { what: 'a write under way' });

  first.signal('SIGSTOP');
  silence.resume();
  await second.process.started;
  for (const namespace of namespaces) await election.served(namespace);
  const secrets = await secretsOf(namespaces);
  const calls = first.actions();
  first.proxy.forget();

  first.signal('SIGCONT');
  expect(await first.process.exited).toBe(1);
  expect(first.proxy.mutations()).toEqual([]);
  expect(first.actions()).toEqual(calls);
  expect(await saidAt(lab, 'leadership lost', first)).toEqual(expect.any(Number));
  const versions = (all: typeof secrets) => all.map((secret) => secret?.metadata.resourceVersion);
  expect(versions(await secretsOf(namespaces))).toEqual(versions(secrets));
  expect(await election.holder()).toBe(second.name);
});
