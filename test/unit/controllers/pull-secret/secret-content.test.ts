import { describe, expect, test } from '@jest/globals';
import { dockerConfigJson } from '../../../../src/controllers/pull-secret/docker-config.ts';
import { secretBody } from '../../../../src/controllers/pull-secret/secret-body.ts';
import { HOST, registry, token } from '../objects.ts';

const LOGIN = { host: 'b.example', password: 'p:1' };

describe('the content of a pull Secret', () => {
  test('is what docker login writes', () => {
    expect(JSON.parse(dockerConfigJson([LOGIN]))).toEqual({
      auths: {
        'b.example': {
          username: 'AWS',
          password: 'p:1',
          auth: Buffer.from('AWS:p:1').toString('base64'),
        },
      },
    });
  });

  test('is the same bytes for the same logins, in whatever order they come', () => {
    const other = { host: 'a.example', password: 'q' };
    const [one, two] = [dockerConfigJson([LOGIN, other]), dockerConfigJson([other, { ...LOGIN }])];
    expect(one).toBe(two);
    expect(Object.keys(JSON.parse(one).auths)).toEqual(['a.example', 'b.example']);
  });
});

describe('a pull Secret as it is applied', () => {
  const input = {
    target: { namespace: 'team', secretName: 'ecr-pull' },
    holder: 'ClusterPullSecret/all',
    registry: registry(),
    token: token(),
  };
  const content = dockerConfigJson([{ host: HOST, password: 'hush' }]);
  const body = {
    metadata: {
      name: 'ecr-pull',
      namespace: 'team',
      labels: { 'app.kubernetes.io/managed-by': 'ecr-operator' },
      annotations: {
        'ecr-operator.io/holder': 'ClusterPullSecret/all',
        'ecr-operator.io/registry': `default ${HOST}`,
        'ecr-operator.io/issued-at': '2026-01-01T12:00:00Z',
        'ecr-operator.io/expires-at': '2026-01-02T00:00:00Z',
        'ecr-operator.io/rotate-at': '2026-01-01T18:00:00Z',
      },
    },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(content).toString('base64') },
  };

  test('has all that is ours, and the token nowhere but in its data', () => {
    const made = secretBody(input);
    expect(made).toEqual(body);
    expect(JSON.stringify({ ...made, data: undefined })).not.toContain('hush');
  });

  test('names the Secret that it replaces', () => {
    expect(secretBody({ ...input, uid: 'u1' })).toEqual({
      ...body,
      metadata: { ...body.metadata, uid: 'u1' },
    });
  });

  test('has other bytes for another token', () => {
    const bytes = [input.token, token({ password: 'other' })].map((one) => {
      const { data } = secretBody({ ...input, token: one }) as typeof body;
      return data['.dockerconfigjson'];
    });
    expect(bytes[0]).not.toBe(bytes[1]);
  });
});
