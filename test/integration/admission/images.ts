const ACCOUNT = '123456789012';

/** Image references whose host is a private ECR registry: every form of name in every partition. */
export const ECR_IMAGES: readonly (readonly [what: string, image: string])[] = [
  ['a tag', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/web:1`],
  ['no tag', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/web`],
  ['a digest', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team-a/web@sha256:${'0'.repeat(64)}`],
  ['an account that begins with 0', '012345678901.dkr.ecr.ap-southeast-2.amazonaws.com/web:1'],
  ['GovCloud', `${ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com/web:1`],
  ['China', `${ACCOUNT}.dkr.ecr.cn-northwest-1.amazonaws.com.cn/web:1`],
  ['the European Sovereign Cloud', `${ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu/web:1`],
  ['the isolated partition aws-iso', `${ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov/web:1`],
  ['the isolated partition aws-iso-b', `${ACCOUNT}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov/web:1`],
  ['the isolated partition aws-iso-e', `${ACCOUNT}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk/web:1`],
  ['the isolated partition aws-iso-f', `${ACCOUNT}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov/web:1`],
  ['FIPS', `${ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com/web:1`],
  ['FIPS in GovCloud', `${ACCOUNT}.dkr.ecr-fips.us-gov-east-1.amazonaws.com/web:1`],
  ['dual-stack', `${ACCOUNT}.dkr-ecr.us-east-1.on.aws/web:1`],
  ['dual-stack in China', `${ACCOUNT}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/web:1`],
  ['dual-stack with FIPS', `${ACCOUNT}.dkr-ecr-fips.us-east-1.on.aws/web:1`],
];

/** Image references that only resemble these, and everyday ones. */
export const OTHER_IMAGES: readonly (readonly [what: string, image: string])[] = [
  ['an image of Docker Hub', 'nginx:1'],
  ['an image of another registry', 'registry.example.com/web:1'],
  ['ECR Public', 'public.ecr.aws/docker/library/nginx:1'],
  ['a host that is called like a part of ECR’s', 'dkr.ecr.example.com/web:1'],
  ['ECR’s domain without an account', 'dkr.ecr.us-east-1.amazonaws.com/web:1'],
  ['an account of eleven digits', '12345678901.dkr.ecr.us-east-1.amazonaws.com/web:1'],
  ['an account of thirteen digits', '1234567890123.dkr.ecr.us-east-1.amazonaws.com/web:1'],
  ['a name before the account', `mirror.${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/web:1`],
  ['ECR’s host as a part of another', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com.example.com/web:1`],
  ['another top-level domain', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.org/web:1`],
  ['no region', `${ACCOUNT}.dkr.ecr.amazonaws.com/web:1`],
  ['two words for a region', `${ACCOUNT}.dkr.ecr.us.east.amazonaws.com/web:1`],
  ['the API’s host', 'api.ecr.us-east-1.amazonaws.com/web:1'],
  ['another service of AWS', `${ACCOUNT}.dkr.ecs.us-east-1.amazonaws.com/web:1`],
  ['standard and dual-stack mixed', `${ACCOUNT}.dkr.ecr.us-east-1.on.aws/web:1`],
  [
    'a repository that is called like ECR',
    `registry.example.com/${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/web:1`,
  ],
  [
    'a repository of Docker Hub that is called like ECR',
    `mirror/${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com:1`,
  ],
  ['ECR’s host alone, which is a name on Docker Hub', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`],
  // Kubelet compares ports too, so that the Secret would not help.
  ['a port', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com:443/web:1`],
];

/** One image that ECR has, for tests that are about something else. */
export const FROM_ECR = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team-a/web:1`;
