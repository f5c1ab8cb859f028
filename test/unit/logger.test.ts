import { describe, expect, test } from '@jest/globals';
import { createLogger } from '../../src/logger.ts';

/** The lines that one use of a logger writes, without their times. */
function lines(
  use: (log: ReturnType<typeof createLogger>) => void,
  level: 'info' | 'debug' = 'info',
): object[] {
  const written: object[] = [];
  const write = (line: string): void => {
    const { time, ...rest } = JSON.parse(line) as { time: string };
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    written.push(rest);
  };
  use(createLogger(level, { write }));
  return written;
}

describe('a log line', () => {
  test('is JSON with level, fields and message', () => {
    expect(lines((log) => log.info({ registry: 'default' }, 'token issued'))).toEqual([
      { level: 'info', registry: 'default', msg: 'token issued' },
    ]);
  });

  test('below the level is not written', () => {
    expect(lines((log) => log.debug('quiet'))).toEqual([]);
    expect(lines((log) => log.debug('loud'), 'debug')).toEqual([{ level: 'debug', msg: 'loud' }]);
  });
});

describe('no secret is logged', () => {
  const names = ['password', 'authorizationToken', 'secretAccessKey', 'sessionToken', 'data', 'headers'];

  test.each(names)('%s, at the top or one or two levels down, in lists too', (name) => {
    const secret = { [name]: 'hush', kept: 'x' };
    const [line] = lines((log) =>
      log.info({ ...secret, one: secret, two: { deep: secret }, list: [secret] }, 'm'),
    );
    const redacted = { [name]: '[redacted]', kept: 'x' };
    expect(line).toEqual({
      level: 'info',
      msg: 'm',
      ...redacted,
      one: redacted,
      two: { deep: redacted },
      list: [redacted],
    });
  });

  test('an object stands for all of it', () => {
    expect(lines((log) => log.info({ data: { '.dockerconfigjson': 'hush' } }, 'm'))).toEqual([
      { level: 'info', data: '[redacted]', msg: 'm' },
    ]);
  });
});

describe('an error', () => {
  const cause = new Error('the request had the token hush');
  const error = Object.assign(new TypeError('it failed', { cause }), { response: 'hush', $metadata: 'hush' });

  test.each(['err', 'error'])('as %s has a name, words and a stack, but no cause and no members', (field) => {
    const [line] = lines((log) => log.warn({ [field]: error }, 'failed'));
    expect(line).toEqual({
      level: 'warn',
      msg: 'failed',
      [field]: { name: 'TypeError', message: 'it failed', stack: error.stack },
    });
    expect(JSON.stringify(line)).not.toContain('hush');
  });

  test('that is logged alone neither', () => {
    expect(JSON.stringify(lines((log) => log.error(error)))).not.toContain('hush');
  });

  test.each([
    ['err', 'words', { message: 'words' }],
    ['error', 'words', 'words'],
  ])('as %s may be %s', (field, value, expected) => {
    expect(lines((log) => log.warn({ [field]: value }, 'failed'))).toEqual([
      { level: 'warn', msg: 'failed', [field]: expected },
    ]);
  });
});
