import { describe, expect, test } from '@jest/globals';
import {
  isConflict,
  isGone,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
  KubeError,
  kubeErrorOf,
} from '../../../src/runtime/kube-errors.ts';

const status = (fields: object): string => JSON.stringify({ kind: 'Status', status: 'Failure', ...fields });

describe('kubeErrorOf', () => {
  test('takes reason and message of the Status, and no more of the body', () => {
    const error = kubeErrorOf(404, status({ reason: 'NotFound', message: 'no such thing', code: 404 }));
    expect(error).toMatchObject({ status: 404, kubeReason: 'NotFound', message: 'no such thing' });
  });

  test.each([
    ['a page of a load balancer', '<html>password=1</html>'],
    ['an empty body', ''],
    ['JSON that is no Status', '{"message":"secret"}'],
    ['JSON that is no object', 'null'],
    ['a body that was cut off', '{"kind":"Status","mess'],
  ])('says nothing of %s', (_what, body) => {
    expect(kubeErrorOf(502, body)).toMatchObject({ kubeReason: '', message: 'the API server answered 502' });
  });

  test.each<[string, string | undefined, object, number | undefined]>([
    ['the header', '3', {}, 3_000],
    ['the details', undefined, { retryAfterSeconds: 7 }, 7_000],
    ['the header before the details', '3', { retryAfterSeconds: 7 }, 3_000],
    ['neither', undefined, {}, undefined],
    [
      'a header with a date, in the details',
      'Wed, 21 Oct 2026 07:28:00 GMT',
      { retryAfterSeconds: 7 },
      7_000,
    ],
    ['a header with a date', 'Wed, 21 Oct 2026 07:28:00 GMT', {}, undefined],
  ])('when to come back is told by %s', (_where, header, details, ms) => {
    expect(kubeErrorOf(429, status({ details }), header).retryAfterMs).toBe(ms);
  });
});

const OTHER_UID = 'Secret "a" is invalid: metadata.uid: Invalid value: "0": field is immutable';
const DENIED =
  "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: false";
const DENIED_BY_WEBHOOK = 'admission webhook "w.example.com" denied the request: no';
const TERMINATING = 'unable to create new content in namespace a because it is being terminated';

test.each([
  ['a right that is missing', 403, 'secrets "a" is forbidden: User "u" cannot patch resource', true],
  ['a policy, which answers 422 by default', 422, DENIED, true],
  ['a webhook, which answers 400 by default', 400, DENIED_BY_WEBHOOK, true],
  ['a webhook that answers 422', 422, DENIED_BY_WEBHOOK, true],
  ['no field that is invalid', 422, OTHER_UID, false],
  ['no error of the API server', 500, 'Internal error occurred', false],
])('the reason KubernetesForbidden is for %s', (_what, code, message, expected) => {
  const { reason } = new KubeError(code, '', message);
  expect(reason).toBe(expected ? 'KubernetesForbidden' : 'KubernetesError');
});

test.each<[string, (error: unknown) => boolean, unknown, boolean]>([
  ['what a policy denies is not invalid', isInvalid, new KubeError(422, 'Invalid', DENIED), false],
  ['nor is what a webhook denies', isInvalid, new KubeError(422, 'Invalid', DENIED_BY_WEBHOOK), false],
  ['a 404 is not found', isNotFound, new KubeError(404, 'NotFound', ''), true],
  ['a 409 is a conflict', isConflict, new KubeError(409, 'Conflict', ''), true],
  [
    'so is the uid of an object that has been replaced',
    isConflict,
    new KubeError(422, 'Invalid', OTHER_UID),
    true,
  ],
  [
    'an invalid field is none',
    isConflict,
    new KubeError(422, 'Invalid', 'spec.uid: Invalid value: 1'),
    false,
  ],
  ['what is invalid is so', isInvalid, new KubeError(422, 'Invalid', ''), true],
  ['a 410 is gone', isGone, new KubeError(410, 'Expired', ''), true],
  ['a 500 is not gone', isGone, new KubeError(500, 'InternalError', ''), false],
  ['an error of somebody else is not gone', isGone, Object.assign(new Error(''), { status: 410 }), false],
  ['nothing is not found', isNotFound, undefined, false],
  ['a namespace may be terminating', isNamespaceTerminating, new KubeError(403, '', TERMINATING), true],
  ['a 403 may have other reasons', isNamespaceTerminating, new KubeError(403, 'Forbidden', 'no'), false],
])('%s', (_sentence, is, error, answer) => {
  expect(is(error)).toBe(answer);
});
