import { ECRClient } from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { parseRegistryHost } from '../../lab/aws/aws-names.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ask, askByHost, errorOf, login, NAME } from './front-requests.ts';
import { ACCOUNT, OTHER_ACCOUNT, simulate } from './simulated-clients.ts';

const HOSTS: readonly [string, string, string][] = [
  ['standard', 'eu-west-1', `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`],
  ['FIPS', 'us-east-2', `${ACCOUNT}.dkr.ecr-fips.us-east-2.amazonaws.com`],
  ['dual-stack', 'eu-west-1', `${ACCOUNT}.dkr-ecr.eu-west-1.on.aws`],
  ['FIPS and dual-stack', 'us-east-2', `${ACCOUNT}.dkr-ecr-fips.us-east-2.on.aws`],
  ['GovCloud', 'us-gov-west-1', `${ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com`],
  ['GovCloud FIPS', 'us-gov-west-1', `${ACCOUNT}.dkr.ecr-fips.us-gov-west-1.amazonaws.com`],
  ['GovCloud dual-stack', 'us-gov-west-1', `${ACCOUNT}.dkr-ecr.us-gov-west-1.on.aws`],
  ['GovCloud FIPS and dual-stack', 'us-gov-west-1', `${ACCOUNT}.dkr-ecr-fips.us-gov-west-1.on.aws`],
  ['China', 'cn-north-1', `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn`],
  ['China FIPS', 'cn-north-1', `${ACCOUNT}.dkr.ecr-fips.cn-north-1.amazonaws.com.cn`],
  ['China dual-stack', 'cn-northwest-1', `${ACCOUNT}.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn`],
  [
    'China FIPS and dual-stack',
    'cn-north-1',
    `${ACCOUNT}.dkr-ecr-fips.cn-north-1.on.amazonwebservices.com.cn`,
  ],
];

describe('host names of a registry', () => {
  test.each(HOSTS)('%s: lead to the registry of their account and region', async (_what, region, host) => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, region);
    handle.addRepository(NAME);
    handle.addImage(NAME, { digest: digestOf(region), tags: new Set(['v1']), manifest: region });
    const token = await login(lab, new ECRClient({ ...lab.settings, region }));
    const response = await ask(lab, `/v2/${NAME}/manifests/v1?ns=${host}`, token);
    expect([response.status, await response.text()]).toEqual([200, region]);
    expect((await askByHost(lab, '/v2/', { host: `${host}:443`, authorization: token })).statusCode).toBe(
      200,
    );
    const challenge = (await ask(lab, `/v2/?ns=${host}`, undefined)).headers.get('www-authenticate');
    expect(challenge).toBe(`Basic realm="https://${host}/",service="ecr.amazonaws.com"`);
  });

  test.each([
    ['a suffix of another partition', `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com`],
    ['China’s suffix elsewhere', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com.cn`],
    ['a dual-stack name with the old suffix', `${ACCOUNT}.dkr-ecr.us-east-1.amazonaws.com`],
    ['an old name with the dual-stack suffix', `${ACCOUNT}.dkr.ecr.us-east-1.on.aws`],
    ['an account of eleven digits', `${ACCOUNT.slice(1)}.dkr.ecr.us-east-1.amazonaws.com`],
    ['the API’s host', 'api.ecr.us-east-1.amazonaws.com'],
    ['another public name', 'gallery.ecr.aws'],
  ])('are refused with %s, rather than sent to the default registry', async (_what, host) => {
    await using lab = await simulate();
    expect(parseRegistryHost(host)).toBeUndefined();
    expect((await errorOf(await ask(lab, `/v2/?ns=${host}`, await login(lab))))[0]).toBe(421);
  });

  test('that are not AWS’s lead to the default registry', async () => {
    await using lab = await simulate({ accountId: OTHER_ACCOUNT, region: 'us-east-1' });
    lab.aws.as(OTHER_ACCOUNT, 'us-east-1').addRepository(NAME);
    const response = await ask(lab, `/v2/${NAME}/manifests/v1`, await login(lab));
    expect((await errorOf(response))[2]).toContain('no resource-based policy allows');
  });
});
