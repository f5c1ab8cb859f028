import { createRequire } from 'node:module';
import { getCACertificates } from 'node:tls';
import { DescribeRegistryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeRegistriesCommand, ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { clientSettings } from '../../../src/ecr/client-settings.ts';
import { registryHost, repositoryArn } from '../../../src/ecr/partition.ts';
import { trustOf } from '../../../src/ecr/trusted-authorities.ts';
import { failureOf } from '../../../src/runtime/errors.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's' };

const PUBLIC = 'api.ecr-public.us-east-1.amazonaws.com';

/** The hosts that the SDK would call for ECR, STS and ECR Public; nothing is sent. */
async function hosts(region: string, endpoint: RegistrySpec['endpoint']): Promise<readonly string[]> {
  const called: string[] = [];
  const requestHandler = {
    handle: async ({ hostname }: { readonly hostname: string }) => {
      called.push(hostname);
      throw new Error('nothing is sent');
    },
  };
  const spec = { region, ...(endpoint ? { endpoint } : {}) };
  const common = { credentials, requestHandler: requestHandler as never, maxAttempts: 1 };
  const network = { endpointHosts: ['*.example.com'] };
  const ecr = new ECRClient({ ...clientSettings(spec, 'ecr', network), ...common });
  const sts = new STSClient({ ...clientSettings(spec, 'sts', network), ...common });
  const ecrPublic = new ECRPUBLICClient({ ...clientSettings(spec, 'ecr-public'), ...common });
  await ecr.send(new DescribeRegistryCommand({})).catch(() => undefined);
  await sts.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  await ecrPublic.send(new DescribeRegistriesCommand({})).catch(() => undefined);
  return called;
}

describe('AWS is called', () => {
  test.each<[string, string, RegistrySpec['endpoint'], readonly string[]]>([
    [
      'at the region’s endpoints',
      'eu-central-1',
      undefined,
      ['api.ecr.eu-central-1.amazonaws.com', 'sts.eu-central-1.amazonaws.com'],
    ],
    [
      'at the FIPS endpoints',
      'us-east-1',
      { fips: true },
      ['api.ecr-fips.us-east-1.amazonaws.com', 'sts-fips.us-east-1.amazonaws.com'],
    ],
    [
      'at the dual-stack endpoints',
      'eu-central-1',
      { dualStack: true },
      ['ecr.eu-central-1.api.aws', 'sts.eu-central-1.api.aws'],
    ],
    [
      'at those that are both',
      'us-east-1',
      { fips: true, dualStack: true },
      ['ecr-fips.us-east-1.api.aws', 'sts-fips.us-east-1.api.aws'],
    ],
    [
      'in China, at China’s',
      'cn-north-1',
      { dualStack: true },
      ['ecr.cn-north-1.api.amazonwebservices.com.cn', 'sts.cn-north-1.api.amazonwebservices.com.cn'],
    ],
    [
      'at a URL, which goes before FIPS',
      'us-east-1',
      { fips: true, ecr: 'https://ecr.example.com' },
      ['ecr.example.com', 'sts-fips.us-east-1.amazonaws.com'],
    ],
    [
      'at a URL, which goes before dual-stack',
      'us-east-1',
      { dualStack: true, sts: 'https://sts.example.com' },
      ['ecr.us-east-1.api.aws', 'sts.example.com'],
    ],
  ])('%s', async (_what, region, endpoint, expected) => {
    expect(await hosts(region, endpoint)).toEqual([...expected, PUBLIC]);
  });
});

describe('the SDK’s rules and ours agree on what each partition calls its hosts', () => {
  test.each<[string, readonly [string, string, string, string]]>([
    ['eu-central-1', ['amazonaws.com', 'api.aws', 'aws', 'amazonaws.com']],
    ['us-east-1', ['amazonaws.com', 'api.aws', 'aws', 'amazonaws.com']],
    // Regions that an account has to switch on: STS has nothing but a regional endpoint for them.
    ['me-south-1', ['amazonaws.com', 'api.aws', 'aws', 'amazonaws.com']],
    ['ap-southeast-4', ['amazonaws.com', 'api.aws', 'aws', 'amazonaws.com']],
    ['af-south-1', ['amazonaws.com', 'api.aws', 'aws', 'amazonaws.com']],
    ['cn-north-1', ['amazonaws.com.cn', 'api.amazonwebservices.com.cn', 'aws-cn', 'amazonaws.com.cn']],
    ['cn-northwest-1', ['amazonaws.com.cn', 'api.amazonwebservices.com.cn', 'aws-cn', 'amazonaws.com.cn']],
    ['us-gov-west-1', ['amazonaws.com', 'api.aws', 'aws-us-gov', 'amazonaws.com']],
    ['us-gov-east-1', ['amazonaws.com', 'api.aws', 'aws-us-gov', 'amazonaws.com']],
  ])('%s', async (region, [suffix, dualStackSuffix, partition, registrySuffix]) => {
    const registry = { accountId: '123456789012', region };
    expect({
      plain: await hosts(region, undefined),
      dualStack: await hosts(region, { dualStack: true }),
      registry: registryHost(registry),
      arn: repositoryArn(registry, 'web'),
    }).toEqual({
      plain: [`api.ecr.${region}.${suffix}`, `sts.${region}.${suffix}`, PUBLIC],
      dualStack: [`ecr.${region}.${dualStackSuffix}`, `sts.${region}.${dualStackSuffix}`, PUBLIC],
      registry: `123456789012.dkr.ecr.${region}.${registrySuffix}`,
      arn: `arn:${partition}:ecr:${region}:123456789012:repository/web`,
    });
  });

  test.each([
    ['us-east-2', ['ecr-fips.us-east-2.amazonaws.com', 'sts-fips.us-east-2.amazonaws.com']],
    ['us-gov-west-1', ['ecr-fips.us-gov-west-1.amazonaws.com', 'sts.us-gov-west-1.amazonaws.com']],
    ['us-gov-east-1', ['ecr-fips.us-gov-east-1.amazonaws.com', 'sts.us-gov-east-1.amazonaws.com']],
  ])('FIPS in %s', async (region, expected) => {
    const [ecr = '', sts] = await hosts(region, { fips: true });
    expect([ecr.replace(/^api\./, ''), sts]).toEqual(expected);
  });
});

/** Node's types do not show it. */
function proxyOf(agent: object): unknown {
  return (agent as { readonly options: { readonly proxyEnv?: unknown } }).options.proxyEnv;
}

describe('a client', () => {
  const region = 'eu-central-1';

  test('is made for no other host than AWS’s own and those that the installation lets in', () => {
    const endpoint = { ecr: 'https://ecr.example.org', sts: 'https://sts.example.org' };
    const made = (service: 'ecr' | 'sts' | 'ecr-public', endpointHosts?: readonly string[]) => {
      try {
        return clientSettings({ region, endpoint }, service, { endpointHosts }).endpoint;
      } catch (error) {
        return failureOf(error).reason;
      }
    };
    expect([made('ecr'), made('sts'), made('ecr-public')]).toEqual([
      'EndpointRefused',
      'EndpointRefused',
      undefined,
    ]);
    const hosts = ['ecr.example.org', 'sts.example.org'];
    expect([made('ecr', hosts), made('sts', hosts)]).toEqual([endpoint.ecr, endpoint.sts]);
  });

  test('tells AWS that it is this operator, and its version', () => {
    const { version } = createRequire(import.meta.url)('../../../package.json');
    expect(clientSettings({ region }, 'ecr').customUserAgent).toEqual([['ecr-operator', version]]);
  });

  test('has connections of its own, and nothing of proxies or certificates unless told', () => {
    const [one, other] = [clientSettings({ region }, 'ecr'), clientSettings({ region }, 'ecr')];
    const { httpAgent, httpsAgent } = one.requestHandler;
    expect([
      httpsAgent === other.requestHandler.httpsAgent,
      httpAgent === other.requestHandler.httpAgent,
    ]).toEqual([false, false]);
    expect([proxyOf(httpsAgent), httpsAgent.options.secureContext, proxyOf(httpAgent)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each(['ecr', 'sts', 'ecr-public'] as const)('of %s goes by proxy and trusts the bundle', (service) => {
    const [certificate = ''] = getCACertificates('bundled');
    const proxy = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '.internal' };
    const { requestHandler } = clientSettings({ region, endpoint: { caBundle: certificate } }, service, {
      proxy,
    });
    const { httpAgent, httpsAgent } = requestHandler;
    expect([proxyOf(httpAgent), proxyOf(httpsAgent)]).toEqual([proxy, proxy]);
    expect(httpsAgent.options.secureContext).toBe(trustOf(certificate));
  });
});
