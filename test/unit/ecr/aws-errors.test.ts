import { describe, expect, test } from '@jest/globals';
import { awsError, refusalOf } from '../../../src/ecr/aws-errors.ts';
import { failureOf, RetryableError, TerminalError } from '../../../src/runtime/errors.ts';

interface Details {
  readonly code?: string;
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
}

function sdkError(name: string, message = 'words of AWS', details: Details = {}): Error {
  return Object.assign(new Error(message), { name, ...details });
}

function classified(error: unknown): { readonly reason: string; readonly kind: 'retryable' | 'terminal' } {
  const result = awsError(error, 'ecr:CreateRepository', 'team/web');
  return { reason: result.reason, kind: result instanceof TerminalError ? 'terminal' : 'retryable' };
}

describe('what an error of AWS means', () => {
  test.each([
    ['ThrottlingException', 'Throttled', 'retryable'],
    ['Throttling', 'Throttled', 'retryable'],
    ['TooManyRequestsException', 'Throttled', 'retryable'],
    ['RequestLimitExceeded', 'Throttled', 'retryable'],
    ['ServerException', 'AWSUnavailable', 'retryable'],
    ['TimeoutError', 'AWSUnreachable', 'retryable'],
    ['AccessDeniedException', 'AccessDenied', 'retryable'],
    ['AccessDenied', 'AccessDenied', 'retryable'],
    ['UnrecognizedClientException', 'CredentialsRefused', 'retryable'],
    ['InvalidClientTokenId', 'CredentialsRefused', 'retryable'],
    ['InvalidSignatureException', 'CredentialsRefused', 'retryable'],
    ['SignatureDoesNotMatch', 'CredentialsRefused', 'retryable'],
    ['ExpiredTokenException', 'CredentialsRefused', 'retryable'],
    ['ExpiredToken', 'CredentialsRefused', 'retryable'],
    ['InvalidIdentityToken', 'CredentialsRefused', 'retryable'],
    ['InvalidIdentityTokenException', 'CredentialsRefused', 'retryable'],
    ['IDPRejectedClaim', 'CredentialsRefused', 'retryable'],
    ['IDPRejectedClaimException', 'CredentialsRefused', 'retryable'],
    ['IDPCommunicationError', 'AWSUnavailable', 'retryable'],
    ['IDPCommunicationErrorException', 'AWSUnavailable', 'retryable'],
    ['RegionDisabledException', 'RegionDisabled', 'retryable'],
    ['PackedPolicyTooLarge', 'ScopeTooLarge', 'terminal'],
    ['PackedPolicyTooLargeException', 'ScopeTooLarge', 'terminal'],
    ['MalformedPolicyDocument', 'InvalidParameter', 'terminal'],
    ['MalformedPolicyDocumentException', 'InvalidParameter', 'terminal'],
    ['ValidationError', 'InvalidParameter', 'terminal'],
    ['CredentialsProviderError', 'CredentialsUnavailable', 'retryable'],
    ['KmsException', 'KmsFailed', 'retryable'],
    ['RepositoryNotFoundException', 'RepositoryNotVisible', 'retryable'],
    ['RepositoryAlreadyExistsException', 'RepositoryNotVisible', 'retryable'],
    ['PullThroughCacheRuleNotFoundException', 'RuleNotVisible', 'retryable'],
    ['PullThroughCacheRuleAlreadyExistsException', 'RuleNotVisible', 'retryable'],
    ['TemplateNotFoundException', 'TemplateNotVisible', 'retryable'],
    ['TemplateAlreadyExistsException', 'TemplateNotVisible', 'retryable'],
    ['SecretNotFoundException', 'UpstreamSecretUnusable', 'retryable'],
    ['UnableToAccessSecretException', 'UpstreamSecretUnusable', 'retryable'],
    ['UnableToDecryptSecretValueException', 'UpstreamSecretUnusable', 'retryable'],
    ['UnableToGetUpstreamImageException', 'UpstreamUnavailable', 'retryable'],
    ['UnableToGetUpstreamLayerException', 'UpstreamUnavailable', 'retryable'],
    ['UnableToListUpstreamImageReferrersException', 'UpstreamUnavailable', 'retryable'],
    ['UnsupportedUpstreamRegistryException', 'UpstreamUnsupported', 'terminal'],
    ['LimitExceededException', 'QuotaExceeded', 'terminal'],
    ['RepositoryNotEmptyException', 'RepositoryNotEmpty', 'terminal'],
    ['LifecyclePolicyPreviewInProgressException', 'PreviewInProgress', 'retryable'],
    ['ReplicationBackfillInProgressException', 'BackfillInProgress', 'retryable'],
    ['BlockedByOrganizationPolicyException', 'BlockedByOrganization', 'terminal'],
    ['InvalidParameterException', 'InvalidParameter', 'terminal'],
    ['ValidationException', 'InvalidParameter', 'terminal'],
    ['InvalidTagParameterException', 'InvalidParameter', 'terminal'],
    ['TooManyTagsException', 'InvalidParameter', 'terminal'],
    ['NobodyKnowsThisException', 'AWSError', 'retryable'],
    ['constructor', 'AWSError', 'retryable'],
  ] as const)('%s is %s, %s', (name, reason, kind) => {
    expect(classified(sdkError(name))).toEqual({ reason, kind });
  });

  test.each([
    ['a new principal that ECR does not see yet', "constraint: 'Principal not found'", 'PrincipalNotFound'],
    ['the other words for it', 'Invalid repository policy provided', 'PrincipalNotFound'],
  ])('%s can be mended by a retry', (_what, words, reason) => {
    expect(classified(sdkError('InvalidParameterException', words))).toEqual({ reason, kind: 'retryable' });
  });

  test.each<[string, Error, string]>([
    ['429', sdkError('Odd', 'x', { $metadata: { httpStatusCode: 429 } }), 'Throttled'],
    ['503', sdkError('Odd', 'x', { $metadata: { httpStatusCode: 503 } }), 'AWSUnavailable'],
    ['400', sdkError('Odd', 'x', { $metadata: { httpStatusCode: 400 } }), 'AWSError'],
    ['a refused connection', sdkError('Error', 'x', { code: 'ECONNREFUSED' }), 'AWSUnreachable'],
    ['a name that DNS does not know', sdkError('Error', 'x', { code: 'ENOTFOUND' }), 'AWSUnreachable'],
    ['a name server that is not there', sdkError('Error', 'x', { code: 'EAI_AGAIN' }), 'AWSUnreachable'],
    ['a proxy that refuses', sdkError('Error', 'x', { code: 'ERR_PROXY_TUNNEL' }), 'AWSUnreachable'],
    [
      'an authority that nobody trusts',
      sdkError('Error', 'x', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
      'CertificateNotTrusted',
    ],
    [
      'one that is nowhere to be found',
      sdkError('Error', 'x', { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }),
      'CertificateNotTrusted',
    ],
    [
      'a certificate that its owner made',
      sdkError('Error', 'x', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'CertificateNotTrusted',
    ],
    [
      'an authority that its owner made',
      sdkError('Error', 'x', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'CertificateNotTrusted',
    ],
  ])('without a known name, %s tells', (_what, error, reason) => {
    expect(classified(error)).toEqual({ reason, kind: 'retryable' });
  });

  test.each([
    ['RepositoryNotEmptyException', 300_000],
    ['LimitExceededException', 3_600_000],
  ])('%s is looked at again after a time of its own', (name, ms) => {
    expect(awsError(sdkError(name), 'ecr:DeleteRepository', 'x')).toMatchObject({ recheckAfterMs: ms });
  });

  test('a quota stays a quota although the SDK calls it throttling', () => {
    const error = Object.assign(sdkError('LimitExceededException'), { $retryable: { throttling: true } });
    expect(classified(error)).toEqual({ reason: 'QuotaExceeded', kind: 'terminal' });
  });
});

describe('the words of an error', () => {
  test('name the call, the resource and what AWS said; the request id is an occurrence, not part of them', () => {
    const cause = sdkError('AccessDeniedException', ' User x may not. ', {
      $metadata: { requestId: 'id-1', httpStatusCode: 400 },
    });
    const error = awsError(cause, 'ecr:CreateRepository', 'arn:aws:ecr:r:1:repository/web');
    expect(failureOf(error)).toEqual({
      reason: 'AccessDenied',
      message:
        'ecr:CreateRepository on arn:aws:ecr:r:1:repository/web: AccessDeniedException: User x may not.',
      occurrence: 'request id id-1',
    });
    expect([error.cause === cause, error instanceof RetryableError]).toEqual([true, true]);
  });

  test('say so where AWS gave none, and need no request id', () => {
    expect(failureOf(awsError(sdkError('ServerException', ' '), 'ecr:TagResource', 'x'))).toEqual({
      reason: 'AWSUnavailable',
      message: 'ecr:TagResource on x: ServerException: no words were given',
    });
  });

  test('are followed by what to do where they do not tell', () => {
    const words = 'Packed policy consumes 120% of allotted space, please use smaller policy.';
    const error = awsError(sdkError('PackedPolicyTooLarge', words), 'sts:AssumeRole', 'role');
    expect(error.message).toBe(
      `sts:AssumeRole on role: PackedPolicyTooLarge: ${words}; name a prefix such as team-a/* instead of single repositories`,
    );
  });

  test('something thrown that is no Error is shown too', () => {
    expect(failureOf(awsError('odd', 'ecr:TagResource', 'x'))).toEqual({
      reason: 'AWSError',
      message: 'ecr:TagResource on x: Error: odd',
    });
  });

  test('leave out the request that AWS echoes to a wrong signature: the session token stands in it', () => {
    const words = [
      'The request signature we calculated does not match the signature you provided.',
      '',
      'The Canonical String for this request should have been',
      "'POST\n/\n\nx-amz-security-token:IQoJb3JpZ2luX2Vj\n\nhost'",
      '',
      "The String-to-Sign should have been\n'AWS4-HMAC-SHA256'",
    ].join('\n');
    expect(awsError(sdkError('InvalidSignatureException', words), 'ecr:TagResource', 'x').message).toBe(
      'ecr:TagResource on x: InvalidSignatureException: The request signature we calculated does not match the signature you provided.',
    );
  });

  test('are told without the token of a web identity, which STS quotes where it is malformed', () => {
    const words =
      "2 validation errors detected: Value 'hush' at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4; Value 'x' at 'roleArn' failed";
    const { message } = awsError(sdkError('ValidationError', words), 'the search for credentials', 'x');
    expect(message).toContain("Value '(the token)' at 'webIdentityToken' failed to satisfy constraint");
    expect([message.includes('hush'), message.includes("Value 'x' at 'roleArn'")]).toEqual([false, true]);
  });
});

describe('what AWS has against whoever calls', () => {
  test.each<[unknown, ReturnType<typeof refusalOf>]>([
    [sdkError('ExpiredTokenException'), 'keys'],
    [sdkError('InvalidClientTokenId'), 'keys'],
    [sdkError('SignatureDoesNotMatch'), 'keys'],
    [sdkError('AccessDeniedException'), 'rights'],
    [sdkError('AccessDenied'), 'rights'],
    [sdkError('ThrottlingException'), undefined],
    [sdkError('InvalidParameterException', 'Principal not found'), undefined],
    [sdkError('NobodyKnowsThisException', 'x', { $metadata: { httpStatusCode: 403 } }), undefined],
    [new RetryableError('AccessDenied', 'of a role on the way'), undefined],
    ['no error at all', undefined],
  ])('%s: %s', (error, refusal) => {
    expect(refusalOf(error)).toBe(refusal);
  });
});
