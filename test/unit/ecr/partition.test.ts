import { describe, expect, test } from '@jest/globals';
import { partitionOf, registryHost, repositoryArn } from '../../../src/ecr/partition.ts';

describe('a region decides over partition, host name and ARN', () => {
  test.each([
    ['eu-central-1', 'aws', 'amazonaws.com'],
    ['us-east-1', 'aws', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
    ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
    ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov'],
    ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov'],
    ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk'],
    ['us-isof-south-1', 'aws-iso-f', 'csp.hci.ic.gov'],
  ] as const)('%s is in %s', (region, id, dnsSuffix) => {
    const registry = { accountId: '012345678901', region };
    expect({
      partition: partitionOf(region),
      host: registryHost(registry),
      arn: repositoryArn(registry, 'team/web'),
    }).toEqual({
      partition: { id, dnsSuffix },
      host: `012345678901.dkr.ecr.${region}.${dnsSuffix}`,
      arn: `arn:${id}:ecr:${region}:012345678901:repository/team/web`,
    });
  });
});
