import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { FINALIZER } from '../../../src/api/names.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, REGION, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, gone, servedIn, settledAs } from '../pull-secret/pull-lab.ts';
import { type PullObject, pullSecret, registry, versionsOf } from '../pull-secret/pull-objects.ts';
import { type RegistryObject, repositoryManifest } from '../repository/ecr-lab.ts';
import { namespaceIn } from './mode-lab.ts';

const NAMESPACE = 'team';
const REGISTRY = registry('default', { accountId: ACCOUNT, region: REGION });
const ONLY = { ECR_OPERATOR_CONTROLLERS: 'pull-secrets' };

jest.setTimeout(90_000);

let lab: Lab;
let served: PullObject;
let repository: PullObject;

beforeAll(async () => {
  lab = await startLab();
  await namespaceIn(lab, NAMESPACE, { watched: false });
  await lab.admin.apply(REGISTRY);
  const operator = await lab.startOperator();
  const claim = pullSecret(NAMESPACE, 'images', { registries: [{ name: 'default' }] });
  served = await servedIn(lab, await lab.admin.apply<PullObject>(claim), 1);
  repository = await lab.admin.apply<PullObject>(
    repositoryManifest(NAMESPACE, 'web', { registryRef: { name: 'default' }, deletionPolicy: 'Retain' }),
  );
  await settledAs(lab, repository, 'Ready');
  await operator.stop();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const current = <T extends KubeObject>(object: KubeObject) => lab.admin.get<T>(object);

/** Runs an operator with these settings, and holds that the Secret is not written to meanwhile. */
async function withOperator(
  env: Readonly<Record<string, string>>,
  steps: () => Promise<void>,
): Promise<void> {
  const before = await arrivedIn(lab, NAMESPACE);
  const operator = await lab.startOperator({ env });
  await steps();
  expect(await operator.stop()).toBe(true);
  expect(versionsOf([await arrivedIn(lab, NAMESPACE)])).toEqual(versionsOf([before]));
}

/** Until the PullSecret has the finalizer, or has it no more. */
async function held(isHeld: boolean): Promise<void> {
  await waitFor(() => current(served), {
    what: isHeld ? 'the finalizer' : 'the finalizer to go',
    until: (now) => (now?.metadata.finalizers?.includes(FINALIZER) ?? false) === isHeld,
  });
}

test('from all to pull secrets and back: what is managed waits, and pull Secrets are not written to', async () => {
  await withOperator(ONLY, async () => {
    await waitFor(() => current<RegistryObject>(REGISTRY), {
      what: 'the Registry to count no Repositories',
      until: (now) => now?.status?.identity !== undefined && now.status.repositories === undefined,
    });
    await lab.admin.delete(repository);
    await servedIn(lab, served, 1);
  });
  expect((await current(repository))?.metadata).toMatchObject({ finalizers: [FINALIZER] });
  await withOperator({}, async () => {
    await gone(lab, repository);
    await waitFor(() => current<RegistryObject>(REGISTRY), {
      what: 'the Registry to count Repositories',
      until: (now) => now?.status?.repositories?.managed === 0,
    });
  });
});

test('from the whole cluster to some namespaces and back: finalizers go and come, and pull Secrets are not written to', async () => {
  const file = join(lab.controlPlane.folder, 'registries.yaml');
  await writeFile(file, JSON.stringify(REGISTRY));
  await held(true);
  const some = { ...ONLY, ECR_OPERATOR_WATCH_NAMESPACES: NAMESPACE, ECR_OPERATOR_REGISTRIES_FILE: file };
  await withOperator(some, () => held(false));
  await withOperator({}, () => held(true));
});
