import { expect, test } from '@jest/globals';
import { skewWarning } from '../../lab/kubectl.ts';

test.each([
  ['v1.36.0', 'v1.36.3'],
  ['v1.35.1', 'v1.36.3'],
  ['v1.37.0+k3s1', 'v1.36.3'],
])('kubectl %s may talk to %s', (client, server) => {
  expect(skewWarning(client, server)).toBeUndefined();
});

test('kubectl several releases away is warned of', () => {
  expect(skewWarning('v1.32.4', 'v1.36.3')).toBe(
    'kubectl is v1.32.4, the API server v1.36.3: 4 minor releases apart',
  );
});
