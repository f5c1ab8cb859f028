import { describe, expect, test } from '@jest/globals';
import { releaseBody, secretBody } from '../../../../src/controllers/pull-secret/secret-body.ts';
import { contentOfTokens } from '../../../../src/controllers/pull-secret/secret-content.ts';
import { cluster, own, token, want } from './pull-objects.ts';

const CONTENT = contentOfTokens([{ from: 'memory', want: want(), token: token() }]) ?? {
  logins: [],
  data: '',
};
const INPUT = {
  target: { namespace: 'team', secretName: 'ecr-pull' },
  holder: cluster(),
  content: CONTENT,
};
const BODY = {
  metadata: {
    name: 'ecr-pull',
    namespace: 'team',
    labels: { 'app.kubernetes.io/managed-by': 'ecr-operator' },
    annotations: {
      'ecr-operator.io/holder': 'ClusterPullSecret/all',
      'ecr-operator.io/foreign-entries': 'Remove',
      'ecr-operator.io/tokens':
        '[{"registry":"default","id":"default|","scope":"PullOnly","hosts":["123456789012.dkr.ecr.us-east-1.amazonaws.com"],"issuedAt":"2026-01-01T12:00:00Z","expiresAt":"2026-01-02T00:00:00Z","rotateAt":"2026-01-01T18:00:00Z"}]',
    },
  },
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': CONTENT.data },
};

describe('a pull Secret as it is applied', () => {
  test('has all that is ours, and the token nowhere but in its data', () => {
    const made = secretBody(INPUT);
    expect(made).toEqual(BODY);
    expect(JSON.stringify({ ...made, data: undefined })).not.toContain('hush');
  });

  test('names the Secret that it replaces, and the version that it was made from', () => {
    const metadata = { ...BODY.metadata, uid: 'u1', resourceVersion: '7' };
    expect(secretBody({ ...INPUT, uid: 'u1', resourceVersion: '7' })).toEqual({ ...BODY, metadata });
    expect(secretBody({ ...INPUT, uid: undefined, resourceVersion: undefined })).toEqual(BODY);
  });

  test('says who holds it, and whether that one keeps the entries of others', () => {
    const { metadata } = secretBody({
      ...INPUT,
      holder: own('mine', { foreignEntries: 'Keep' }),
    }) as typeof BODY;
    expect(metadata.annotations).toMatchObject({
      'ecr-operator.io/holder': 'PullSecret/mine',
      'ecr-operator.io/foreign-entries': 'Keep',
    });
  });
});

describe('a pull Secret that is let go', () => {
  const version = { uid: 'u1', resourceVersion: '7' };
  const metadata = {
    ...version,
    labels: { 'app.kubernetes.io/managed-by': null },
    annotations: {
      'ecr-operator.io/holder': null,
      'ecr-operator.io/foreign-entries': null,
      'ecr-operator.io/tokens': null,
      'ecr-operator.io/hand-over': null,
    },
  };

  test('loses all of our marks, and keeps its content', () => {
    expect(releaseBody(version)).toEqual({ metadata });
  });

  test('has what is left of it', () => {
    const annotations = { ...metadata.annotations, 'ecr-operator.io/hand-over': 'true' };
    expect(releaseBody(version, { shared: 'eA==' })).toEqual({
      metadata: { ...metadata, annotations },
      data: { '.dockerconfigjson': 'eA==' },
    });
  });
});
