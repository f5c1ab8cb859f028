import { describe, expect, test } from '@jest/globals';
import { readAudit } from '../../../scripts/scan-npm.ts';
import { type Scanned, scanReport } from '../../../scripts/scan-report.ts';

const NOW = Date.parse('2026-11-21T00:00:00Z');

function scanned(change: Partial<Scanned> = {}): Scanned {
  return {
    bundled: ['undici@8.12.4', '@aws-sdk/core@3.9.0'],
    audit: { findings: [] },
    ages: [],
    deprecated: [],
    base: [],
    ...change,
  };
}

const finding = (name: string, severity: string) => ({ name, severity, titles: ['reads too much'] });

describe('a scan', () => {
  test.each([
    ['high', true],
    ['critical', true],
    ['moderate', false],
  ])('with a vulnerability of severity %s in the image fails: %s', (severity, failed) => {
    const report = scanReport(scanned({ audit: { findings: [finding('@aws-sdk/core', severity)] } }), NOW);
    expect(report.failed).toBe(failed);
    expect(report.lines).toContain(`  ${severity} @aws-sdk/core: reads too much`);
  });

  test('does not fail for a package that is not in the image, and says that it is not', () => {
    const report = scanReport(scanned({ audit: { findings: [finding('argparse', 'critical')] } }), NOW);
    expect(report.failed).toBe(false);
    expect(report.lines).toContain('  critical argparse (not in the image): reads too much');
  });

  test('says plainly what could not be asked', () => {
    const { lines } = scanReport(
      scanned({
        audit: { notAsked: '405' },
        ages: { notAsked: 'no answer' },
        base: { notAsked: 'no image' },
      }),
      NOW,
    );
    expect(lines.filter((line) => line.startsWith('NOT ASKED'))).toEqual([
      'NOT ASKED for known vulnerabilities: 405',
      'NOT ASKED for the ages of packages: no answer',
      'NOT ASKED for the packages of the base: no image',
    ]);
  });

  test('says how old packages are, how far behind, and whether they were given up', () => {
    const { lines } = scanReport(
      scanned({
        ages: [
          {
            name: 'undici',
            version: '8.12.4',
            releasedAt: '2026-11-11T00:00:00Z',
            newest: '8.12.4',
            newestAt: '2026-11-11T00:00:00Z',
          },
          {
            name: 'pino',
            version: '9.0.0',
            releasedAt: '2025-11-21T00:00:00Z',
            newest: '10.4.0',
            newestAt: '2026-11-20T00:00:00Z',
            deprecated: 'use 10',
          },
        ],
        deprecated: ['old@1.0.0: gone'],
      }),
      NOW,
    );
    expect(lines.filter((line) => /^ {2}|^DEPRECATED/.test(line))).toEqual([
      'DEPRECATED old@1.0.0: gone',
      '  pino@9.0.0: 365 days old, newest is 10.4.0, 1 days old; DEPRECATED: use 10',
      '  undici@8.12.4: 10 days old, the newest',
    ]);
  });

  test('names the packages of the base that Debian has newer', () => {
    const base = [
      { name: 'libc6', version: '2.36-9', newest: '2.36-10', isBehind: true },
      { name: 'tzdata', version: '2026a', newest: '2026a', isBehind: false },
    ];
    const { lines } = scanReport(scanned({ base }), NOW);
    expect(lines).toContain('packages of Debian in the base: 2, older than what Debian has now: 1');
    expect(lines).toContain('  BEHIND libc6 2.36-9: Debian has 2.36-10');
  });
});

describe('the answer of npm audit', () => {
  test('is read with what is wrong, and by way of what', () => {
    const vulnerabilities = {
      undici: { severity: 'high', via: [{ title: 'reads too much' }] },
      client: { severity: 'high', via: ['undici'] },
    };
    expect(readAudit(JSON.stringify({ vulnerabilities }))).toEqual({
      findings: [
        { name: 'undici', severity: 'high', titles: ['reads too much'] },
        { name: 'client', severity: 'high', titles: ['by way of undici'] },
      ],
    });
  });

  test.each([
    ['a registry that cannot be asked', '{"message":"405 Method Not Allowed"}', '405 Method Not Allowed'],
    ['nothing at all', '', 'npm audit printed no answer'],
  ])('of %s is no clean bill', (_, output, notAsked) => {
    expect(readAudit(output)).toEqual({ notAsked });
  });
});
