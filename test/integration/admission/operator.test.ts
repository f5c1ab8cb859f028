import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { KUSTOMIZE } from '../deploy/overlay.ts';
import { arrivedIn, pullNames, type Scene, scenes } from '../pull-secret/pull-lab.ts';
import { FROM_ECR } from './images.ts';
import { container, given, type Pod, pod, pullSecretsOf } from './pods.ts';

jest.setTimeout(120_000);

let lab: Lab;
let operator: OperatorProcess;
let scene: Scene;

beforeAll(async () => {
  lab = await startLab();
  operator = await lab.startOperator();
  scene = scenes(lab)('admission');
  await scene.serve(0);
  await lab.kubectl('apply', '-k', join(KUSTOMIZE, 'components/admission'));
  await given(lab.admin, pod('default'), ['ecr-pull']);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** A namespace that the operator serves, and in the next request its first Pod. */
async function burst(suffix: number | string): Promise<Pod> {
  const name = await scene.namespace(suffix);
  return waitFor(() => lab.admin.create<Pod>(pod(name)), {
    what: `the first Pod of ${name}`,
    timeoutMs: 60_000,
  });
}

test('F14: the first Pod of a namespace names the Secret, which the operator delivers meanwhile', async () => {
  const pods = await Promise.all(Array.from({ length: 20 }, (_, index) => burst(index)));
  expect(pods.map(pullSecretsOf)).toEqual(pods.map(() => ['ecr-pull']));
  for (const { metadata } of pods) await arrivedIn(lab, metadata.namespace as string);
});

test('where the ServiceAccount names the Secret too, a Pod has one entry', async () => {
  const name = await scene.namespace('served');
  await waitFor(() => pullNames(lab, name), {
    what: `the ServiceAccount of ${name} to name the Secret`,
    until: (names) => names.includes('ecr-pull'),
  });
  // The API server's own view of ServiceAccounts may be older.
  await given(lab.admin, pod(name, container('nginx:1')), ['ecr-pull']);
  await given(lab.admin, pod(name, container(FROM_ECR)), ['ecr-pull']);
});

test('F16: neither AWS nor the operator is needed for a Pod to be admitted', async () => {
  lab.aws.faults.add({ match: {}, fault: { kind: 'never' } });
  await operator.kill();
  expect(pullSecretsOf(await burst('alone'))).toEqual(['ecr-pull']);
});
