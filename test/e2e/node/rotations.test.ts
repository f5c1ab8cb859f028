import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { arrivedIn, isValid } from '../../integration/pull-secret/pull-lab.ts';
import { bytesOf } from '../../integration/pull-secret/pull-objects.ts';
import type { Lab } from '../../lab/lab.ts';
import { describeOnNode, START_TIMEOUT_MS } from './describe-on-node.ts';
import { type NodeLab, startNodeLab } from './node-lab.ts';
import { backOff, createPod, failedPulls, type PodObject, running } from './pods.ts';
import { asked, everywhere, namespace, served } from './pull-scene.ts';

const ROTATIONS = 5;
/** The fifth comes after 75 s at the latest, and a loaded machine may take its time for a Pod. */
const DEADLINE_MS = 150_000;

describeOnNode('a real node whose tokens live 30 s', () => {
  let nodeLab: NodeLab;
  let lab: Lab;
  let images: readonly string[];
  let refused: PodObject;
  let askedBefore: number;

  const startOperator = () => lab.startOperator({ env: { LAB_SHORTEST_ROTATION_MS: '1000' } });

  beforeAll(async () => {
    nodeLab = await startNodeLab({ tokenLifetimeMs: 30_000 });
    lab = nodeLab.lab;
    images = [await nodeLab.push('team-a/one', '1'), await nodeLab.push('team-a/two', '1')];
    await namespace(lab, 'without', 'no');
    const image = await nodeLab.push('team-a/refused', '1');
    askedBefore = asked(lab, 'team-a/refused');
    refused = await createPod(lab, { namespace: 'without', name: 'web', image });
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await nodeLab?.stop();
  });

  let pods = 0;
  /** One Pod from its creation until it runs, with a token that the front judges at that moment. */
  async function startOnePod(): Promise<void> {
    pods += 1;
    const pod = await createPod(lab, {
      namespace: 'steady',
      name: `web-${pods}`,
      image: images[pods % images.length] as string,
      pullPolicy: 'Always',
    });
    await running(lab, pod);
    await lab.admin.delete(pod);
  }

  test(
    'Pods keep starting across five rotations while the operator is killed twice',
    async () => {
      let operator = await startOperator();
      await everywhere(lab);
      await served(lab, 'steady');
      const { uid } = (await arrivedIn(lab, 'steady')).metadata;
      const tokens = new Set<string>();
      let kills = 0;
      const deadline = performance.now() + DEADLINE_MS;
      while (tokens.size <= ROTATIONS) {
        if (performance.now() > deadline)
          throw new Error(`only ${tokens.size - 1} rotations in ${DEADLINE_MS} ms`);
        await startOnePod();
        const secret = await arrivedIn(lab, 'steady');
        expect({ uid: secret.metadata.uid, valid: isValid(lab, secret) }).toEqual({ uid, valid: true });
        tokens.add(bytesOf(secret));
        // After the first rotation and after the third.
        if (kills >= 2 || tokens.size < 2 * (kills + 1)) continue;
        kills += 1;
        await operator.kill();
        await startOnePod();
        operator = await startOperator();
      }
      expect(kills).toBe(2);
      expect(await failedPulls(lab, 'steady')).toEqual([]);
      expect(asked(lab, 'team-a/one')).toBeGreaterThanOrEqual(ROTATIONS);
    },
    DEADLINE_MS + 60_000,
  );

  test('a Pod in a namespace without our Secret stays in ImagePullBackOff, refused as by ECR', async () => {
    expect(refused.spec.imagePullSecrets).toBeUndefined();
    // What containerd makes of ECR's 401 with its Basic challenge; ECR's users know these words.
    expect(await backOff(lab, refused)).toContain(
      'pull access denied, repository does not exist or may require authorization: ' +
        'authorization failed: no basic auth credentials',
    );
    expect(await failedPulls(lab, 'without')).not.toEqual([]);
    expect(asked(lab, 'team-a/refused')).toBe(askedBefore);
  }, 60_000);
});
