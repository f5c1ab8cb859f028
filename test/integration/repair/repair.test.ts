import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { condition, type Scene, scenes, servedIn, settledAs } from '../pull-secret/pull-lab.ts';
import { podSpec, podsIn, podsOnce, replaced, replicaSet, summaryOf, uidsOf } from './pods.ts';
import {
  deletionsIn,
  early,
  eventsAbout,
  failPulls,
  laterRepair,
  serve,
  startRepairing,
  startRepairLab,
} from './repair-lab.ts';

jest.setTimeout(90_000);

let lab: Lab;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startRepairLab();
  scene = scenes(lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

describe('an operator that may not repair Pods', () => {
  test('says so in Accepted and leaves them alone, until it may', async () => {
    const one = scene('flag');
    operator = await lab.startOperator();
    const pods = await early(lab, one, 1);
    await failPulls(lab, pods);
    await one.registry();
    const object = await one.clusterPullSecret({ repairPods: true });
    await settledAs(lab, object, 'Delivered', 'Delivered');
    const told = await settledAs(lab, object, 'RepairPodsNotConfigured');
    expect(condition(told.status, 'Accepted')).toMatchObject({
      status: 'False',
      reason: 'RepairPodsNotConfigured',
      message: expect.stringContaining('repairPods'),
    });
    await operator.stop();
    expect(uidsOf(await podsIn(lab.admin, 'flag-a'))).toEqual(uidsOf(pods));

    operator = await startRepairing(lab);
    await replaced(lab.admin, pods);
    await servedIn(lab, object, 1);
  });
});

describe('F14: a Pod that lost the race', () => {
  test('is deleted once and comes back with the Secret, and Pod and claim tell of it', async () => {
    const one = scene('race');
    const pods = await early(lab, one, 5);
    await failPulls(lab, pods);
    const object = await serve(lab, one);
    const back = await replaced(lab.admin, pods);
    for (const pod of pods) {
      expect(await eventsAbout(lab, pod, 'PodRepaired')).toMatchObject([
        {
          type: 'Normal',
          message: expect.stringMatching(
            /Secret ecr-pull.*ServiceAccount default.*cannot pull .*\/web without it/,
          ),
          involvedObject: { kind: 'Pod', name: pod.metadata.name },
        },
      ]);
    }
    expect(await eventsAbout(lab, object, 'PodRepaired')).toMatchObject([
      { type: 'Normal', message: expect.stringContaining('ServiceAccount race-a/default') },
    ]);
    // They cannot pull for another reason.
    await failPulls(lab, back);
    await laterRepair(lab, scene('race-later'));
    expect(uidsOf(await podsIn(lab.admin, 'race-a'))).toEqual(uidsOf(back));
    expect(await deletionsIn(lab, 'race-a')).toEqual(pods.map(() => 200));
  });

  test('is deleted when its pull fails, long after the Secret came', async () => {
    const one = scene('slow');
    const initContainers = [{ name: 'init', image: `${one.host}/init:1` }];
    const pods = await early(lab, one, 1, { ...podSpec('ghcr.io/web:1'), initContainers });
    await serve(lab, one);
    await failPulls(lab, pods);
    await replaced(lab.admin, pods);
  });

  test('is deleted as soon as its claim says so', async () => {
    const one = scene('asked');
    const pods = await early(lab, one, 1);
    await failPulls(lab, pods);
    await serve(lab, one, { repairPods: false });
    await laterRepair(lab, scene('asked-later'));
    expect(uidsOf(await podsIn(lab.admin, 'asked-a'))).toEqual(uidsOf(pods));
    await one.clusterPullSecret({ repairPods: true });
    await replaced(lab.admin, pods);
  });
});

test('F14: every Pod of twenty namespaces that are made in one burst with their workloads comes right', async () => {
  const one = scene('burst');
  await one.serve(0, { repairPods: true });
  const names = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const name = await one.namespace(index);
      await lab.admin.create(replicaSet(name, 3, podSpec(`${one.host}/web:1`)));
      return name;
    }),
  );
  for (const name of names) {
    await podsOnce(lab.admin, name, 'three Pods', (pods) => pods.length === 3);
    const without = (await podsIn(lab.admin, name)).filter(
      (pod) => !summaryOf(pod).pullSecrets.includes('ecr-pull'),
    );
    await failPulls(lab, without);
  }
  for (const name of names)
    await podsOnce(
      lab.admin,
      name,
      'three Pods with the Secret',
      (pods) => pods.length === 3 && pods.every(({ pullSecrets }) => pullSecrets.includes('ecr-pull')),
    );
});
