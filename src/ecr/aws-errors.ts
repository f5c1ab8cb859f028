import { RetryableError, TerminalError } from '../runtime/errors.ts';

/** What one error name means for a retry and for a person; see docs/reasons.md. */
interface ErrorClass {
  readonly reason: string;
  /** Only a change of the spec, or somebody's act elsewhere, helps. */
  readonly terminal?: true;
  readonly recheckAfterMs?: number;
  /** What to do, where AWS's words do not tell. */
  readonly advice?: string;
}

const THROTTLED: ErrorClass = { reason: 'Throttled' };
const CREDENTIALS: ErrorClass = { reason: 'CredentialsRefused' };
const INVALID: ErrorClass = { reason: 'InvalidParameter', terminal: true };
const RULE_NOT_VISIBLE: ErrorClass = { reason: 'RuleNotVisible' };
const TEMPLATE_NOT_VISIBLE: ErrorClass = { reason: 'TemplateNotVisible' };
const SECRET: ErrorClass = { reason: 'UpstreamSecretUnusable' };
const UPSTREAM: ErrorClass = { reason: 'UpstreamUnavailable' };

/** A scope for which STS takes no session policy. */
export const SCOPE_TOO_LARGE = {
  reason: 'ScopeTooLarge',
  terminal: true,
  advice: 'name a prefix such as team-a/* instead of single repositories',
} as const satisfies ErrorClass;

/**
 * The classification, by `error.name` and nothing else: the SDK counts LimitExceededException among the throttling
 * errors, for ECR it is a quota. Names that are not here are retried as `AWSError`.
 */
const CLASSES: Readonly<Record<string, ErrorClass>> = {
  ThrottlingException: THROTTLED,
  Throttling: THROTTLED,
  TooManyRequestsException: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  ServerException: { reason: 'AWSUnavailable' },
  TimeoutError: { reason: 'AWSUnreachable' },
  AccessDeniedException: { reason: 'AccessDenied' },
  AccessDenied: { reason: 'AccessDenied' },
  UnrecognizedClientException: CREDENTIALS,
  InvalidClientTokenId: CREDENTIALS,
  InvalidSignatureException: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  ExpiredTokenException: CREDENTIALS,
  ExpiredToken: CREDENTIALS,
  // A web identity that STS does not take: the provider, the token or the trust policy has to be put right.
  InvalidIdentityToken: CREDENTIALS,
  InvalidIdentityTokenException: CREDENTIALS,
  IDPRejectedClaim: CREDENTIALS,
  IDPRejectedClaimException: CREDENTIALS,
  IDPCommunicationError: { reason: 'AWSUnavailable' },
  IDPCommunicationErrorException: { reason: 'AWSUnavailable' },
  CredentialsProviderError: { reason: 'CredentialsUnavailable' },
  KmsException: { reason: 'KmsFailed' },
  RepositoryNotFoundException: { reason: 'RepositoryNotVisible' },
  RepositoryAlreadyExistsException: { reason: 'RepositoryNotVisible' },
  PullThroughCacheRuleNotFoundException: RULE_NOT_VISIBLE,
  PullThroughCacheRuleAlreadyExistsException: RULE_NOT_VISIBLE,
  TemplateNotFoundException: TEMPLATE_NOT_VISIBLE,
  TemplateAlreadyExistsException: TEMPLATE_NOT_VISIBLE,
  SecretNotFoundException: SECRET,
  UnableToAccessSecretException: SECRET,
  UnableToDecryptSecretValueException: SECRET,
  UnableToGetUpstreamImageException: UPSTREAM,
  UnableToGetUpstreamLayerException: UPSTREAM,
  UnableToListUpstreamImageReferrersException: UPSTREAM,
  UnsupportedUpstreamRegistryException: { reason: 'UpstreamUnsupported', terminal: true },
  LimitExceededException: { reason: 'QuotaExceeded', terminal: true },
  RepositoryNotEmptyException: { reason: 'RepositoryNotEmpty', terminal: true, recheckAfterMs: 300_000 },
  LifecyclePolicyPreviewInProgressException: { reason: 'PreviewInProgress' },
  ReplicationBackfillInProgressException: { reason: 'BackfillInProgress' },
  // Only the organization can mend it, and nobody tells us when.
  BlockedByOrganizationPolicyException: { reason: 'BlockedByOrganization', terminal: true },
  InvalidParameterException: INVALID,
  ValidationException: INVALID,
  ValidationError: INVALID,
  MalformedPolicyDocument: INVALID,
  MalformedPolicyDocumentException: INVALID,
  PackedPolicyTooLarge: SCOPE_TOO_LARGE,
  PackedPolicyTooLargeException: SCOPE_TOO_LARGE,
  RegionDisabledException: { reason: 'RegionDisabled' },
  InvalidTagParameterException: INVALID,
  TooManyTagsException: INVALID,
};

