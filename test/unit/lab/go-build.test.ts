import { expect, test } from '@jest/globals';
import { goToolchain } from '../../lab/go-build.ts';

test.each(['go1.26.0', 'go1.26.8', 'go1.27rc1', 'go2.0'])('%s builds as it is', (version) => {
  const go = goToolchain(version);
  expect(go).toMatchObject({ environment: { CGO_ENABLED: '0' } });
  expect('environment' in go && go.environment['GOTOOLCHAIN']).toBe(process.env['GOTOOLCHAIN']);
});

test.each(['go1.21.0', 'go1.25.9'])('%s is told to fetch its successor', (version) => {
  expect(goToolchain(version)).toMatchObject({ environment: { GOTOOLCHAIN: 'auto' } });
});

test.each(['go1.20.14', 'nonsense'])('%s is refused with what to do', (version) => {
  expect(goToolchain(version)).toEqual({
    problem: `${version} on PATH is too old; install Go 1.26 or newer`,
  });
});
