import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Fault } from '../../lab/aws/faults.ts';
import { ACCOUNT, type Lab, OPERATOR_NAMESPACE, REGION, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { secretIn } from '../pull-secret/pull-lab.ts';
import { documented, install, KUSTOMIZE, left, nothingLeft, OWN, onlyLeft, SERVED } from './uninstall-lab.ts';

jest.setTimeout(120_000);

let lab: Lab;
let operator: OperatorProcess;
let isClean = true;

beforeAll(async () => {
  lab = await startLab();
}, 600_000);

afterAll(async () => {
  // The lab looks for leaks in objects of every kind.
  await lab?.kubectl('apply', '-k', KUSTOMIZE);
  await lab?.stop();
});

beforeEach(async () => {
  isClean = false;
  operator = await install(lab);
}, 120_000);

afterEach(async () => {
  lab.aws.faults.clear();
  await operator.kill();
  const ecr = lab.aws.as(ACCOUNT, REGION);
  for (const name of ['kept', 'dropped']) ecr.removeRepository(name);
  if (isClean) return;
  // What a failed test leaves would fail the others.
  await deleteCrds().catch(() => undefined);
  await documented(lab, RELEASE).catch(() => undefined);
}, 120_000);

const OBJECTS_FIRST = 'kubectl delete registries --all';
const RETAIN = '"deletionPolicy": "Retain"';
const RELEASE = '/metadata/finalizers/$index';

const deleteEverything = () => lab.kubectl('delete', '--ignore-not-found', '--wait=false', '-k', KUSTOMIZE);
const deleteCrds = () => lab.kubectl('delete', '--ignore-not-found', '--wait=false', '-k', 'crds');
const deleteTeam = () => lab.kubectl('delete', 'namespace', SERVED, OWN, '--wait=false');
const deleteObjects = () => lab.kubectl('delete', KINDS.join(), '--all', '--all-namespaces', '--wait=false');

/** By their names: kubectl may have learnt the categories before the CRDs came. */
const KINDS = ['ecrcps', 'ecrps', 'ecrclass', 'ecrrepo', 'ecrpub', 'ecrptc', 'ecrtpl', 'ecrreg'];

/** Resolves when CRDs and namespaces are gone, and in ECR is what should be. */
async function expectNothingLeft(
  inEcr: readonly string[],
  namespaces: readonly string[] = [],
): Promise<void> {
  await nothingLeft(lab, namespaces);
  isClean = true;
  const ecr = lab.aws.as(ACCOUNT, REGION);
  expect(['kept', 'dropped'].filter((name) => ecr.repository(name))).toEqual(inEcr);
}

describe('with AWS', () => {
  test('objects first, as documented, then the operator: each as its deletionPolicy says', async () => {
    await documented(lab, OBJECTS_FIRST);
    await onlyLeft(lab, []);
    expect(await secretIn(lab, SERVED)).toBeUndefined();
    expect((await secretIn(lab, OWN))?.metadata.labels ?? {}).toEqual({});
    await deleteEverything();
    await deleteTeam();
    await expectNothingLeft(['kept'], [SERVED, OWN, OPERATOR_NAMESPACE]);
  });

  test('CRDs first', async () => {
    await deleteCrds();
    await expectNothingLeft(['kept']);
    expect(await secretIn(lab, SERVED)).toBeUndefined();
  });

  test('the namespaces of teams first', async () => {
    await deleteTeam();
    await onlyLeft(
      lab,
      ['Registry default', 'RepositoryClass standard'].concat(
        ['PullThroughCacheRule quay', 'RepositoryCreationTemplate quay'],
        ['ClusterPullSecret everywhere'],
      ),
    );
    await documented(lab, OBJECTS_FIRST);
    await deleteCrds();
    await expectNothingLeft(['kept'], [SERVED, OWN]);
  });
});

/** What has to go from ECR, and the Registry that it is in. */
const WAITING = ['Registry default*', 'Repository dropped*', 'PullThroughCacheRule quay*'];

describe.each<[string, Fault]>([
  ['without AWS', { kind: 'reset' }],
  ['with refused credentials', { kind: 'access-denied' }],
])('%s', (_, fault) => {
  beforeEach(() => void lab.aws.faults.add({ match: {}, fault }));

  test('objects first: what is to be deleted in ECR waits, until it is to stay', async () => {
    await deleteObjects();
    await onlyLeft(lab, WAITING);
    expect(await secretIn(lab, SERVED)).toBeUndefined();
    await documented(lab, RETAIN);
    await onlyLeft(lab, []);
    await deleteCrds();
    await expectNothingLeft(['kept', 'dropped']);
  });
});

describe('without AWS', () => {
  beforeEach(() => void lab.aws.faults.add({ match: {}, fault: { kind: 'reset' } }));

  test('CRDs and namespaces first: the same', async () => {
    await deleteCrds();
    await deleteTeam();
    await onlyLeft(lab, WAITING);
    await documented(lab, RETAIN);
    await expectNothingLeft(['kept', 'dropped'], [SERVED, OWN]);
  });

  test('CRDs first, and AWS comes back: it is made up for', async () => {
    await deleteCrds();
    await onlyLeft(lab, WAITING);
    lab.aws.faults.clear();
    // Each waits for its own next attempt.
    await waitFor(() => lab.advance(60_000).then(() => left(lab)), {
      what: 'the deletion in ECR',
      until: (objects) => objects.length === 0,
      timeoutMs: 60_000,
      intervalMs: 500,
    });
    await expectNothingLeft(['kept']);
  });
});

describe('the operator first', () => {
  test('everything at once, namespaces as well: objects wait, and go as documented', async () => {
    await operator.kill();
    await deleteEverything();
    await deleteTeam();
    await documented(lab, RELEASE);
    await expectNothingLeft(['kept', 'dropped'], [SERVED, OWN, OPERATOR_NAMESPACE]);
  });

  test('and installed again it does what is left to do', async () => {
    await operator.kill();
    await deleteTeam();
    await deleteObjects();
    operator = await lab.startOperator();
    await onlyLeft(lab, []);
    await deleteCrds();
    await expectNothingLeft(['kept'], [SERVED, OWN]);
  });

  test('its Deployment: objects wait, and go as documented; Secrets that stayed so go by their label, those given back stay', async () => {
    await lab.kubectl('delete', 'ecrps', 'mine', '-n', OWN, '--timeout=50s');
    await operator.kill();
    await lab.kubectl('delete', 'deployment', 'ecr-operator', '-n', OPERATOR_NAMESPACE);
    await deleteCrds();
    await documented(lab, RELEASE);
    await documented(lab, 'kubectl delete secrets --all-namespaces');
    expect(await secretIn(lab, SERVED)).toBeUndefined();
    expect(await secretIn(lab, OWN)).toBeDefined();
    await expectNothingLeft(['kept', 'dropped']);
  });
});
