import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Login,
  loginOf,
  readLogins,
  writeLogins,
} from '../../../../src/controllers/pull-secret/logins.ts';
import { HOST, HOUR, NOW } from '../objects.ts';
import { login, token, want } from './pull-objects.ts';

const OTHER = login({
  login: 'another',
  id: 'another|team/*',
  scope: 'Scoped',
  hosts: ['a.example', 'b.example'],
});

/** As it stands in a Secret. */
const WRITTEN = {
  registry: 'default',
  id: 'default|',
  scope: 'PullOnly',
  hosts: [HOST],
  issuedAt: '2026-01-01T12:00:00Z',
  expiresAt: '2026-01-02T00:00:00Z',
  rotateAt: '2026-01-01T18:00:00Z',
};

describe('the annotation of a Secret', () => {
  test('says what each token opens and how long it lives, and nothing secret', () => {
    const text = writeLogins([loginOf(want(), token())]);
    expect(JSON.parse(text)).toEqual([WRITTEN]);
    expect(text).not.toContain('hush');
  });

  test('holds whole seconds, none of them later than the truth', () => {
    const times = { issuedAt: NOW + 999, rotateAt: NOW + HOUR + 1, expiresAt: NOW + 2 * HOUR + 500 };
    expect(loginOf(want(), token(times))).toEqual(
      login({ issuedAt: NOW, rotateAt: NOW + HOUR, expiresAt: NOW + 2 * HOUR }),
    );
  });

  test('is the same text in whatever order the logins come', () => {
    expect(writeLogins([login(), OTHER])).toBe(writeLogins([OTHER, login()]));
    expect(JSON.parse(writeLogins([login(), OTHER]))[0].registry).toBe('another');
  });

  test('is read as it was written', () => {
    const seconds = fc.integer({ min: 1, max: 4_000_000_000 }).map((one) => one * 1_000);
    const some = fc.record({
      login: fc.string(),
      id: fc.string(),
      scope: fc.constantFrom('Scoped', 'PullOnly', 'Identity'),
      hosts: fc.array(fc.string()),
      times: fc.tuple(seconds, seconds, seconds).map((three) => three.sort((a, b) => a - b)),
    });
    const logins = fc.uniqueArray(
      some.map(({ times: [issuedAt = 0, rotateAt = 0, expiresAt = 0], ...rest }): Login => {
        return { ...rest, issuedAt, rotateAt, expiresAt };
      }),
      { selector: (one) => one.login },
    );
    const byLogin = (list: readonly Login[]) => [...list].sort((a, b) => (a.login < b.login ? -1 : 1));
    fc.assert(fc.property(logins, (list) => expect(readLogins(writeLogins(list))).toEqual(byLogin(list))));
  });

  test('that is equal is read once: thousands of Secrets have the same', () => {
    const text = writeLogins([login(), OTHER]);
    const first = readLogins(text);
    readLogins(writeLogins([login()]));
    expect(readLogins(`${text}`)).toBe(first);
  });

  test('is remembered of the last thousands only, and read all the same after that', () => {
    const text = (index: number): string => writeLogins([login({ id: `default|n${index}` })]);
    const first = readLogins(text(0));
    for (let index = 0; index < 2_100; index += 1) {
      expect(readLogins(text(index))?.[0]?.id).toBe(`default|n${index}`);
    }
    expect(readLogins(text(0))).toEqual(first);
    expect(readLogins(text(0))).not.toBe(first);
  });

  test('is remembered up to eight million characters of all, and of what is asked for', () => {
    const long = (index: number): string =>
      writeLogins([login({ id: `default|${index}${'x'.repeat(60_000)}` })]);
    const [often, once] = [readLogins(long(0)), readLogins(long(1))];
    expect([readLogins(long(0)) === often, readLogins(long(1)) === once]).toEqual([true, true]);
    for (let index = 2; index < 150; index += 1) {
      readLogins(long(index));
      readLogins(long(0));
    }
    expect([readLogins(long(0)) === often, readLogins(long(1)) === once]).toEqual([true, false]);
  });

  test('is believed where a token is due as soon as it is there, and where it ends then', () => {
    const atOnce = [login({ rotateAt: NOW }), OTHER, login({ login: 'x', rotateAt: NOW, expiresAt: NOW })];
    expect(readLogins(writeLogins(atOnce))?.length).toBe(3);
  });

  test('that is not there is nothing', () => {
    expect(readLogins(undefined)).toBeUndefined();
  });
});

