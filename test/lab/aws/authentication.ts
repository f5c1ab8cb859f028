import { AwsError } from './aws-error.ts';
import { type Caller, markedCaller } from './callers.ts';
import type { Identity } from './identity.ts';
import { parseSignature, type SignedRequest, signatureMatches } from './sigv4.ts';
import type { SimulatorClock } from './simulator-clock.ts';

/** Who asks, and in which region he asked: the region is part of what he signed. */
export interface Authenticated {
  readonly caller: Caller;
  readonly region: string;
}

interface Wording {
  readonly missing: AwsError;
  readonly unknownKey: AwsError;
  readonly expired: AwsError;
  readonly signature: AwsError;
}

const SIGNATURE_TEXT =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const INVALID_TOKEN_TEXT = 'The security token included in the request is invalid.';
const EXPIRED_TOKEN_TEXT = 'The security token included in the request is expired';

/** The services as signatures name them. */
export type SignedService = 'ecr' | 'ecr-public' | 'sts';

/** JSON services and STS refuse the same things by different names and statuses. */
const WORDING: Readonly<Record<'json' | 'query', Wording>> = {
  json: {
    missing: new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token'),
    unknownKey: new AwsError('UnrecognizedClientException', INVALID_TOKEN_TEXT),
    expired: new AwsError('ExpiredTokenException', EXPIRED_TOKEN_TEXT),
    signature: new AwsError('InvalidSignatureException', SIGNATURE_TEXT),
  },
  query: {
    missing: new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
    unknownKey: new AwsError('InvalidClientTokenId', INVALID_TOKEN_TEXT, 403),
    expired: new AwsError('ExpiredToken', EXPIRED_TOKEN_TEXT, 403),
    signature: new AwsError('SignatureDoesNotMatch', SIGNATURE_TEXT, 403),
  },
};

/** Checks signature, session token and expiry; throws what AWS answers. */
export function authenticate(
  request: SignedRequest,
  service: SignedService,
  identity: Identity,
  clock: SimulatorClock,
): Authenticated {
  const wording = WORDING[service === 'sts' ? 'query' : 'json'];
  const signature = parseSignature(request.headers.authorization);
  if (signature === undefined) throw wording.missing;
  const holder = identity.keyHolder(signature.accessKeyId);
  if (holder === undefined) throw wording.unknownKey;
  if (request.headers['x-amz-security-token'] !== holder.sessionToken) throw wording.unknownKey;
  if (signature.service !== service) throw wording.signature;
  if (!signatureMatches(request, signature, holder.secretAccessKey)) throw wording.signature;
  const ends = holder.caller.sessionEnds;
  if (ends !== undefined && clock.now() >= ends) throw wording.expired;
  const caller = markedCaller(holder.caller, request.headers['user-agent']);
  return { caller, region: signature.region };
}
