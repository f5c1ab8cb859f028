import { join } from 'node:path';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { isHostPattern, requireEndpoint } from '../../../src/ecr/endpoint-hosts.ts';
import { failureOf, TerminalError } from '../../../src/runtime/errors.ts';

const REGION = 'eu-central-1';

type Endpoint = NonNullable<RegistrySpec['endpoint']>;

/** Why this endpoint is refused, for STS unless it names ECR alone; undefined where it is not. */
function refusal(endpoint: Endpoint, hosts: readonly string[] = [], region = REGION): string | undefined {
  try {
    requireEndpoint({ region, endpoint }, endpoint.sts === undefined ? 'ecr' : 'sts', hosts);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(TerminalError);
    expect(failureOf(error).reason).toBe('EndpointRefused');
    return failureOf(error).message;
  }
}

/** The SDK's own list, which it does not export. */
async function sdkPartitions(): Promise<readonly { readonly id: string; readonly regions: object }[]> {
  const core = join(import.meta.dirname, '../../../node_modules/@aws-sdk/core/dist-es/submodules/client');
  const { partitionsInfo } = await import(join(core, 'util-endpoints/lib/aws/partitions.js'));
  return partitionsInfo.partitions;
}

const CLIENTS = [
  ['ecr', new ECRClient({ region: REGION })],
  ['ecr', new ECRPUBLICClient({ region: REGION })],
  ['sts', new STSClient({ region: REGION })],
] as const;

/** Every URL that the SDK has for ECR, ECR Public and STS in a region. */
function sdkEndpoints(region: string): readonly { readonly service: 'ecr' | 'sts'; readonly url: string }[] {
  const answers = [false, true];
  const switches = answers.flatMap((UseFIPS) => answers.map((UseDualStack) => ({ UseFIPS, UseDualStack })));
  return CLIENTS.flatMap(([service, { config }]) =>
    switches.map((which) => ({
      service,
      url: config.endpointProvider({ Region: region, ...which }).url.href,
    })),
  );
}

test('every endpoint that the SDK has, in every region of all its partitions, is AWS’s own', async () => {
  const partitions = await sdkPartitions();
  const regions = partitions.flatMap(({ regions }) => Object.keys(regions)).filter((one) => /\d$/.test(one));
  const all = regions.flatMap((region) => sdkEndpoints(region).map((one) => ({ region, ...one })));
  const refused = all.filter(({ region, service, url }) => refusal({ [service]: url }, [], region));
  expect(refused).toEqual([]);
  expect(partitions.length).toBeGreaterThanOrEqual(8);
  expect(all.length).toBe(regions.length * 12);
  expect(new Set(all.map(({ url }) => url)).size).toBeGreaterThan(300);
});

describe('AWS’s own are', () => {
  test.each([
    ['the recommended endpoint of ECR', { ecr: 'https://api.ecr.eu-central-1.amazonaws.com' }],
    ['its other name', { ecr: 'https://ecr.eu-central-1.amazonaws.com/' }],
    ['its FIPS endpoint', { ecr: 'https://ecr-fips.us-east-1.amazonaws.com' }],
    ['its dual-stack FIPS endpoint', { ecr: 'https://ecr-fips.us-east-1.api.aws' }],
    ['STS in another region', { sts: 'https://sts.us-west-2.amazonaws.com' }],
    ['STS for the whole world', { sts: 'https://sts.amazonaws.com' }],
    ['a name in capitals, which are none to DNS', { sts: 'HTTPS://STS.US-EAST-1.AMAZONAWS.COM' }],
    ['the port of https', { sts: 'https://sts.us-east-1.amazonaws.com:443' }],
    ['an interface endpoint for ECR', { ecr: 'https://vpce-0a1b2c.api.ecr.eu-central-1.vpce.amazonaws.com' }],
    [
      'one for STS in one zone',
      { sts: 'https://vpce-0a1b-c2d3-eu-central-1a.sts.eu-central-1.vpce.amazonaws.com' },
    ],
    ['none at all, with an authority of one’s own', { caBundle: 'any' }],
    ['none at all', { fips: true }],
  ] as readonly (readonly [string, Endpoint])[])('%s', (_, endpoint) => {
    expect(refusal(endpoint)).toBeUndefined();
  });

  test('those of the Registry’s own partition alone', () => {
    const china = { ecr: 'https://vpce-0a1b.api.ecr.cn-north-1.vpce.amazonaws.com.cn' };
    expect(refusal(china, [], 'cn-north-1')).toBeUndefined();
    expect(refusal(china)).toContain('no endpoint of ECR or STS in the partition aws;');
  });
});