describe('an annotation is not believed', () => {
  test.each([
    ['that is empty', ''],
    ['that is no JSON', '[{'],
    ['that is no list', '{}'],
    ['that is a text', '"default"'],
    ['that is null', 'null'],
    ['that is a number', '1'],
    ['of nothings', '[null]'],
    ['of numbers', '[1]'],
    ['of lists', '[[]]'],
    ['of empty objects', '[{}]'],
  ])('%s', (_what, text) => {
    expect(readLogins(text)).toBeUndefined();
  });

  test.each<[string, object]>([
    ['without a name', { registry: undefined }],
    ['with a name that is no text', { registry: 1 }],
    ['without an id', { id: undefined }],
    ['with an id that is no text', { id: ['default|'] }],
    ['with a scope that we do not know', { scope: 'Everything' }],
    ['with a scope of every object', { scope: 'constructor' }],
    ['without a scope', { scope: undefined }],
    ['without hosts', { hosts: undefined }],
    ['with one host that is no list', { hosts: HOST }],
    ['with an empty text for hosts', { hosts: '' }],
    ['with hosts that are an object', { hosts: { 0: HOST, length: 1 } }],
    ['with a host that is no text', { hosts: [HOST, 1] }],
    ['with a host that is nothing', { hosts: [null] }],
    ['without a time', { rotateAt: undefined }],
    ['with a time that is a number', { rotateAt: NOW }],
    ['with a time in words', { expiresAt: 'never' }],
    ['with a year that the API server refuses', { rotateAt: '+275760-09-12T00:00:00Z' }],
    ['with parts of seconds', { rotateAt: '2026-01-01T18:00:00.5Z' }],
    ['with another time zone', { rotateAt: '2026-01-01T18:00:00+01:00' }],
    ['with a month that there is not', { rotateAt: '2026-13-01T18:00:00Z' }],
    ['with words behind the time', { rotateAt: '2026-01-01T18:00:00Z or so' }],
    ['with words before the time', { rotateAt: 'at 2026-01-01T18:00:00Z' }],
    ['with the beginning of time', { issuedAt: '1970-01-01T00:00:00Z' }],
    ['with a rotation after the end', { rotateAt: '2026-01-02T00:00:01Z' }],
    ['with a beginning after the rotation', { issuedAt: '2026-01-01T18:00:01Z' }],
  ])('%s, nor what stands beside it', (_how, more) => {
    expect(readLogins(JSON.stringify([WRITTEN, { ...WRITTEN, ...more }]))).toBeUndefined();
  });

  test.each([
    ['of 17 logins, which is all that there can be', 17, 0, 17],
    ['of 18', 18, 0, undefined],
    ['of 64 kB', 1, 65_536, 1],
    ['of more', 1, 65_537, undefined],
  ])('%s: %p, %p characters', (_what, count, length, expected) => {
    const logins = Array.from({ length: count }, (_, index) => login({ login: `r${index}` }));
    const missing = Math.max(0, length - writeLogins(logins).length);
    const padded = logins.map((one) => ({ ...one, id: one.id + 'x'.repeat(missing) }));
    const text = writeLogins(padded);
    if (length) expect(text.length).toBe(length);
    expect(readLogins(text)?.length).toBe(expected);
  });

  test('and nothing is remembered of it', () => {
    const [good, bad] = [JSON.stringify([WRITTEN]), JSON.stringify([{ ...WRITTEN, hosts: 1 }])];
    for (const _ of [1, 2]) expect([readLogins(bad), readLogins(good)]).toEqual([undefined, [login()]]);
  });
});
