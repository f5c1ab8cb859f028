/** Where moto 5.2.5 is known to answer other than AWS. */
export interface MotoFault {
  readonly step: string;
  /** Paths in the outcome that differ. */
  readonly paths: readonly string[];
  readonly why: string;
}

const REFUSED = ['error', 'message'];
const LIFECYCLE = ['lifecyclePolicyText', 'registryId', 'repositoryName'];

/** Every one was looked at; whatever else differs fails the contract test. */
export const MOTO_FAULTS: readonly MotoFault[] = [
  {
    step: 'create with two dashes',
    paths: ['repository', ...REFUSED],
    why: 'moto checks names by the older pattern that ECR still quotes; the service model allows -- and __',
  },
  {
    step: 'create with a wrong mode',
    paths: ['message'],
    why: 'moto has two wordings for the same refusal; ours is the one of PutImageTagMutability',
  },
  {
    step: 'create with filters and no exclusion',
    paths: ['message'],
    why: 'moto says "can\'t be null" of filters that have to be null',
  },
  {
    step: 'describe a page of two',
    paths: ['nextToken', 'repositories.2'],
    why: 'moto does not page',
  },
  {
    step: 'describe all, a thousand a page',
    paths: ['repositories.3'],
    why: 'follows from the first: moto has refused that name',
  },
  {
    step: 'describe names and a page size',
    paths: [...REFUSED, 'repositories'],
    why: 'moto does not know that names and paging exclude each other',
  },
  {
    step: 'make mutable with exclusion',
    paths: ['imageTagMutabilityExclusionFilters'],
    why: "moto leaves the filters out of PutImageTagMutability's answer; the service model has them",
  },
  ...['set a policy', 'get the policy', 'set a policy that locks me out by force', 'delete the policy'].map(
    (step) => ({
      step,
      paths: ['policyText'],
      why: 'moto gives the text back as it came; ECR re-formats it',
    }),
  ),
  {
    step: 'set a policy that locks me out',
    paths: [...REFUSED, 'policyText', 'registryId', 'repositoryName'],
    why: 'moto has no guard against it, so that `force` changes nothing',
  },
  ...['set a foreign action', 'set a foreign status'].map((step) => ({
    step,
    paths: ['message'],
    why: 'moto writes enumerations otherwise than the JSON schema library whose messages ECR passes on',
  })),
  {
    step: 'set a short lifecycle',
    paths: [...REFUSED, ...LIFECYCLE],
    why: 'moto does not know that the text has 100 characters at least, nor that it has rules',
  },
  {
    step: 'set one priority twice',
    paths: [...REFUSED, ...LIFECYCLE],
    why: 'moto does not compare priorities',
  },
  {
    step: 'set two rules for untagged images',
    paths: [...REFUSED, ...LIFECYCLE],
    why: 'moto does not compare what rules select; the user guide allows one rule for untagged images',
  },
  {
    step: 'set an archiving lifecycle',
    paths: [...REFUSED, ...LIFECYCLE],
    why: 'moto does not know storage classes',
  },
  {
    step: 'delete the lifecycle',
    paths: ['lifecyclePolicyText'],
    why: 'follows from the three before: another text is the last that was set',
  },
  {
    step: 'tag with a reserved key',
    paths: REFUSED,
    why: 'moto does not check tags',
  },
  ...['describe the images', 'describe images of every status, a thousand a page'].map((step) => ({
    step,
    paths: ['imageDetails.0.artifactMediaType', 'imageDetails.0.imageStatus'],
    why: 'moto does not know these members',
  })),
  {
    step: 'get an image',
    paths: ['images.0.imageId.imageTag'],
    why: "moto names the image's latest tag; ECR names the one that was asked for",
  },
  {
    step: 'ask what is scanned on push',
    paths: ['scanningConfigurations.0.scanFrequency', 'scanningConfigurations.0.scanOnPush'],
    why: "moto does not look at the repository's own setting",
  },
  {
    step: 'ask about 26 repositories',
    paths: [...REFUSED, 'failures', 'scanningConfigurations'],
    why: 'moto does not know that 25 is the most, as the service model has it',
  },
  {
    step: 'replicate by two rules',
    paths: [...REFUSED, 'replicationConfiguration'],
    why: 'moto takes one rule; the service model allows 25',
  },
  ...['set a registry policy', 'get the registry policy', 'delete the registry policy'].map((step) => ({
    step,
    paths: ['policyText'],
    why: 'moto gives the text back as it came; ECR re-formats it, as it does those of repositories',
  })),
  {
    step: 'ask who I am',
    paths: ['Arn'],
    why: 'moto knows no such user and makes one up',
  },
  {
    step: 'assume a role',
    paths: ['PackedPolicySize'],
    why: 'moto always says 6; AWS leaves the member out where no policy and no tags were passed',
  },
  {
    step: 'assume a role with a policy',
    paths: ['PackedPolicySize'],
    why: 'moto always says 6; ours is a measure of the policy, on the strict side',
  },
  {
    step: 'assume a role with a long policy',
    paths: [...REFUSED, 'AssumedRoleUser', 'Credentials', 'PackedPolicySize'],
    why: 'moto bounds the policy of GetFederationToken alone; the API reference says 2,048 characters here too',
  },
  {
    step: 'assume a role by web identity',
    paths: ['PackedPolicySize', 'SubjectFromWebIdentityToken'],
    why: 'as above; and moto does not name the subject',
  },
];