describe('nobody else’s host passes for AWS’s', () => {
  test.each([
    // Names that everybody can have under AWS's suffixes.
    'bucket.s3.amazonaws.com',
    'sts.s3.us-east-1.amazonaws.com',
    'sts.s3-us-west-2.amazonaws.com',
    'api.ecr.s3-website-us-east-1.amazonaws.com',
    'a1b2c3.execute-api.us-east-1.amazonaws.com',
    'sts.us-east-1.elb.amazonaws.com',
    'sts-1234567890.us-east-1.elb.amazonaws.com',
    'internal-sts-1234567890.eu-central-1.elb.amazonaws.com',
    'ec2-192-0-2-1.compute-1.amazonaws.com',
    'ec2-192-0-2-1.eu-central-1.compute.amazonaws.com',
    'vpce-0a1b-c2d3.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com',
    'vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com',
    'abc.lambda-url.eu-central-1.on.aws',
    'sts.eu-central-1.on.aws',
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
    'x.sts.eu-central-1.amazonaws.com',
    'vpce-0a1b.sts.eu-central-1.amazonaws.com',
    'sts.eu-central-1.vpce.amazonaws.com',
    // Names that only look like AWS's.
    'sts.eu-central-1.amazonaws.com.example.org',
    'sts.eu-central-1.example-amazonaws.com',
    'sts.eu-central-1xamazonaws.com',
    'xsts.eu-central-1.amazonaws.com',
    'sts.eu-central-1.amazonaws.co',
    'stsxeu-central-1.amazonaws.com',
    'amazonaws.com',
    'sts.eu-central-1.amazonaws.com.',
    'sts..eu-central-1.amazonaws.com',
    // Another server's, by what stands in front of it or by letters that look the same.
    'sts.eu-central-1.amazonaws.com@example.org',
    'sts.eu-central-1.amazonaws.com:443@example.org',
    'example.org#.sts.eu-central-1.amazonaws.com',
    'example.org?sts.eu-central-1.amazonaws.com',
    'example.org/sts.eu-central-1.amazonaws.com',
    'example.org\\@sts.eu-central-1.amazonaws.com',
    'sts.eu-central-1.аmazonaws.com',
    'sts.eu-central-1.xn--mazonaws-66g.com',
    // Addresses, in all spellings.
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '[::1]',
    '[::ffff:169.254.169.254]',
    'localhost',
    'example.org',
  ])('https://%s', (host) => {
    expect([refusal({ sts: `https://${host}` }), refusal({ ecr: `https://${host}/` })]).toEqual([
      expect.stringContaining('spec.endpoint.sts names '),
      expect.stringContaining('spec.endpoint.ecr names '),
    ]);
  });

  test.each(['ht', 'https://', 'https://a:b', 'https://1.2.3.4.5', 'https://[zz]'])(
    '%s, which is no URL',
    (url) => {
      expect(refusal({ sts: url })).toBe('spec.endpoint.sts is no URL: write one with a host name');
    },
  );
});

test('the message says which host, what to write, and who can let it in by which setting, and no login', () => {
  expect(refusal({ sts: 'https://user:hush@STS.Example.org:8443/path' }, ['other.example.org'])).toBe(
    'spec.endpoint.sts names sts.example.org, and nothing is sent there: it is no endpoint of ECR or STS in the partition aws; name one that is, or have whoever installs the operator add sts.example.org to --endpoint-hosts',
  );
});

test.each(['http://sts.us-east-1.amazonaws.com', 'https://sts.us-east-1.amazonaws.com:8443'])(
  'AWS is called by https alone, at its own port: %s is not',
  (sts) => {
    expect(refusal({ sts })).toContain('AWS is called by https and without a port; write it so, or have');
  },
);

test.each(['vpce-0a1b-c2d3.sts.eu-central-1.vpce.amazonaws.com', 'sts.amazonaws.com'])(
  'nobody with an authority of his own can answer as %s: an interface endpoint of his may have any address',
  (host) => {
    const endpoint = { sts: `https://${host}`, caBundle: 'any' };
    expect(refusal(endpoint)).toContain('in the name of AWS; leave it out, or have');
    expect(refusal(endpoint, ['*.amazonaws.com'])).toBeUndefined();
  },
);

describe('a host that the installation lets in', () => {
  test.each([
    ['127.0.0.1', 'http://127.0.0.1:4566', true],
    ['127.0.0.1', 'http://2130706433', true],
    ['127.0.0.1', 'http://127.0.0.2', false],
    ['127.0.0.1', 'http://127.0.0.1.example.org', false],
    ['[::1]', 'http://[0:0::1]:80/', true],
    ['sts.example.org', 'https://STS.example.org/any/path', true],
    ['sts.example.org', 'https://ecr.example.org', false],
    ['sts.example.org', 'https://x.sts.example.org', false],
    ['*.example.org', 'https://sts.example.org', true],
    ['*.example.org', 'https://a.b.example.org', true],
    ['*.example.org', 'https://example.org', false],
    ['*.example.org', 'https://sts-example.org', false],
    ['*.example.org', 'https://sts.example.org.example.com', false],
    ['*.example.org', 'https://sts.example.org@example.com', false],
  ])('as %s: %s is %s', (pattern, sts, isIn) => {
    expect(refusal({ sts }, ['first.example.net', pattern]) === undefined).toBe(isIn);
  });

  test.each([
    ['ecr.example.org', true],
    ['*.example.org', true],
    ['localhost', true],
    ['*.internal', true],
    ['xn--bcher-kva.example', true],
    ['192.0.2.1', true],
    ['[2001:db8::1]', true],
    ['', false],
    ['*', false],
    ['*.', false],
    ['**.example.org', false],
    ['a*.example.org', false],
    ['a.*.example.org', false],
    ['*.*.example.org', false],
    ['.example.org', false],
    ['example.org.', false],
    ['a..example.org', false],
    ['ECR.example.org', false],
    ['bücher.example', false],
    ['ecr.example.org:443', false],
    ['https://ecr.example.org', false],
    ['user@example.org', false],
    ['example.org/path', false],
    ['127.1', false],
    ['0x7f.0.0.1', false],
    ['1.2.3.4.5', false],
    ['::1', false],
    ['[0:0::1]', false],
    ['[::1]:443', false],
    ['*.[::1]', false],
    ['my_proxy', true],
    ['a b', false],
  ])('may be written %s: %s', (text, holds) => {
    expect(isHostPattern(text)).toBe(holds);
  });
});
