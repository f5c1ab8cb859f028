import { describe, expect, test } from '@jest/globals';
import type { PlannedLogin } from '../../../../src/controllers/pull-secret/decide.ts';
import {
  type Auths,
  decodedConfig,
  dockerLogin,
} from '../../../../src/controllers/pull-secret/docker-config.ts';
import {
  contentOfTokens,
  contentOver,
  foreignEntries,
} from '../../../../src/controllers/pull-secret/secret-content.ts';
import type { RegistryToken } from '../../../../src/controllers/pull-secret/token-store.ts';
import { HOST, HOUR, NOW } from '../objects.ts';
import { login, token, want } from './pull-objects.ts';

const OTHER = token({ id: 'other|', hosts: ['a.example', 'b.example'], password: 'quiet' });
const OF_OTHER = login({ login: 'other', id: 'other|', hosts: OTHER.hosts });
const TOKEN: PlannedLogin = { from: 'memory', want: want(), token: token() };
const OTHER_TOKEN: PlannedLogin = { from: 'memory', want: want('other'), token: OTHER };
const KEPT: PlannedLogin = { from: 'secret', login: OF_OTHER };

const OLD: Auths = { 'a.example': dockerLogin('old'), 'b.example': dockerLogin('old') };
/** What others may have written. */
const FOREIGN: Auths = {
  'registry.example': { auth: 'eDp5' },
  'null.example': null,
  'text.example': 'text',
  'list.example': [1, { a: 'b' }],
  '': {},
};

function over(planned: readonly PlannedLogin[], auths: Auths, keep: boolean, ours = [OF_OTHER]) {
  const { logins, data } = contentOver(planned, auths, { keep, ours });
  return { names: logins.map((one) => one.login), auths: decodedConfig(data) };
}

describe('the content of tokens from memory', () => {
  test('has one entry for each host name that they open, and says what they are', () => {
    const { logins, data } = contentOfTokens([TOKEN, OTHER_TOKEN]) ?? {};
    expect(logins).toEqual([login(), OF_OTHER]);
    expect(decodedConfig(data)).toEqual({
      [HOST]: dockerLogin('hush'),
      'a.example': dockerLogin('quiet'),
      'b.example': dockerLogin('quiet'),
    });
  });

  test('is the same bytes in whatever order they come, and from wherever', () => {
    const bytes = [
      contentOfTokens([TOKEN, OTHER_TOKEN]),
      contentOfTokens([OTHER_TOKEN, TOKEN]),
      contentOfTokens([{ ...TOKEN, token: token() }, OTHER_TOKEN]),
      contentOver([OTHER_TOKEN, TOKEN], {}, { keep: false, ours: [] }),
    ].map((content) => content?.data);
    expect(new Set(bytes).size).toBe(1);
  });

  test('has other bytes for a later token', () => {
    const later = token({ password: 'later', issuedAt: NOW + HOUR });
    const passwords = [token(), later].map((one) => {
      const { data } = contentOfTokens([{ ...TOKEN, token: one }, OTHER_TOKEN]) ?? {};
      return (decodedConfig(data)[HOST] as ReturnType<typeof dockerLogin>).password;
    });
    expect(passwords).toEqual(['hush', 'later']);
  });

  test('knows one token beside another from the same beside a later one', () => {
    const later: PlannedLogin = { ...OTHER_TOKEN, token: { ...OTHER, password: 'x', issuedAt: NOW + 1 } };
    const [a, b] = [contentOfTokens([TOKEN, OTHER_TOKEN]), contentOfTokens([TOKEN, later])];
    expect([a?.data === b?.data, contentOfTokens([TOKEN])?.data === a?.data]).toEqual([false, false]);
  });

  test('is encoded once, and remembered of the last 64 combinations with its first token only', () => {
    let reads = 0;
    const first = token();
    /** Beside the `index`th other token; whoever encodes them reads its password. */
    const encode = (index: number): string | undefined => {
      const counted: RegistryToken = Object.defineProperty({ ...OTHER, id: `other${index}|` }, 'password', {
        get() {
          reads += 1;
          return 'quiet';
        },
      });
      const planned: PlannedLogin = { from: 'memory', want: want('other'), token: counted };
      return contentOfTokens([{ ...TOKEN, token: first }, planned])?.data;
    };
    const bytes = encode(0);
    const perEncoding = reads;
    for (let index = 1; index < 64; index += 1) encode(index);
    expect([encode(0) === bytes, reads / perEncoding]).toEqual([true, 64]);
    encode(64);
    expect([encode(0) === bytes, reads / perEncoding]).toEqual([true, 65]);
    expect([encode(1) === bytes, reads / perEncoding]).toEqual([true, 66]);
  });

  test('is none where something of the Secret is to be taken over', () => {
    expect([contentOfTokens([TOKEN, KEPT]), contentOfTokens([KEPT])]).toEqual([undefined, undefined]);
  });

  test('of no token has no entries', () => {
    const { logins, data } = contentOfTokens([]) ?? {};
    expect([logins, decodedConfig(data)]).toEqual([[], {}]);
  });
});

describe('the content over what is there', () => {
  test('takes over the login that there is no token for, and has the new token beside it', () => {
    expect(over([TOKEN, KEPT], { ...OLD, [HOST]: dockerLogin('older') }, false)).toEqual({
      names: ['default', 'other'],
      auths: { ...OLD, [HOST]: dockerLogin('hush') },
    });
  });

  test('does not claim a login of which a host is missing', () => {
    expect(over([TOKEN, KEPT], { 'a.example': dockerLogin('old') }, false)).toEqual({
      names: ['default'],
      auths: { [HOST]: dockerLogin('hush') },
    });
  });

  test('does not take what every object has for a host', () => {
    const planned: PlannedLogin = { from: 'secret', login: { ...OF_OTHER, hosts: ['constructor'] } };
    expect(over([TOKEN, planned], {}, false).names).toEqual(['default']);
  });

  test('drops the entries of others unless they are kept', () => {
    expect(over([TOKEN], { ...FOREIGN, ...OLD }, false).auths).toEqual({ [HOST]: dockerLogin('hush') });
  });

  test('keeps the entries of others, of whatever shape, and drops ours of before', () => {
    expect(over([TOKEN], { ...FOREIGN, ...OLD }, true)).toEqual({
      names: ['default'],
      auths: { ...FOREIGN, [HOST]: dockerLogin('hush') },
    });
  });

  test('keeps them beside a login that is taken over', () => {
    expect(over([KEPT], { ...FOREIGN, ...OLD }, true)).toEqual({
      names: ['other'],
      auths: { ...FOREIGN, ...OLD },
    });
  });

  test('puts our token in the place of an entry of another for the same host', () => {
    const auths = { [HOST]: { auth: 'theirs' }, ...FOREIGN };
    expect(over([TOKEN], auths, true).auths).toEqual({ ...FOREIGN, [HOST]: dockerLogin('hush') });
  });

  test('has a token rather than what is taken over, where both have a host', () => {
    const same: PlannedLogin = { from: 'secret', login: { ...OF_OTHER, hosts: [HOST] } };
    for (const planned of [
      [TOKEN, same],
      [same, TOKEN],
    ])
      expect(over(planned, { [HOST]: dockerLogin('old') }, false).auths).toEqual({
        [HOST]: dockerLogin('hush'),
      });
  });
});

test('the entries of others are those that no login of ours stands for', () => {
  expect(foreignEntries({ ...FOREIGN, ...OLD, [HOST]: 1 }, [login(), OF_OTHER])).toEqual(FOREIGN);
  expect(foreignEntries(FOREIGN, [])).toEqual(FOREIGN);
});
