import { describe, expect, jest, test } from '@jest/globals';
import { CHART, helmOk } from '../../lab/helm.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { objectOf, objectsIn, type Values } from './rendered.ts';
import { NAMESPACED } from './twins.ts';

jest.setTimeout(180_000);

async function notes(values: Values): Promise<string> {
  const args = ['install', 'ecr-operator', CHART, '--namespace=ecr-operator', '--dry-run=client'];
  const said = await helmOk(args, { values });
  return said.slice(said.indexOf('NOTES:'));
}

/** The `spec` of an object that the notes propose. */
async function proposed(values: Values, id: string): Promise<unknown> {
  const [, text = ''] = /<<'END'\n([\s\S]*?)\n *END$/m.exec(await notes(values)) ?? [];
  return objectOf<KubeObject & { readonly spec?: unknown }>(objectsIn(text.replaceAll(/^ {2}/gm, '')), id)
    .spec;
}

describe('what helm says after an installation', () => {
  test('names the next two objects, and warns of nothing with the defaults', async () => {
    const said = await notes({});
    expect(said).toMatch(/kind: Registry[\s\S]*kind: ClusterPullSecret/);
    expect(said).not.toContain('WARNING');
    expect(await proposed({}, 'ClusterPullSecret/everywhere')).toBeUndefined();
  });

  test('proposes a pull secret that these values allow', async () => {
    const narrow = { pullSecretNames: ['team-pull', 'other'], serviceAccountNames: ['builder'] };
    const spec = { secretName: 'team-pull', serviceAccounts: { mode: 'Named', names: ['builder'] } };
    expect(await proposed(narrow, 'ClusterPullSecret/everywhere')).toEqual(spec);
    const registries = [{ name: 'production', spec: {} }];
    expect(await proposed({ ...NAMESPACED, ...narrow, registries }, 'PullSecret/team-a/pull')).toEqual({
      ...spec,
      registries: [{ name: 'production' }],
    });
    expect(await proposed(NAMESPACED, 'PullSecret/team-a/pull')).toBeUndefined();
  });

  test.each<[string, Values, string]>([
    ['one replica', { replicas: 1 }, 'with 1 replica nobody takes over'],
    ['no replica', { replicas: 0 }, 'with 0 replicas nothing runs'],
    ['another image', { image: { tag: '1.2.3' } }, 'ecr-operator:1.2.3 runs in the namespace ecr-operator'],
    ['CRDs that go', { crds: { keep: false } }, 'uninstalling deletes the CRDs'],
    ['CRDs that are not installed', { crds: { install: false } }, 'the CRDs have to be there'],
    ['further Secrets', { pullSecretNames: ['a', 'b'] }, 'Pull Secrets may be called a, b.'],
    ['the host network', { hostNetwork: true }, 'two replicas on one node cannot listen on the same ports'],
    [
      'a NetworkPolicy that is not for it',
      { hostNetwork: true, networkPolicy: { enabled: true } },
      'a NetworkPolicy is not for Pods with hostNetwork',
    ],
    [
      'traces that do not get out',
      { networkPolicy: { enabled: true }, settings: { otlpEndpoint: 'http://collector:4318' } },
      'networkPolicy.extraEgress is empty: see that Pods get out to what settings.otlpEndpoint says',
    ],
    [
      'a proxy and an API server on ports that are shut',
      {
        networkPolicy: { enabled: true },
        extraEnv: [
          { name: 'https_proxy', value: 'http://proxy:3128' },
          { name: 'KUBERNETES_SERVICE_PORT', value: '16443' },
        ],
      },
      'see that Pods get out to what https_proxy, KUBERNETES_SERVICE_PORT says',
    ],
    ['keys', { credentialSecretNames: ['a', 'b'] }, 'put keys into one of the Secrets a, b'],
    [
      'namespaces',
      NAMESPACED,
      'It works in team-a, team-b, with the Registries of the values: default, other.',
    ],
  ])('tells of %s', async (_, values, words) => {
    expect((await notes(values)).replaceAll(/\s+/g, ' ')).toContain(words);
  });

  test.each<[string, Values, string]>([
    ['CRDs that are not its own', { crds: { install: false, keep: false } }, 'uninstalling deletes the CRDs'],
    ['keys that it may not read', { credentialSecretNames: [] }, 'put keys into'],
    [
      'ports that are open',
      {
        networkPolicy: { enabled: true },
        extraEnv: [{ name: 'KUBERNETES_SERVICE_PORT', value: '6443' }],
      },
      'see that Pods get out',
    ],
    ['one replica where there is none', { replicas: 0 }, 'nobody takes over'],
  ])('does not tell of %s', async (_, values, words) => {
    expect((await notes(values)).replaceAll(/\s+/g, ' ')).not.toContain(words);
  });
});
