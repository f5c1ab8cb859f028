import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ask, errorOf, login } from './front-requests.ts';
import { ACCOUNT, failureOf, OTHER_ACCOUNT, REGION, type Simulated, simulate } from './simulated-clients.ts';

const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf`;
const HUB = {
  ecrRepositoryPrefix: 'hub',
  upstreamRegistryUrl: 'registry-1.docker.io',
  credentialArn: SECRET,
};

const here = ({ aws }: Simulated) => aws.as(ACCOUNT, REGION);

describe('a pull-through cache rule', () => {
  test.each([
    ['a prefix of one letter', { ecrRepositoryPrefix: 'a' }, 'InvalidParameterException'],
    ['a prefix of 31 letters', { ecrRepositoryPrefix: 'a'.repeat(31) }, 'InvalidParameterException'],
    ['a wildcard', { ecrRepositoryPrefix: 'hub/*' }, 'InvalidParameterException'],
    ['an unknown upstream', { upstreamRegistryUrl: 'example.com' }, 'UnsupportedUpstreamRegistryException'],
    ['another upstream than named', { upstreamRegistry: 'quay' }, 'UnsupportedUpstreamRegistryException'],
    ['a secret of another name', { credentialArn: SECRET.replace('ecr-', '') }, 'InvalidParameterException'],
    ['no secret where one is needed', { credentialArn: undefined }, 'InvalidParameterException'],
    [
      'ROOT with a prefix of the upstream',
      { ecrRepositoryPrefix: 'ROOT', upstreamRepositoryPrefix: 'library' },
      'InvalidParameterException',
    ],
  ])('is refused for %s', async (_, changes, name) => {
    await using lab = await simulate();
    const call = async () => here(lab).call('CreatePullThroughCacheRule', { ...HUB, ...changes });
    expect((await failureOf(call())).name).toBe(name);
  });

  test('is one of fifty at most, in pages', async () => {
    await using lab = await simulate();
    for (let index = 0; index < 50; index += 1) {
      here(lab).call('CreatePullThroughCacheRule', { ...HUB, ecrRepositoryPrefix: `hub-${index}` });
    }
    const more = async () => here(lab).call('CreatePullThroughCacheRule', HUB);
    expect((await failureOf(more())).name).toBe('LimitExceededException');
    const page = here(lab).call('DescribePullThroughCacheRules', { maxResults: 30 });
    const rest = here(lab).call('DescribePullThroughCacheRules', { nextToken: page['nextToken'] });
    expect(
      [page, rest].map(({ pullThroughCacheRules }) => (pullThroughCacheRules as unknown[]).length),
    ).toEqual([30, 20]);
  });

  test('cannot be updated without a secret or a role', async () => {
    await using lab = await simulate();
    here(lab).call('CreatePullThroughCacheRule', HUB);
    const call = async () => here(lab).call('UpdatePullThroughCacheRule', { ecrRepositoryPrefix: 'hub' });
    expect((await failureOf(call())).name).toBe('InvalidParameterException');
  });
});

describe('a pull through a cache', () => {
  const manifest = JSON.stringify({ schemaVersion: 2 });
  const digest = digestOf(manifest);
  const OTHER = { accountId: OTHER_ACCOUNT, region: 'eu-west-1' };

  /** With an upstream that has `library/nginx:1`. */
  async function caching(rule: object = HUB): Promise<Simulated> {
    const lab = await simulate();
    const upstream = lab.aws.as(OTHER.accountId, OTHER.region);
    upstream.addRepository('library/nginx');
    upstream.addImage('library/nginx', { digest, tags: new Set(['1']), manifest });
    here(lab).registry.caches.upstreams.set('registry-1.docker.io', OTHER);
    here(lab).call('CreatePullThroughCacheRule', rule as Record<string, unknown>);
    return lab;
  }

  const pull = async (lab: Simulated, name: string, reference = '1') =>
    ask(lab, `/v2/${name}/manifests/${reference}`, await login(lab));

  test.each([
    ['a prefix', HUB, 'hub/library/nginx'],
    ['a prefix of the upstream', { ...HUB, upstreamRepositoryPrefix: 'library' }, 'hub/nginx'],
    ['ROOT', { ...HUB, ecrRepositoryPrefix: 'ROOT' }, 'library/nginx'],
  ])('brings the image, with %s', async (_, rule, name) => {
    await using lab = await caching(rule);
    expect(await (await pull(lab, name)).text()).toBe(manifest);
    expect([...(here(lab).repository(name)?.images.get(digest)?.tags ?? [])]).toEqual(['1']);
    expect(lab.aws.actions.all().map(({ action }) => action)).toEqual([
      'ecr:GetAuthorizationToken',
      'ecr:BatchImportUpstreamImage',
      'ecr:CreateRepository',
      'ecr:BatchGetImage',
    ]);
    await pull(lab, name, digest);
    expect(lab.aws.actions.count('ecr:BatchImportUpstreamImage')).toBe(1);
  });

  test('goes to another ECR by its own host name', async () => {
    const host = `${OTHER.accountId}.dkr.ecr.${OTHER.region}.amazonaws.com`;
    const rule = { ecrRepositoryPrefix: 'ecr', upstreamRegistryUrl: host, customRoleArn: 'role' };
    await using lab = await caching(rule);
    expect((await pull(lab, 'ecr/library/nginx')).status).toBe(200);
  });

  test.each([
    ['an image that the upstream has not', 'hub/library/nginx', '2', 404, 'MANIFEST_UNKNOWN'],
    ['a repository that the upstream has not', 'hub/library/none', '1', 404, 'NAME_UNKNOWN'],
    ['a name that no rule is for', 'hubs/library/nginx', '1', 404, 'NAME_UNKNOWN'],
  ])('makes nothing for %s', async (_, name, reference, status, code) => {
    await using lab = await caching();
    expect((await errorOf(await pull(lab, name, reference))).slice(0, 2)).toEqual([status, code]);
    expect(here(lab).repositories()).toEqual([]);
  });

  test('fails where ECR does not get into the upstream', async () => {
    await using lab = await caching();
    const rule = here(lab).registry.caches.rules.get('hub');
    Object.assign(rule ?? {}, { failure: 'wrong token' });
    expect((await pull(lab, 'hub/library/nginx')).status).toBe(404);
  });
});
