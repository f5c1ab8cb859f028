import { DescribeRegistryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { clientSettings } from '../../../src/ecr/client-settings.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's' };

/** The host that the SDK would call, ECR's first; nothing is sent. */
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
  const ecr = new ECRClient({ ...clientSettings(spec, 'ecr'), ...common });
  const sts = new STSClient({ ...clientSettings(spec, 'sts'), ...common });
  await ecr.send(new DescribeRegistryCommand({})).catch(() => undefined);
  await sts.send(new GetCallerIdentityCommand({})).catch(() => undefined);
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
    expect(await hosts(region, endpoint)).toEqual(expected);
  });
});
