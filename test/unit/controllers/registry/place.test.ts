import { expect, test } from '@jest/globals';
import { placeNamed, placeOf, registriesAt } from '../../../../src/controllers/registry/place.ts';
import { registry, worldOf } from '../objects.ts';

const { registries } = worldOf({
  registries: [
    registry(),
    registry('twin', { access: 'PullOnly' }),
    registry('west', { region: 'us-west-2' }),
    registry('stranger', { accountId: '210987654321' }),
  ],
});

test('a Registry is at its account and region', () => {
  expect(placeOf(registry('x', { accountId: '210987654321', region: 'us-west-2' }))).toBe(
    '210987654321/us-west-2',
  );
  expect([placeNamed(registries, 'west'), placeNamed(registries, 'nowhere')]).toEqual([
    '123456789012/us-west-2',
    undefined,
  ]);
});

test('several may be at the same', () => {
  expect([...registriesAt(registries, '123456789012/us-east-1')]).toEqual(['default', 'twin']);
  expect([...registriesAt(registries, '210987654321/us-west-2')]).toEqual([]);
});
