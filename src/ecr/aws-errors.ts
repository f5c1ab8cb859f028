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
  LimitExceededException: { reason: 'QuotaExceeded', terminal: true },
  RepositoryNotEmptyException: { reason: 'RepositoryNotEmpty', terminal: true, recheckAfterMs: 300_000 },
  LifecyclePolicyPreviewInProgressException: { reason: 'PreviewInProgress' },
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
const UNSEEN_PRINCIPAL = /Principal not found|Invalid repository policy provided/;

/** To a wrong signature AWS answers with the request as it should have been signed, session token included. */
const ECHOED_REQUEST = /\s*The Canonical String[\s\S]*/;

const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOST|ENET|UND_ERR)/;

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
  const words = sdk.message.replace(ECHOED_REQUEST, '').trim() || 'no words were given';
  const message = `${call} on ${resource}: ${sdk.name}: ${words}${advice ? `; ${advice}` : ''}`;
  const requestId = sdk.$metadata?.requestId;
  const options = { cause: error, occurrence: requestId ? `request id ${requestId}` : undefined };
  return terminal
    ? new TerminalError(reason, message, { ...options, ...when })
    : new RetryableError(reason, message, options);
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
  return { reason: UNREACHABLE.test(error.code ?? '') ? 'AWSUnreachable' : 'AWSError' };
}
