/** What npm's registry says of known vulnerabilities, or why it says nothing. */
export type AuditAnswer = { readonly findings: readonly Finding[] } | { readonly notAsked: string };

export interface Finding {
  readonly name: string;
  readonly severity: string;
  readonly titles: readonly string[];
}

/** A package that package.json names, and what the registry says of it. */
export interface Aged {
  readonly name: string;
  readonly version: string;
  /** When this version and the newest were released (ISO 8601). */
  readonly releasedAt: string;
  readonly newest: string;
  readonly newestAt: string;
  readonly deprecated?: string;
}

/** A package of Debian in the base, and the version that Debian has now. */
export interface BasePackage {
  readonly name: string;
  readonly version: string;
  readonly newest?: string;
  readonly isBehind: boolean;
}

export interface Scanned {
  /** `name@version` of all that is in the bundle. */
  readonly bundled: readonly string[];
  readonly audit: AuditAnswer;
  readonly ages: readonly Aged[] | { readonly notAsked: string };
  /** Of those in the bundle, as the lock has it: `name@version: message`. */
  readonly deprecated: readonly string[];
  readonly base: readonly BasePackage[] | { readonly notAsked: string };
}

export interface ScanReport {
  readonly lines: readonly string[];
  /** Something in the image is known to be vulnerable, severely. */
  readonly failed: boolean;
}

const SEVERE = ['high', 'critical'];
const DAY_MS = 86_400_000;

/** What a person reads of a scan (pure); `now` in milliseconds. */
export function scanReport(scanned: Scanned, now: number): ScanReport {
  const names = new Set(scanned.bundled.map((ref) => ref.slice(0, ref.lastIndexOf('@'))));
  const audit = 'findings' in scanned.audit ? scanned.audit.findings : [];
  const severe = audit.filter(({ name, severity }) => names.has(name) && SEVERE.includes(severity));
  return {
    failed: severe.length > 0,
    lines: [
      `npm packages in the image: ${scanned.bundled.length}`,
      ...auditLines(scanned.audit, names),
      ...scanned.deprecated.map((each) => `DEPRECATED ${each}`),
      ...ageLines(scanned.ages, now),
      ...baseLines(scanned.base),
      severe.length > 0
        ? `FAILED: ${severe.length} of them known to be vulnerable, high or critical`
        : PASSED,
    ],
  };
}

const PASSED = 'nothing in the image is known to be vulnerable, high or critical, by what could be asked';

function auditLines(audit: AuditAnswer, bundled: ReadonlySet<string>): readonly string[] {
  if ('notAsked' in audit) return [`NOT ASKED for known vulnerabilities: ${audit.notAsked}`];
  return [
    `known vulnerabilities of production dependencies: ${audit.findings.length}`,
    ...audit.findings.map(({ name, severity, titles }) => {
      const where = bundled.has(name) ? '' : ' (not in the image)';
      return `  ${severity} ${name}${where}: ${titles.join('; ')}`;
    }),
  ];
}

function ageLines(ages: Scanned['ages'], now: number): readonly string[] {
  if ('notAsked' in ages) return [`NOT ASKED for the ages of packages: ${ages.notAsked}`];
  return [
    'packages that package.json names, oldest first (the others come with them and are not asked for):',
    ...[...ages]
      .sort((a, b) => Date.parse(a.releasedAt) - Date.parse(b.releasedAt))
      .map((each) => `  ${ageOf(each, now)}`),
  ];
}

function ageOf({ name, version, releasedAt, newest, newestAt, deprecated }: Aged, now: number): string {
  const days = (at: string) => Math.floor((now - Date.parse(at)) / DAY_MS);
  const behind = version === newest ? 'the newest' : `newest is ${newest}, ${days(newestAt)} days old`;
  const note = deprecated ? `; DEPRECATED: ${deprecated}` : '';
  return `${name}@${version}: ${days(releasedAt)} days old, ${behind}${note}`;
}

function baseLines(base: Scanned['base']): readonly string[] {
  if ('notAsked' in base) return [`NOT ASKED for the packages of the base: ${base.notAsked}`];
  const behind = base.filter(({ isBehind }) => isBehind);
  return [
    `packages of Debian in the base: ${base.length}, older than what Debian has now: ${behind.length}`,
    ...behind.map(({ name, version, newest }) => `  BEHIND ${name} ${version}: Debian has ${newest}`),
  ];
}
