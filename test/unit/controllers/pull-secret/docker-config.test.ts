import { describe, expect, test } from '@jest/globals';
import {
  decodedConfig,
  dockerLogin,
  encodedConfig,
} from '../../../../src/controllers/pull-secret/docker-config.ts';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('the content of a pull Secret', () => {
  test('is what docker login writes', () => {
    const content = Buffer.from(encodedConfig({ 'b.example': dockerLogin('p:1') }), 'base64').toString();
    expect(JSON.parse(content)).toEqual({
      auths: { 'b.example': { username: 'AWS', password: 'p:1', auth: base64('AWS:p:1') } },
    });
  });

  test('is the same bytes for the same logins, in whatever order they come', () => {
    const [a, b] = [dockerLogin('p'), dockerLogin('q')];
    const one = encodedConfig({ 'b.example': b, 'a.example': a });
    expect(one).toBe(encodedConfig({ 'a.example': { ...a }, 'b.example': b }));
    expect(Object.keys(decodedConfig(one))).toEqual(['a.example', 'b.example']);
  });

  test('is read as it was written, whatever shape the entries of others have', () => {
    const auths = { 'a.example': dockerLogin('p'), b: null, c: 'text', d: [1], '': {}, '9': { auth: 1 } };
    expect(decodedConfig(encodedConfig(auths))).toEqual(auths);
  });

  test.each([
    ['is not there', undefined],
    ['is empty', ''],
    ['is no base64', '!!!'],
    ['is no JSON', base64('{')],
    ['is null', base64('null')],
    ['is a number', base64('1')],
    ['has no auths', base64('{}')],
    ['has auths that are null', base64('{"auths":null}')],
    ['has auths that are a list', base64('{"auths":[1]}')],
    ['has auths that are a text', base64('{"auths":"x"}')],
  ])('that %s has no logins', (_what, data) => {
    expect(decodedConfig(data)).toEqual({});
  });
});
