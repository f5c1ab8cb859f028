import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the signature covers of a request. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The parts of `Authorization: AWS4-HMAC-SHA256 …`. */
export interface Signature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([0-9]{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Reads the header; undefined where it is absent or of another kind. */
export function parseSignature(header: string | undefined): Signature | undefined {
  const match = AUTHORIZATION.exec(header ?? '');
  if (match === null) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    match;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

/**
 * Recomputes the signature (AWS Signature Version 4, "Create a signed AWS API request"). The time in X-Amz-Date is
 * taken as it is: the simulator's clock is stepped by tests while the SDK signs with the machine's, so skew says
 * nothing here.
 */
export function signatureMatches(
  request: SignedRequest,
  signature: Signature,
  secretAccessKey: string,
): boolean {
  const scope = `${signature.date}/${signature.region}/${signature.service}/aws4_request`;
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'] ?? '',
    scope,
    sha256(canonicalRequest(request, signature)),
  ].join('\n');
  const key = [signature.date, signature.region, signature.service, 'aws4_request'].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return timingSafeEqual(hmac(key, stringToSign), Buffer.from(signature.signature, 'hex'));
}

function canonicalRequest(request: SignedRequest, signature: Signature): string {
  const [path = '/', query = ''] = request.url.split('?', 2);
  const headers = signature.signedHeaders.map((name) => `${name}:${headerValue(request.headers, name)}\n`);
  // The body's own hash, not the one that the client claims in X-Amz-Content-Sha256: a changed body has to show.
  return [
    request.method,
    path,
    query.split('&').sort().join('&'),
    headers.join(''),
    signature.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

function headerValue(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ');
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
