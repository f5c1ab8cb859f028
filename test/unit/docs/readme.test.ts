import { expect, test } from '@jest/globals';
import { readPage, sectionsOf } from './markdown.ts';

const short = sectionsOf(await readPage('README.md')).get('In production') ?? [];
const whole = [...sectionsOf(await readPage('docs/production.md')).values()].flat();

test('the production part of the README is commands of docs/production.md, which are run on a cluster', () => {
  expect(short.length).toBeGreaterThan(2);
  expect(short.filter(({ text }) => !whole.some((block) => block.text === text))).toEqual([]);
});
