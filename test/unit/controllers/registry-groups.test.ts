import { expect, test } from '@jest/globals';
import { byRegistry } from '../../../src/controllers/registry-groups.ts';
import { registry, repository, worldOf } from './objects.ts';

test('Repositories of a Registry are a group, and those of none that is there are one together', () => {
  const names = { a: 'east', b: 'west', c: 'east', d: 'nowhere', e: 'neither' };
  const groupOf = byRegistry(
    worldOf({
      registries: [registry('east'), registry('west')],
      repositories: Object.entries(names).map(([name, of]) =>
        repository({ registryRef: { name: of } }, { name }),
      ),
    }),
  );
  const groups = ['a', 'b', 'c', 'd', 'e', 'gone'].map((name) => groupOf(`team/${name}`));
  expect(groups).toEqual(['east', 'west', 'east', '', '', '']);
});
