import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { request } from 'undici';
import {
  arrivedIn,
  HOUR,
  secretIn,
  servedIn,
  settledAs,
  skip,
} from '../../integration/pull-secret/pull-lab.ts';
import {
  bytesOf,
  clusterPullSecret,
  loginOf,
  type PullObject,
  pullSecret as pullSecretIn,
  registry,
} from '../../integration/pull-secret/pull-objects.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { describeOnNode, START_TIMEOUT_MS } from './describe-on-node.ts';
import { HOME, hostOf, type NodeLab, type Place, startNodeLab } from './node-lab.ts';
import { createPod, eventsOf, forbidden, type PodObject, pullError, running } from './pods.ts';
import { answers, asked, everywhere, LABEL, namespace, served, teams } from './pull-scene.ts';
import { tracesOf } from './traces.ts';

jest.setTimeout(90_000);

const ELSEWHERE: Place = { accountId: '210987654321', region: 'eu-west-1' };
const ROLE = `arn:aws:iam::${ELSEWHERE.accountId}:role/puller`;

describeOnNode('a real node', () => {
  let nodeLab: NodeLab;
  let lab: Lab;
  let pullSecret: PullObject;
  let late: PodObject;

  beforeAll(async () => {
    nodeLab = await startNodeLab();
    lab = nodeLab.lab;
    await lab.startOperator();
    pullSecret = await everywhere(lab);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await nodeLab?.stop();
  });

  test('a Pod in a namespace created this second starts with the Secret of its ServiceAccount', async () => {
    const image = await nodeLab.push('team-a/new', '1');
    await served(lab, 'new');
    const pod = await createPod(lab, { namespace: 'new', name: 'web', image });
    expect(pod.spec.imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);
    await running(lab, pod);
    expect(await nodeLab.node.images()).toContain(image);
    expect(asked(lab, 'team-a/new')).toBeGreaterThan(0);
  });

  test('a Pod that names the Secret may come before it: it starts in the end', async () => {
    const image = await nodeLab.push('team-a/early', '1');
    await namespace(lab, 'early');
    const pod = { namespace: 'early', name: 'web', image, secrets: ['ecr-pull'] };
    await running(lab, await createPod(lab, pod));
  });

  test('a Pod created after the end of a token is refused', async () => {
    const image = await nodeLab.push('team-a/late', '1');
    await served(lab, 'late');
    const secret = await arrivedIn(lab, 'late');
    const suspended = await lab.admin.patch<PullObject>(pullSecret, { spec: { suspend: true } });
    await settledAs(lab, suspended, 'Suspended', 'Suspended');
    await skip(lab, 13 * HOUR);
    late = await createPod(lab, { namespace: 'late', name: 'web', image });
    await forbidden(lab, late);
    // Who asks by GET sees ECR's words.
    const { username, password } = loginOf(secret);
    const { statusCode, body } = await request(`${lab.aws.registryUrl}/v2/team-a/late/manifests/1`, {
      query: { ns: hostOf(HOME) },
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    });
    const message = 'Your authorization token has expired. Reauthenticate and try again.';
    expect({ statusCode, body: await body.json() }).toEqual({
      statusCode: 403,
      body: { errors: [{ code: 'DENIED', message }] },
    });
    // kubelet tries again after ten seconds and more: the last test but one looks.
    await lab.admin.patch(pullSecret, { spec: { suspend: false } });
  });

  test("a Pod starts from another account's registry in another region, by its own host name", async () => {
    const image = await nodeLab.push('team-b/web', '1', ELSEWHERE);
    const ours = await nodeLab.push('team-a/ours', '1');
    lab.aws.addRole({ arn: ROLE, trusts: ['*'] });
    await lab.admin.apply(registry('elsewhere', { ...ELSEWHERE, credentials: { roleArn: ROLE } }));
    const registries = [{ name: 'elsewhere' }];
    const namespaceSelector = { matchLabels: { [LABEL]: 'elsewhere' } };
    await lab.admin.apply(clusterPullSecret('elsewhere', { registries, namespaceSelector }));
    await served(lab, 'elsewhere', 'elsewhere');
    await running(lab, await createPod(lab, { namespace: 'elsewhere', name: 'web', image }));
    const refused = await createPod(lab, { namespace: 'elsewhere', name: 'ours', image: ours });
    expect(await pullError(lab, refused)).toContain('no basic auth credentials');
  });

  test('a Pod without any Secret starts from a public image, by the name of ECR Public', async () => {
    const image = await nodeLab.pushPublic('team-a/open', '1');
    await namespace(lab, 'open', 'no');
    await running(lab, await createPod(lab, { namespace: 'open', name: 'web', image }));
  });

  describe('with narrow tokens', () => {
    let own: string;
    let sibling: string;
    let foreign: string;

    beforeAll(async () => {
      own = await nodeLab.push('team-a/web', '1');
      sibling = await nodeLab.push('team-a/api', '1');
      foreign = await nodeLab.push('team-b/web', '1');
    }, 60_000);

    async function refused(namespace: string, name: string, image: string): Promise<void> {
      await forbidden(lab, await createPod(lab, { namespace, name, image }));
    }

    test("a Pod starts from its own team's image and is refused the other team's", async () => {
      const object = await teams(lab, ['team-a', 'team-b']);
      await Promise.all([served(lab, 'team-a', 'team-a'), served(lab, 'team-b', 'team-b')]);
      const { status } = await servedIn(lab, object, 2);
      expect(status?.tokenScope).toBe('Scoped');
      expect(status?.tokens).toMatchObject([{ registry: 'teams', scope: 'Scoped', count: 2 }]);

      const pods = [
        { namespace: 'team-a', name: 'web', image: own },
        { namespace: 'team-b', name: 'web', image: foreign },
      ];
      await Promise.all(pods.map(async (pod) => running(lab, await createPod(lab, pod))));
      expect([answers(lab, 'team-a/web'), answers(lab, 'team-b/web')]).toEqual([['ok'], ['ok']]);
      // The node has the first of these by now, and still asks; the second it never saw.
      await Promise.all([refused('team-a', 'theirs', foreign), refused('team-b', 'theirs', sibling)]);
      expect(answers(lab, 'team-b/web')).toEqual(['ok', 'AccessDeniedException']);
      expect(answers(lab, 'team-a/api')).toEqual(['AccessDeniedException']);
    });

    test("a PullSecret's repositories narrow it further than the team", async () => {
      await namespace(lab, 'chosen', 'team-a');
      const registries = [{ name: 'teams', repositories: ['team-a/web'] }];
      const object = await lab.admin.apply<PullObject>(pullSecretIn('chosen', 'chosen', { registries }));
      expect((await servedIn(lab, object, 1)).status?.tokenScope).toBe('Scoped');
      await running(lab, await createPod(lab, { namespace: 'chosen', name: 'web', image: own }));
      await refused('chosen', 'api', sibling);
    });
  });

  test('F7: after a rotation a Pod starts from an image that is there, and nobody asks ECR for it', async () => {
    const image = await nodeLab.push('team-a/present', '1');
    await Promise.all([served(lab, 'present'), served(lab, 'present-too'), namespace(lab, 'absent', 'no')]);
    await running(lab, await createPod(lab, { namespace: 'present', name: 'before', image }));
    const before = await arrivedIn(lab, 'present');
    await skip(lab, 6 * HOUR);
    for (const name of ['present', 'present-too'])
      await waitFor(async () => bytesOf(await secretIn(lab, name)) !== bytesOf(before), {
        what: `the rotation in ${name}`,
        timeoutMs: 30_000,
      });
    expect((await arrivedIn(lab, 'present')).metadata.uid).toBe(before.metadata.uid);

    const pulls = asked(lab, 'team-a/present');
    // kubelet knows the Secret by its UID, and then another Secret by the same bytes: a credential that opened it once.
    for (const name of ['present', 'present-too']) {
      const after = await createPod(lab, { namespace: name, name: 'after', image });
      await running(lab, after);
      expect(await eventsOf(lab, after, 'Pulled')).toEqual([
        expect.stringContaining('already present on machine'),
      ]);
    }
    expect(asked(lab, 'team-a/present')).toBe(pulls);
    // It does look: an image that is there is not for everybody.
    const refused = await createPod(lab, { namespace: 'absent', name: 'web', image });
    expect(await pullError(lab, refused)).toContain('no basic auth credentials');
  });

  test('the Pod that was refused then starts by itself, once rotation goes on', async () => {
    await running(lab, late);
  });

  test('when it is stopped, nothing of it or of its Pods is left', async () => {
    const traces = await tracesOf(nodeLab.node.folder);
    expect(traces.processes).toEqual(expect.arrayContaining(['containerd', 'kubelet', 'program']));
    expect(traces.groups).not.toEqual([]);
    await nodeLab.node.stop();
    expect(await traces.left()).toEqual([]);
  });
});
