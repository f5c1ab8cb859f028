import { getCACertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { trustedAuthorities, trustOf } from '../../../src/ecr/trusted-authorities.ts';
import { failureOf } from '../../../src/runtime/errors.ts';

const [FIRST = '', SECOND = ''] = getCACertificates('bundled').map((pem) => pem.trim());

describe('a bundle of certificates', () => {
  test('is trusted beside what the machine trusts', () => {
    const bundle = `Subject: one\n${FIRST}\n\nSubject: two\n${SECOND}\n`;
    expect(trustedAuthorities(bundle)).toEqual([...getCACertificates('default'), FIRST, SECOND]);
  });

  test('may have the line ends of Windows', () => {
    expect(trustedAuthorities(FIRST.replaceAll('\n', '\r\n')).length).toBe(
      getCACertificates('default').length + 1,
    );
  });

  test.each([
    ['without any certificate', 'hello', '0 of 0 certificates are whole'],
    ['that ends too early', `${FIRST}\n${SECOND.slice(0, 300)}`, '1 of 2 certificates are whole'],
    [
      'of something else in PEM’s clothes',
      `${FIRST}\n-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----`,
      'certificate 2: ',
    ],
  ])('%s is refused, with the place', (_what, bundle, words) => {
    let thrown: unknown;
    try {
      trustedAuthorities(bundle);
    } catch (error) {
      thrown = error;
    }
    expect(failureOf(thrown)).toEqual({
      reason: 'CaBundleInvalid',
      message: expect.stringContaining(`spec.endpoint.caBundle cannot be read: ${words}`),
    });
  });
});

describe('what TLS makes of a bundle', () => {
  const spaced = (count: number) => `${FIRST}${'\n'.repeat(count)}`;

  test('is made once for all clients, and another for another bundle', () => {
    const [first, again, other] = [FIRST, FIRST, SECOND].map(trustOf);
    expect([again === first, other === first]).toEqual([true, false]);
  });

  test('is kept for sixteen bundles, those that were asked for last', () => {
    const [first, second] = [trustOf(spaced(1)), trustOf(spaced(2))];
    for (let count = 3; count <= 16; count += 1) trustOf(spaced(count));
    expect(trustOf(spaced(1))).toBe(first);
    trustOf(spaced(17));
    expect([trustOf(spaced(1)) === first, trustOf(spaced(2)) === second]).toEqual([true, false]);
  });
});
