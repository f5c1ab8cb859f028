import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { findLeaks } from '../../lab/leaks.ts';

const secret = randomBytes(1_536).toString('base64');

describe('a secret in a text is found', () => {
  test.each([
    ['raw', (text: string) => text],
    ['in base64', (text: string) => Buffer.from(text).toString('base64')],
    ['in the base64 of a login', (text: string) => Buffer.from(`AWS:${text}`).toString('base64')],
    ['in the base64 of a docker config', (text: string) => Buffer.from(`{"p":"${text}"}`).toString('base64')],
    ['in base64 behind two bytes', (text: string) => Buffer.from(`ab${text}c`).toString('base64')],
    ['in base64 behind one byte', (text: string) => Buffer.from(`a${text}bc`).toString('base64')],
  ])('%s', (_how, hide) => {
    expect(findLeaks(`before ${hide(secret)} after`, ['another secret of some length', secret])).toEqual([1]);
  });
});

test('a text without it is clean', () => {
  expect(
    findLeaks(`${secret.slice(1)} ${Buffer.from(secret.slice(3)).toString('base64')}`, [secret]),
  ).toEqual([]);
});

test('words that are too short to be secrets are no leak', () => {
  expect(findLeaks('the word AWS stands here', ['AWS', ''])).toEqual([]);
});
