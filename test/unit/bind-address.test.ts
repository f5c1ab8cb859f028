import { expect, test } from '@jest/globals';
import { type BindAddress, collide, readBindAddress } from '../../src/bind-address.ts';

test.each<[string, BindAddress | 'none' | undefined]>([
  [':8080', { host: '', port: 8080 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ['[::1]:8081', { host: '::1', port: 8081 }],
  ['[::]:8081', { host: '::', port: 8081 }],
  ['0', 'none'],
  ['8080', undefined],
  ['', undefined],
  [':', undefined],
  [':65536', undefined],
  [':-1', undefined],
  [':1.5', undefined],
  ['::1:8080', undefined],
  ['[::1]', undefined],
  ['[x]:1', undefined],
  ['http://a:1', undefined],
  ['a b:1', undefined],
])('"%s" is read rightly', (text, wanted) => {
  expect(readBindAddress(text)).toEqual(wanted);
});

const at = (host: string, port: number): BindAddress => ({ host, port });

test.each<[string, boolean, BindAddress | undefined, BindAddress | undefined]>([
  ['the same', true, at('', 1), at('', 1)],
  ['every address and one of them', true, at('', 1), at('127.0.0.1', 1)],
  ['two addresses', false, at('127.0.0.2', 1), at('127.0.0.1', 1)],
  ['two ports', false, at('', 1), at('', 2)],
  ['any free port', false, at('', 0), at('', 0)],
  ['none', false, undefined, at('', 1)],
])('%s collide: %s', (_what, wanted, one, other) => {
  expect([collide(one, other), collide(other, one)]).toEqual([wanted, wanted]);
});