/** ECR says so while a new IAM principal is not visible to it yet: a retry helps. */
const UNSEEN_PRINCIPAL = /Principal not found|Invalid (repository|registry) policy provided/;

/** To a wrong signature AWS answers with the request as it should have been signed, session token included. */
const ECHOED_REQUEST = /\s*The Canonical String[\s\S]*/;

/** STS quotes what it finds malformed, the token of a web identity too. */
const QUOTED_TOKEN = /Value '[^']*' at 'webIdentityToken'/gi;

const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOST|ENET|UND_ERR|ERR_PROXY)/;

/** The codes that Node has for a chain that ends at an authority which nobody here trusts. */
const UNTRUSTED =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF))/;

const NOT_TRUSTED: ErrorClass = {
  reason: 'CertificateNotTrusted',
  advice:
    'whoever answers there, AWS or a proxy on the way, has a certificate of an authority that is not trusted here; if it is right, put that authority into spec.endpoint.caBundle',
};

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
}

/**
 * The error that a call of AWS becomes: AWS's own words, what was called on what, and the request id.
 * `call` is the IAM action, e.g. `ecr:CreateRepository`; `resource` an ARN or a name.
 */
export function awsError(error: unknown, call: string, resource: string): RetryableError | TerminalError {
  // A call does not come as far as AWS where there are no keys for it.
  if (error instanceof RetryableError || error instanceof TerminalError) return error;
  const sdk = (error instanceof Error ? error : new Error(String(error))) as SdkError;
  const { reason, terminal, advice, ...when } = classOf(sdk);
  const words = wordsOf(sdk) || 'no words were given';
  const message = `${call} on ${resource}: ${sdk.name}: ${words}${advice ? `; ${advice}` : ''}`;
  const requestId = sdk.$metadata?.requestId;
  const options = { cause: error, occurrence: requestId ? `request id ${requestId}` : undefined };
  return terminal
    ? new TerminalError(reason, message, { ...options, ...when })
    : new RetryableError(reason, message, options);
}

/** What AWS says, without the secrets that it says again. */
function wordsOf({ message }: Error): string {
  return message
    .replace(ECHOED_REQUEST, '')
    .replace(QUOTED_TOKEN, "Value '(the token)' at 'webIdentityToken'")
    .trim();
}

const OUTAGES: ReadonlySet<string> = new Set([
  'AWSUnavailable',
  'AWSUnreachable',
  'Throttled',
  // The agent or the metadata service that gives them is down.
  'CredentialsUnavailable',
]);

/** Whether a failure of this reason passes without anybody doing anything, and says nothing of what was asked for. */
export function isOutage(reason: string): boolean {
  return OUTAGES.has(reason);
}

/** What AWS may have against whoever calls: the keys themselves, or what may be done with them. */
export type Refusal = 'keys' | 'rights';

/** Whether a call failed for who made it, and not for what was asked. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !Object.hasOwn(CLASSES, error.name)) return undefined;
  const { reason } = classOf(error);
  if (reason === CREDENTIALS.reason) return 'keys';
  return reason === 'AccessDenied' ? 'rights' : undefined;
}

function classOf(error: SdkError): ErrorClass {
  if (error.name === 'InvalidParameterException' && UNSEEN_PRINCIPAL.test(error.message)) {
    return { reason: 'PrincipalNotFound' };
  }
  const known = Object.hasOwn(CLASSES, error.name) ? CLASSES[error.name] : undefined;
  if (known) return known;
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (status === 429) return THROTTLED;
  if (status >= 500) return { reason: 'AWSUnavailable' };
  if (UNTRUSTED.test(error.code ?? '')) return NOT_TRUSTED;
  return { reason: UNREACHABLE.test(error.code ?? '') ? 'AWSUnreachable' : 'AWSError' };
}
