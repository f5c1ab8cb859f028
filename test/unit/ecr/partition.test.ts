import { describe, expect, test } from '@jest/globals';
import {
  partitionOf,
  pullHosts,
  type RegistryHosts,
  registryHost,
  repositoryArn,
} from '../../../src/ecr/partition.ts';

describe('a region decides over partition, host name and ARN', () => {
  test.each([
    ['eu-central-1', 'aws', 'amazonaws.com', 'on.aws'],
    ['us-east-1', 'aws', 'amazonaws.com', 'on.aws'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn', 'on.amazonwebservices.com.cn'],
    ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn', 'on.amazonwebservices.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com', 'on.aws'],
    ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu', 'on.amazonwebservices.eu'],
    ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov', 'on.aws.ic.gov'],
    ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov', 'on.aws.scloud'],
    ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk', 'on.cloud-aws.adc-e.uk'],
    ['us-isof-south-1', 'aws-iso-f', 'csp.hci.ic.gov', 'on.aws.hci.ic.gov'],
  ] as const)('%s is in %s', (region, id, dnsSuffix, dualStackSuffix) => {
    const registry = { accountId: '012345678901', region };
    expect({
      partition: partitionOf(region),
      host: registryHost(registry),
      arn: repositoryArn(registry, 'team/web'),
    }).toEqual({
      partition: { id, dnsSuffix, dualStackSuffix },
      host: `012345678901.dkr.ecr.${region}.${dnsSuffix}`,
      arn: `arn:${id}:ecr:${region}:012345678901:repository/team/web`,
    });
  });
});

describe('F19: the hosts of a token are those in use, in every partition', () => {
  const BOTH = { fips: true, dualStack: true };

  test.each<[string, string, RegistryHosts['endpoint'], readonly string[]]>([
    ['the standard one alone', 'eu-central-1', undefined, ['dkr.ecr.eu-central-1.amazonaws.com']],
    [
      'no others where they are switched off',
      'eu-central-1',
      { fips: false, dualStack: false },
      ['dkr.ecr.eu-central-1.amazonaws.com'],
    ],
    [
      'the FIPS one too',
      'us-east-1',
      { fips: true },
      ['dkr.ecr.us-east-1.amazonaws.com', 'dkr.ecr-fips.us-east-1.amazonaws.com'],
    ],
    [
      'the dual-stack one too',
      'eu-central-1',
      { dualStack: true },
      ['dkr.ecr.eu-central-1.amazonaws.com', 'dkr-ecr.eu-central-1.on.aws'],
    ],
    [
      'all four where both are on',
      'us-gov-west-1',
      BOTH,
      [
        'dkr.ecr.us-gov-west-1.amazonaws.com',
        'dkr.ecr-fips.us-gov-west-1.amazonaws.com',
        'dkr-ecr.us-gov-west-1.on.aws',
        'dkr-ecr-fips.us-gov-west-1.on.aws',
      ],
    ],
    [
      'those of China',
      'cn-north-1',
      BOTH,
      [
        'dkr.ecr.cn-north-1.amazonaws.com.cn',
        'dkr.ecr-fips.cn-north-1.amazonaws.com.cn',
        'dkr-ecr.cn-north-1.on.amazonwebservices.com.cn',
        'dkr-ecr-fips.cn-north-1.on.amazonwebservices.com.cn',
      ],
    ],
  ])('%s: %s', (_what, region, endpoint, hosts) => {
    const registry = { accountId: '012345678901', region, ...(endpoint ? { endpoint } : {}) };
    const expected = hosts.map((host) => `012345678901.${host}`);
    expect([
      pullHosts(registry, { kind: 'Registry' }),
      pullHosts(registry, { kind: 'Repositories', patterns: ['web'] }),
    ]).toEqual([expected, expected]);
  });

  test('ECR Public has one host, whatever the Registry', () => {
    const registry = { accountId: '012345678901', region: 'us-east-1', endpoint: BOTH };
    expect(pullHosts(registry, { kind: 'Public' })).toEqual(['public.ecr.aws']);
  });
});
