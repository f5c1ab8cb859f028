import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pullHosts } from '../../../src/ecr/partition.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { type AdmissionLab, FAIL, OPTED_OUT, SELECTED, startAdmissionLab } from './admission-lab.ts';
import { ECR_IMAGES, FROM_ECR, OTHER_IMAGES } from './images.ts';
import { accountOf, admitted, container, namespace, type PodSpec, pod, pullSecretsGiven } from './pods.ts';

jest.setTimeout(60_000);

/** Of each partition. */
const REGIONS = ['eu-central-1', 'us-gov-east-1', 'cn-north-1', 'eusc-de-east-1', 'us-iso-west-1'].concat([
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-east-1',
]);

let lab: AdmissionLab;

beforeAll(async () => {
  lab = await startAdmissionLab();
  await namespace(lab.admin, OPERATOR_NAMESPACE);
  await accountOf(lab.admin, 'kube-system');
  const others = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    imagePullSecrets: [{ name: 'b' }, { name: 'a' }],
  };
  await lab.admin.create({ ...others, metadata: { name: 'others', namespace: SELECTED } });
  const ours = { ...others, imagePullSecrets: [{ name: 'ecr-pull' }, { name: 'a' }] };
  await lab.admin.create({ ...ours, metadata: { name: 'ours', namespace: SELECTED } });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const names = (spec: PodSpec, at = SELECTED) => pullSecretsGiven(lab.admin, pod(at, spec));

describe.each([
  ['as shipped', []],
  ['with failurePolicy Fail', [FAIL]],
])('the policy %s', (_, patches) => {
  beforeAll(() => lab.install(patches), 120_000);
  afterAll(() => lab.uninstall(), 120_000);

  test.each(ECR_IMAGES)('gives a Pod the Secret, and changes nothing else: %s', async (_, image) => {
    const { spec } = await admitted(lab.admin, pod(SELECTED, container(image)));
    const without = await admitted(lab.admin, pod(OPTED_OUT, container(image)));
    expect(spec).toEqual({ ...without.spec, imagePullSecrets: [{ name: 'ecr-pull' }] });
  });

  test.each(OTHER_IMAGES)('leaves a Pod alone: %s', async (_, image) => {
    const { spec } = await admitted(lab.admin, pod(SELECTED, container(image)));
    expect(spec).toEqual((await admitted(lab.admin, pod(OPTED_OUT, container(image)))).spec);
    expect(spec.imagePullSecrets).toBeUndefined();
  });

  test.each(ECR_IMAGES)('takes no other letter for a dot of the host: %s', async (_, image) => {
    const host = image.slice(0, image.indexOf('/'));
    const dots = [...host.matchAll(/\./g)].map(({ index }) => index);
    const similar = dots.map((dot) => `${image.slice(0, dot)}x${image.slice(dot + 1)}`);
    const given = await Promise.all(similar.map((each) => names(container(each))));
    expect(similar.filter((_, index) => given[index]?.length !== 0)).toEqual([]);
  });

  test.each(REGIONS)('knows every host name that the operator writes for %s', async (region) => {
    const endpoint = { fips: true, dualStack: true };
    const hosts = pullHosts({ accountId: '123456789012', region, endpoint }, { kind: 'Registry' });
    expect(hosts).toHaveLength(4);
    const given = await Promise.all(hosts.map((host) => names(container(`${host}/web:1`))));
    expect(given).toEqual(hosts.map(() => ['ecr-pull']));
  });

  test.each<[string, PodSpec]>([
    [
      'in its last container',
      {
        containers: [
          { name: 'a', image: 'nginx:1' },
          { name: 'b', image: FROM_ECR },
        ],
      },
    ],
    [
      'in an init container only',
      { ...container('nginx:1'), initContainers: [{ name: 'init', image: FROM_ECR }] },
    ],
    [
      'as a volume only',
      { ...container('nginx:1'), volumes: [{ name: 'data', image: { reference: FROM_ECR } }] },
    ],
  ])('sees an image of ECR %s', async (_, spec) => {
    expect(await names(spec)).toEqual(['ecr-pull']);
  });

  test('sees none in a Pod with containers, init containers and volumes from elsewhere', async () => {
    const spec = {
      containers: [...(container('nginx:1').containers ?? []), { name: 'b', image: 'busybox:1' }],
      initContainers: [{ name: 'init', image: 'busybox:1' }],
      volumes: [
        { name: 'empty', emptyDir: {} },
        { name: 'data', image: { reference: 'registry.example.com/data:1' } },
      ],
    };
    expect(await names(spec)).toEqual([]);
  });

  test.each<[string, string[], string[]]>([
    ['adds itself after the entries of a Pod', ['z', 'a'], ['z', 'a', 'ecr-pull']],
    ['leaves a Pod alone that has the entry already', ['ecr-pull'], ['ecr-pull']],
    ['leaves the entry where it is among others', ['z', 'ecr-pull', 'a'], ['z', 'ecr-pull', 'a']],
    [
      'is not misled by entries of similar names',
      ['ecr-pull-2', 'my-ecr-pull'],
      ['ecr-pull-2', 'my-ecr-pull', 'ecr-pull'],
    ],
    ['takes an empty list for none', [], ['ecr-pull']],
  ])('%s', async (_, before, after) => {
    expect(await names({ imagePullSecrets: before.map((name) => ({ name })) })).toEqual(after);
  });

  test('takes an entry without a name for another one', async () => {
    const { spec } = await admitted(lab.admin, pod(SELECTED, { imagePullSecrets: [{} as never] }));
    expect(spec.imagePullSecrets).toEqual([{}, { name: 'ecr-pull' }]);
  });

  describe('and the ServiceAccount', () => {
    test('keeps the entries that come from it, in their order', async () => {
      expect(await names({ serviceAccountName: 'others' })).toEqual(['b', 'a', 'ecr-pull']);
    });

    test('is not given twice where that has the entry', async () => {
      expect(await names({ serviceAccountName: 'ours' })).toEqual(['ecr-pull', 'a']);
    });

    test('whose entries a Pod with its own does not get: as without the policy', async () => {
      const own = { serviceAccountName: 'others', imagePullSecrets: [{ name: 'mine' }] };
      expect(await names(own)).toEqual(['mine', 'ecr-pull']);
    });

    test('that a Pod without an image of ECR gets its entries from', async () => {
      expect(await names({ serviceAccountName: 'others', ...container('nginx:1') })).toEqual(['b', 'a']);
    });
  });

  test.each([OPTED_OUT, 'kube-system', OPERATOR_NAMESPACE])('leaves the namespace %s alone', async (at) => {
    expect(await names({}, at)).toEqual([]);
  });

  test('leaves the mirror of a static Pod alone, which its kubelet would take for another', async () => {
    const annotations = { 'kubernetes.io/config.mirror': 'hash' };
    const mirror = pod(SELECTED, { nodeName: 'node' }, { annotations });
    expect(await pullSecretsGiven(lab.admin, mirror)).toEqual([]);
    const other = pod(SELECTED, { nodeName: 'node' }, { annotations: { 'example.com/a': 'b' } });
    expect(await pullSecretsGiven(lab.admin, other)).toEqual(['ecr-pull']);
  });

  test('does not stand in the way of a Pod that gets an image of ECR later', async () => {
    const { metadata } = await lab.admin.create(pod(SELECTED, container('nginx:1'), { name: 'later' }));
    const ref = { apiVersion: 'v1', kind: 'Pod', metadata };
    try {
      const image = [{ op: 'replace', path: '/spec/containers/0/image', value: FROM_ECR }];
      const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: FROM_ECR }] } };
      const path = `${await lab.admin.path(ref)}/ephemeralcontainers`;
      const contentType = 'application/strategic-merge-patch+json';
      const answer = await lab.admin.raw({ method: 'PATCH', path, body: debug, contentType });
      expect(answer.status).toBe(200);
      const changed = await lab.admin.patch<ReturnType<typeof pod>>(ref, image);
      expect(changed.spec.imagePullSecrets).toBeUndefined();
    } finally {
      await lab.admin.delete(ref, { gracePeriodSeconds: 0 });
    }
  });

  test('leaves it to the API server to say what is wrong with a Pod without containers', async () => {
    const refusal = /spec.containers: Required value/;
    await expect(admitted(lab.admin, pod(SELECTED, { containers: [] }))).rejects.toThrow(refusal);
    const noImage = { containers: [{ name: 'a' } as never] };
    await expect(admitted(lab.admin, pod(SELECTED, noImage))).rejects.toThrow(/image: Required value/);
  });
});
