import { createHash } from 'node:crypto';
import type { Grant, GrantAccess, GrantTo, GrantToService } from '../api/shared.generated.ts';

/** One statement of a repository policy that stands for a grant; it has no `Resource`, which is the repository. */
export type PolicyStatement = {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | { readonly AWS: readonly string[] } | { readonly Service: string };
  readonly Action: readonly string[];
  readonly Condition?: Condition;
};

type Condition = { readonly [operator: string]: { readonly [key: string]: readonly string[] } };

const SID_PREFIX = 'EcrOperator';
const OWN_SID = new RegExp(`^${SID_PREFIX}[A-Za-z0-9]+[0-9a-f]{8}$`);

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/**
 * Push is what AWS's page "IAM permissions for pushing an image" lists, pulling included. Read is the managed policy
 * AmazonEC2ContainerRegistryReadOnly without what pulls, without the token (no repository policy can grant it), and
 * without the policies of the repository, which say who else is let in; and the newer reads beside those.
 */
const ACTIONS: Readonly<Record<GrantAccess, readonly string[]>> = {
  Pull: PULL,
  Push: [
    ...PULL,
    'ecr:CompleteLayerUpload',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
  ],
  Read: [
    'ecr:BatchGetRepositoryScanningConfiguration',
    'ecr:DescribeImageScanFindings',
    'ecr:DescribeImages',
    'ecr:DescribeRepositories',
    'ecr:ListImageReferrers',
    'ecr:ListImages',
    'ecr:ListTagsForResource',
  ],
};

/** What each service pulls with. The names of these two services are the same in every partition, China too. */
const SERVICES: Readonly<
  Record<GrantToService, { readonly principal: string; readonly actions: readonly string[] }>
> = {
  // Lambda User Guide, "Create a function using a container image", Amazon ECR permissions.
  lambda: {
    principal: 'lambda.amazonaws.com',
    actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  },
  // CodeBuild User Guide, "Amazon ECR sample".
  codebuild: { principal: 'codebuild.amazonaws.com', actions: PULL },
};

/**
 * The statements of a repository policy that the grants stand for: one for each, in their order, with a Sid made of
 * its name. `partition` is an id such as `aws-cn`. Source: ecr.md, "Grants" and "Pullers and pushers".
 */
export function grantStatements(grants: readonly Grant[], partition: string): readonly PolicyStatement[] {
  return grants.map(({ name, access, to }) => ({
    Sid: grantSid(name),
    Effect: 'Allow',
    ...granteeOf(to, partition),
    Action: to.service ? SERVICES[to.service].actions : ACTIONS[access],
  }));
}

/** The Sid of a grant's statement: IAM takes letters and digits only, so the hash tells `a-b` from `ab`. */
export function grantSid(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${SID_PREFIX}${name.replaceAll(/[^A-Za-z0-9]/g, '')}${hash}`;
}

/** Whether a Sid has the form of those that {@link grantSid} makes. */
export function isOwnSid(sid: string): boolean {
  return OWN_SID.test(sid);
}

/**
 * Whether the grants let in anybody but this account, its roles and its users; a service counts by those that it acts
 * for, an organization always. An account of the same number in another partition is another account.
 */
export function grantsBeyondAccount(
  grants: readonly Grant[],
  { accountId, partition }: { readonly accountId: string; readonly partition: string },
): boolean {
  return grants.some(({ to }) => {
    const { accounts = [], roles = [], users = [], sourceAccounts = [], sourceArns = [] } = to;
    const arns = [...roles, ...users, ...sourceArns];
    const ofArns = arns.map((arn) => {
      const [, place, , , account] = arn.split(':');
      return place === partition ? account : undefined;
    });
    const reached = [...accounts, ...sourceAccounts, ...ofArns];
    return reached.length === 0 || reached.some((account) => account !== accountId);
  });
}

function granteeOf(to: GrantTo, partition: string): Pick<PolicyStatement, 'Principal' | 'Condition'> {
  const { accounts, roles, users, organization, service } = to;
  if (service) {
    return {
      Principal: { Service: SERVICES[service].principal },
      Condition: sourcesOf(to, service, partition),
    };
  }
  if (organization) {
    return { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': [organization] } } };
  }
  const roots = accounts?.map((account) => `arn:${partition}:iam::${account}:root`);
  return { Principal: { AWS: roots ?? roles ?? users ?? [] } };
}

/** On whose behalf the service pulls; where both lists are given, both must hold. */
function sourcesOf(
  { sourceAccounts, sourceArns }: GrantTo,
  service: GrantToService,
  partition: string,
): Condition {
  // The CRD lets wildcards stand after the account only, so that none of them can take in another account.
  const arns = sourceArns ? { StringLike: { 'aws:SourceArn': sourceArns } } : {};
  if (!sourceAccounts) return arns;
  if (service === 'codebuild') return { ...arns, StringEquals: { 'aws:SourceAccount': sourceAccounts } };
  // For pulls of Lambda AWS documents the ARN of the function alone.
  const functions = sourceAccounts.map((account) => `arn:${partition}:lambda:*:${account}:function:*`);
  return { ...arns, ArnLike: { 'aws:SourceArn': functions } };
}
