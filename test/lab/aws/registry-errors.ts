import type { ServerResponse } from 'node:http';
import { AwsError } from './aws-error.ts';

/** ECR's errors in the registry API's terms, by name; whatever is not listed is an UNKNOWN of the same status. */
const CODES: Readonly<Record<string, { readonly status: number; readonly code: string }>> = {
  AccessDeniedException: { status: 403, code: 'DENIED' },
  RepositoryNotFoundException: { status: 404, code: 'NAME_UNKNOWN' },
  ImageNotFoundException: { status: 404, code: 'MANIFEST_UNKNOWN' },
  ImageTagAlreadyExistsException: { status: 400, code: 'TAG_INVALID' },
  ImageDigestDoesNotMatchException: { status: 400, code: 'DIGEST_INVALID' },
  ThrottlingException: { status: 429, code: 'TOOMANYREQUESTS' },
  UnsupportedOperation: { status: 405, code: 'UNSUPPORTED' },
  InvalidBearer: { status: 400, code: 'DENIED' },
};

/** Answers an error in the form of the OCI distribution specification. */
export function sendRegistryError(response: ServerResponse, error: AwsError): void {
  const { status, code } = CODES[error.name] ?? { status: error.status, code: 'UNKNOWN' };
  const body = JSON.stringify({ errors: [{ code, message: error.message }] });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

/** The answer to `/v2/`, by which clients see that they are let in. */
export function sendBase(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}

/** What ECR answers to a request without credentials; its challenge is Basic, not Bearer. */
export function sendChallenge(response: ServerResponse, host: string): void {
  response
    .writeHead(401, {
      'www-authenticate': `Basic realm="https://${host}/",service="ecr.amazonaws.com"`,
      'content-type': 'text/plain; charset=utf-8',
    })
    .end('Not Authorized\n');
}

/** The refusal of a token that was never issued. */
export const INVALID_TOKEN = new AwsError(
  'AccessDeniedException',
  'Your Authorization Token is invalid.',
  403,
);

/** As seen by users of ECR in aws-cli#2351 and amazon-ecr-credential-helper#286. */
export const EXPIRED_TOKEN = new AwsError(
  'AccessDeniedException',
  'Your authorization token has expired. Reauthenticate and try again.',
  403,
);
