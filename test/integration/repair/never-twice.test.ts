import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type Scene, scenes } from '../pull-secret/pull-lab.ts';
import { core, type ServiceAccountObject } from '../pull-secret/pull-objects.ts';
import {
  podSpec,
  podsIn,
  podsOnce,
  replaced,
  replicaSet,
  serviceAccount,
  summaryOf,
  uidsOf,
} from './pods.ts';
import {
  deletionsIn,
  early,
  failPulls,
  laterRepair,
  openNamespace,
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
  operator = await startRepairing(lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

describe('a Pod that lost the race', () => {
  test('is deleted though the operator was away when its pull failed, and what came back is not', async () => {
    const one = scene('away');
    const pods = await early(lab, one, 2);
    await serve(lab, one);
    await operator.kill();
    await failPulls(lab, pods);
    operator = await startRepairing(lab);
    const back = await replaced(lab.admin, pods);
    await operator.kill();
    await failPulls(lab, back);
    operator = await startRepairing(lab);
    await laterRepair(lab, scene('away-later'));
    expect(uidsOf(await podsIn(lab.admin, 'away-a'))).toEqual(uidsOf(back));
  });

  test('is deleted once where its node takes time to end it', async () => {
    const one = scene('node');
    const pods = await early(lab, one, 1, { nodeName: 'no-such-node' });
    await failPulls(lab, pods);
    await serve(lab, one);
    const both = await podsOnce(lab.admin, 'node-a', 'the old Pod to go', (now) => now.length === 2);
    expect(both.map(summaryOf).map(({ isGoing, pullSecrets }) => [isGoing, pullSecrets])).toEqual(
      expect.arrayContaining([
        [true, []],
        [false, ['ecr-pull']],
      ]),
    );
    await failPulls(lab, both);
    await laterRepair(lab, scene('node-later'));
    expect(await deletionsIn(lab, 'node-a')).toEqual([200]);
  });
});

describe('a Pod with the list that its ServiceAccount had', () => {
  test('is deleted once; where it comes back the same, no further attachment deletes it again', async () => {
    const one = scene('listed');
    const namespace = await openNamespace(lab, one);
    await serviceAccount(lab.admin, namespace, 'builder', ['other']);
    const imagePullSecrets = [{ name: 'other' }];
    const spec = podSpec(`${one.host}/web:1`, { serviceAccountName: 'builder', imagePullSecrets });
    await lab.admin.create(replicaSet(namespace, 2, spec));
    const pods = await podsOnce(lab.admin, namespace, 'two Pods', (now) => now.length === 2);
    await failPulls(lab, pods);
    await serve(lab, one, { serviceAccounts: { mode: 'All' } });
    const back = await podsOnce(
      lab.admin,
      namespace,
      'two other Pods',
      (now) => now.length === 2 && now.every(({ uid }) => !uidsOf(pods).includes(uid)),
    );
    expect(back.map((pod) => summaryOf(pod).pullSecrets)).toEqual([['other'], ['other']]);
    const builder = core('ServiceAccount', 'builder', namespace);
    await lab.admin.patch(builder, { imagePullSecrets });
    await waitFor(() => lab.admin.get<ServiceAccountObject>(builder), {
      what: 'the entry to be put back',
      until: (now) => now?.imagePullSecrets?.length === 2,
    });
    await failPulls(lab, back);
    await laterRepair(lab, scene('listed-later'));
    expect(uidsOf(await podsIn(lab.admin, namespace))).toEqual(uidsOf(back));
    expect(await deletionsIn(lab, namespace)).toEqual([200, 200]);
  });
});
