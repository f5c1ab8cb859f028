import { wrongRegistryRefs } from './managed.ts';
import { wrongSchedules } from './schedule.ts';
import { type KindCases, wrong, wrongChange } from './wrong-manifest.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf';
const ROLE = 'arn:aws:iam::123456789012:role/cache/ecr-pull-through-cache';
const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

const ecr = {
  upstreamRegistry: 'ecr',
  upstreamRegistryUrl: HOST,
  credentialArn: null,
  customRoleArn: ROLE,
};
const quay = { upstreamRegistry: 'quay', credentialArn: null };

/** PullThroughCacheRule: the complete manifest, and the ways to get it wrong. */
export const pullThroughCacheRule: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'PullThroughCacheRule',
    metadata: { name: 'complete' },
    spec: {
      registryRef: { name: 'default' },
      prefix: 'team-a/docker__hub',
      upstreamRegistry: 'docker-hub',
      upstreamRepositoryPrefix: 'library',
      credentialArn: SECRET,
      validation: { schedule: '*/30 * * * *', timeZone: 'Europe/Berlin' },
      mode: 'Enforce',
      adoption: 'IfExists',
      deletionPolicy: 'Retain',
      suspend: false,
    },
  },
  alternatives: [ecr],
  wrong: [
    {
      at: '',
      breaks: 'rule',
      name: 'a',
      spec: { prefix: null },
      says: 'set spec.prefix, or choose another metadata.name',
    },
    {
      at: '',
      breaks: 'rule',
      name: 'x'.repeat(31),
      spec: { prefix: null },
      says: 'set spec.prefix, or choose another metadata.name',
    },
    wrong('', 'required:spec', null, 'Required value'),
    wrong('spec', 'required:upstreamRegistry', { upstreamRegistry: null }, 'Required value'),
    ...wrongRegistryRefs,

    wrong('spec.prefix', 'minLength', { prefix: 'a' }, 'at least 2 chars'),
    wrong('spec.prefix', 'maxLength', { prefix: 'x'.repeat(31) }, 'may not be more than 30'),
    wrong('spec.prefix', 'rule', { prefix: 'docker-hub/' }, 'without a / at its end, or ROOT'),
    wrong('spec.prefix', 'rule', { prefix: 'root/ROOT' }, 'without a / at its end, or ROOT'),
    wrongChange('spec', {}, { prefix: 'other' }, 'prefix cannot be changed, added or removed'),
    wrongChange('spec', {}, { prefix: null }, 'prefix cannot be changed, added or removed'),
    wrong('spec', 'rule', { prefix: 'ROOT' }, 'a rule for ROOT caches names as they are'),

    wrong(
      'spec.upstreamRegistry',
      'enum',
      { upstreamRegistry: 'gcr' },
      'supported values: "ecr", "ecr-public"',
    ),
    wrongChange(
      'spec',
      {},
      { upstreamRegistry: 'chainguard' },
      'ECR cannot change the upstreamRegistry of a rule',
    ),
    wrong(
      'spec.upstreamRegistryUrl',
      'maxLength',
      { ...ecr, upstreamRegistryUrl: `${'x'.repeat(250)}.com` },
      'may not be more than 253',
    ),
    wrong(
      'spec.upstreamRegistryUrl',
      'rule',
      { ...ecr, upstreamRegistryUrl: `https://${HOST}/team` },
      'write a host name alone',
    ),
    wrongChange('spec', ecr, { upstreamRegistryUrl: 'cgr.dev' }, 'change the upstreamRegistryUrl of a rule'),
    wrong('spec', 'rule', { ...ecr, upstreamRegistryUrl: null }, 'has a host name of its own'),
    wrong('spec', 'rule', { upstreamRegistry: 'azure-container-registry' }, 'has a host name of its own'),
    wrong('spec', 'rule', { upstreamRegistryUrl: 'registry-1.docker.io' }, 'leave upstreamRegistryUrl out'),

    wrong(
      'spec.upstreamRepositoryPrefix',
      'minLength',
      { upstreamRepositoryPrefix: 'a' },
      'at least 2 chars',
    ),
    wrong(
      'spec.upstreamRepositoryPrefix',
      'maxLength',
      { upstreamRepositoryPrefix: 'x'.repeat(31) },
      'may not be more than 30',
    ),
    wrong(
      'spec.upstreamRepositoryPrefix',
      'rule',
      { upstreamRepositoryPrefix: 'ROOT' },
      'leave it out for all of the upstream',
    ),
    wrongChange('spec', {}, { upstreamRepositoryPrefix: null }, 'the upstreamRepositoryPrefix of a rule, so'),
    wrongChange(
      'spec',
      {},
      { upstreamRepositoryPrefix: 'other' },
      'the upstreamRepositoryPrefix of a rule, so',
    ),

    wrong('spec.credentialArn', 'minLength', { credentialArn: 'arn:aws' }, 'at least 50 chars'),
    wrong(
      'spec.credentialArn',
      'maxLength',
      { credentialArn: SECRET + 'x'.repeat(600) },
      'may not be more than 612',
    ),
    wrong(
      'spec.credentialArn',
      'rule',
      { credentialArn: SECRET.replace('ecr-pullthroughcache/', '') },
      'ECR takes no secret by another name',
    ),
    wrong('spec', 'rule', { credentialArn: null }, 'write credentialArn, the ARN'),
    wrong('spec', 'rule', { ...quay, credentialArn: SECRET }, 'leave credentialArn out'),
    wrong('spec', 'rule', { ...ecr, credentialArn: SECRET }, 'leave credentialArn out'),

    wrong(
      'spec.customRoleArn',
      'maxLength',
      { ...ecr, customRoleArn: ROLE + 'x'.repeat(2048) },
      'may not be more than 2048',
    ),
    wrong('spec.customRoleArn', 'rule', { ...ecr, customRoleArn: 'cache' }, 'write the ARN of a role'),
    wrong('spec', 'rule', { customRoleArn: ROLE }, 'for the upstreamRegistry ecr alone'),
    wrongChange('spec', ecr, { ...ecr, customRoleArn: null }, 'cannot take the customRoleArn of a rule away'),

    ...wrongSchedules('spec.validation', (validation) => ({ validation })),
    wrong('spec.mode', 'enum', { mode: 'Dry' }, 'supported values: "Enforce", "Observe"'),
    wrong('spec.adoption', 'enum', { adoption: 'Only' }, 'supported values: "Never", "IfExists"'),
    wrong('spec.deletionPolicy', 'enum', { deletionPolicy: 'Keep' }, 'supported values: "Retain", "Delete"'),
  ],
};
