import { describe, expect, test } from '@jest/globals';
import { BINARIES, pinnedVersion, requiredVersion } from '../../lab/binary-catalog.ts';

describe('the version of a binary', () => {
  const goMod = [
    'module m',
    'require (',
    '\tk8s.io/api v0.36.3',
    '\tk8s.io/kubernetes v1.36.3 // indirect',
    ')',
  ].join('\n');

  test('is what go.mod requires', () => {
    expect(requiredVersion(goMod, 'k8s.io/kubernetes')).toBe('v1.36.3');
  });

  test('is found in a require line of its own', () => {
    expect(requiredVersion('require example.org/one v1.2.3', 'example.org/one')).toBe('v1.2.3');
  });

  test('is an error where go.mod does not name the module', () => {
    expect(() => requiredVersion(goMod, 'k8s.io/kube')).toThrow('go.mod requires no k8s.io/kube');
  });

  test.each(Object.values(BINARIES))('$name is pinned', (binary) => {
    const form = typeof binary.versionModule === 'string' ? /^v\d+\.\d+\.\d+$/ : /^[0-9a-f]{12}$/;
    expect(pinnedVersion(binary)).toMatch(form);
  });
});
