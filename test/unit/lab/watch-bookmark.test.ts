import { expect, test } from '@jest/globals';
import { bookmarkAfter } from '../../lab/watch-bookmark.ts';

const from = (query: string) => ({ query: new URLSearchParams(query) });
const ASKED = from('watch=true&allowWatchBookmarks=true&resourceVersion=5');

const line = (type: string, resourceVersion: string) =>
  `${JSON.stringify({ type, object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', resourceVersion } } })}\n`;

test('it has the version of the last event', () => {
  const bookmark = bookmarkAfter(line('ADDED', '7') + line('MODIFIED', '9'), ASKED) ?? '';
  expect(bookmark.endsWith('}\n')).toBe(true);
  expect(JSON.parse(bookmark)).toEqual({
    type: 'BOOKMARK',
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { resourceVersion: '9' } },
  });
});

test('it follows another one', () => {
  const first = bookmarkAfter(line('ADDED', '7'), ASKED) ?? '';
  expect(bookmarkAfter(first, ASKED)).toBe(first);
});

test('before the first event it has the version that the watch began with', () => {
  expect(JSON.parse(bookmarkAfter('', ASKED) ?? '')).toEqual({
    type: 'BOOKMARK',
    object: { metadata: { resourceVersion: '5' } },
  });
});

test.each([
  ['nobody asked for one', line('ADDED', '7'), from('watch=true&resourceVersion=5')],
  ['nobody knows the version', '', from('allowWatchBookmarks=true')],
  ['the watch has failed', line('ERROR', '7'), ASKED],
])('there is none where %s', (_, told, request) => {
  expect(bookmarkAfter(told, request)).toBeUndefined();
});
