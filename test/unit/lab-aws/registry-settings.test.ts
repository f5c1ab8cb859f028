import { ECR } from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, OTHER_ACCOUNT, REGION, simulate } from './simulated-clients.ts';

const PROFILE = `arn:aws:signer:${REGION}:${ACCOUNT}:/signing-profiles/release`;
const TO = { region: 'eu-west-1', registryId: ACCOUNT };

type Call = (ecr: ECR) => Promise<unknown>;

async function refused(call: Call): Promise<string> {
  await using lab = await simulate();
  const ecr = new ECR(lab.settings);
  try {
    const { name, message } = await failureOf(call(ecr));
    return `${name}: ${message}`;
  } finally {
    ecr.destroy();
  }
}

const replicate = (rule: object): Call => {
  const rules = [{ destinations: [TO], ...rule }];
  return (ecr) => ecr.putReplicationConfiguration({ replicationConfiguration: { rules } });
};
const scan = (rule: object, scanType: 'BASIC' | 'ENHANCED' = 'BASIC'): Call => {
  const rules = [{ scanFrequency: 'SCAN_ON_PUSH' as const, repositoryFilters: [], ...rule }];
  return (ecr) => ecr.putRegistryScanningConfiguration({ scanType, rules });
};
const sign = (rule: object): Call => {
  const rules = [{ signingProfileArn: PROFILE, ...rule }];
  return (ecr) => ecr.putSigningConfiguration({ signingConfiguration: { rules } });
};
const policy = (statement: object): Call => {
  const policyText = JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: OTHER_ACCOUNT,
        Action: 'ecr:ReplicateImage',
        Resource: '*',
        ...statement,
      },
    ],
  });
  return (ecr) => ecr.putRegistryPolicy({ policyText });
};

describe('settings of a registry', () => {
  test.each<[string, Call, RegExp]>([
    ['replication to itself', replicate({ destinations: [{ ...TO, region: REGION }] }), /same as the source/],
    ['replication to no region', replicate({ destinations: [{ ...TO, region: 'E' }] }), /at 'region'/],
    [
      'replication to no account',
      replicate({ destinations: [{ ...TO, registryId: '1' }] }),
      /at 'registryId'/,
    ],
    [
      'a prefix with a wildcard',
      replicate({ repositoryFilters: [{ filter: 'prod/*', filterType: 'PREFIX_MATCH' }] }),
      /repositoryFilters.filter' .*regular expression/,
    ],
    ['an empty list of prefixes', replicate({ repositoryFilters: [] }), /greater than or equal to 1/],
    [
      'a filter of another type',
      replicate({ repositoryFilters: [{ filter: 'prod', filterType: 'WILDCARD' }] }),
      /enum value set: \[PREFIX_MATCH\]/,
    ],
    ['continuous scanning of the basic type', scan({ scanFrequency: 'CONTINUOUS_SCAN' }), /BASIC scan type/],
    ['another frequency', scan({ scanFrequency: 'DAILY' }), /enum value set: \[SCAN_ON_PUSH/],
    [
      'a filter in capitals',
      scan({ repositoryFilters: [{ filter: 'Prod', filterType: 'WILDCARD' }] }),
      /regular expression/,
    ],
    ['a profile that is none', sign({ signingProfileArn: 'release' }), /signingProfileArn/],
    ['a policy without a resource', policy({ Resource: undefined }), /Invalid registry policy provided/],
    ['a policy without a principal', policy({ Principal: undefined }), /Invalid registry policy provided/],
    ['all actions in the scope V1', policy({ Action: 'ecr:*' }), /Invalid registry policy provided/],
    [
      'a principal that was deleted',
      policy({ Principal: { AWS: 'AROAEXAMPLE' } }),
      /InvalidParameterException: .*Principal not found/,
    ],
    [
      'an account setting of the past',
      (ecr) => ecr.putAccountSetting({ name: 'REGISTRY_POLICY_SCOPE', value: 'V1' }),
      /enum value set: \[V2\]/,
    ],
    [
      'an unknown account setting',
      (ecr) => ecr.getAccountSetting({ name: 'X' }),
      /'X' is not an account setting/,
    ],
    [
      'an exclusion of an account',
      (ecr) => ecr.registerPullTimeUpdateExclusion({ principalArn: `arn:aws:iam::${ACCOUNT}:root` }),
      /principalArn/,
    ],
    [
      'an exclusion that is not there',
      (ecr) => ecr.deregisterPullTimeUpdateExclusion({ principalArn: `arn:aws:iam::${ACCOUNT}:role/a` }),
      /^ExclusionNotFoundException/,
    ],
    ['no signing', (ecr) => ecr.getSigningConfiguration({}), /^SigningConfigurationNotFoundException/],
    ['no policy', (ecr) => ecr.getRegistryPolicy({}), /^RegistryPolicyNotFoundException: .*'123456789012'$/],
    [
      'a backfill to where nothing is replicated',
      (ecr) => ecr.startReplicationBackfill({ destination: TO }),
      /not in the replication configuration/,
    ],
    [
      'a backfill that is unknown',
      (ecr) => ecr.stopReplicationBackfill({ replicationBackfillId: 'x' }),
      /^ReplicationBackfillNotFoundException/,
    ],
  ])('are refused: %s', async (_, call, words) => {
    expect(await refused(call)).toMatch(words);
  });

  test('the scope V2 lets the policy speak of everything', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.call('PutAccountSetting', { name: 'REGISTRY_POLICY_SCOPE', value: 'V2' });
    const ecr = new ECR(lab.settings);
    await policy({ Action: 'ecr:*' })(ecr);
    ecr.destroy();
    expect(handle.registry.wide.policyText).toContain('ecr:*');
  });

  test('are judged by IAM on all of the registry', async () => {
    await using lab = await simulate();
    const ecr = new ECR(lab.settings);
    await ecr.describeRegistry({});
    await ecr.putAccountSetting({ name: 'BLOB_MOUNTING', value: 'ENABLED' });
    ecr.destroy();
    expect(lab.aws.actions.all().map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      'ecr:DescribeRegistry *',
      'ecr:PutAccountSetting *',
    ]);
  });

  test('show the unique id of a principal that was deleted', async () => {
    await using lab = await simulate();
    const role = `arn:aws:iam::${ACCOUNT}:role/source`;
    lab.aws.addRole({ arn: role });
    const ecr = new ECR(lab.settings);
    await policy({ Principal: { AWS: role } })(ecr);
    const id = lab.aws.deletePrincipal(role);
    expect((await ecr.getRegistryPolicy({})).policyText).toContain(id);
    ecr.destroy();
  });
});

test('ten replication backfills run at a time', async () => {
  await using lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  const destinations = Array.from({ length: 11 }, (_, index) => ({ ...TO, region: `eu-west-${index}` }));
  handle.call('PutReplicationConfiguration', { replicationConfiguration: { rules: [{ destinations }] } });
  for (const destination of destinations.slice(0, 10))
    handle.call('StartReplicationBackfill', { destination });
  expect(() => handle.call('StartReplicationBackfill', { destination: destinations[10] })).toThrow(
    'service limit',
  );
  const ecr = new ECR(lab.settings);
  const { backfills = [], nextToken } = await ecr.listReplicationBackfills({ maxResults: 4 });
  const rest = await ecr.listReplicationBackfills({ nextToken: nextToken ?? '' });
  ecr.destroy();
  expect([backfills.length, rest.backfills?.length]).toEqual([4, 6]);
  expect(backfills[0]?.destination?.region).toBe('eu-west-9');
});
