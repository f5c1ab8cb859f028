import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { messageOf, TerminalError } from '../runtime/errors.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of `endpoint.caBundle` and those that this machine trusts anyway, as TLS wants them. Throws
 * `CaBundleInvalid` where one of the bundle cannot be read, or there is none.
 */
export function trustedAuthorities(caBundle: string): readonly string[] {
  const own = caBundle.match(CERTIFICATE) ?? [];
  const begun = caBundle.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (own.length === 0 || own.length !== begun)
    throw unreadable(`${own.length} of ${begun} certificates are whole`);
  own.forEach(requireCertificate);
  return [...getCACertificates('default'), ...own];
}

/** A few more than one installation has at a time. */
const MOST_KEPT = 16;

const contexts = new Map<string, SecureContext>();

/**
 * What TLS makes of {@link trustedAuthorities}, made once for each bundle: to read some hundred certificates takes tens
 * of milliseconds and a megabyte, which every connection would take for itself. Throws as that does.
 */
export function trustOf(caBundle: string): SecureContext {
  const context = contexts.get(caBundle) ?? createSecureContext({ ca: [...trustedAuthorities(caBundle)] });
  contexts.delete(caBundle);
  contexts.set(caBundle, context);
  for (const [oldest] of contexts) if (contexts.size > MOST_KEPT) contexts.delete(oldest);
  return context;
}

function requireCertificate(pem: string, index: number): void {
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw unreadable(`certificate ${index + 1}: ${messageOf(error)}`);
  }
}

function unreadable(words: string): TerminalError {
  return new TerminalError(
    'CaBundleInvalid',
    `spec.endpoint.caBundle cannot be read: ${words}; write certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----`,
  );
}
