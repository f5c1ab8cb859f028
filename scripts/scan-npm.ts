import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Aged, AuditAnswer } from './scan-report.ts';

/** Asks npm's registry for known vulnerabilities of the locked production dependencies. */
export async function askAudit(project: string): Promise<AuditAnswer> {
  const output = await npm(project, ['audit', '--json', '--omit=dev', '--package-lock-only']);
  return readAudit(output);
}

/** What `npm audit --json` printed (pure): not every registry, and no mirror of packages alone, can be asked. */
export function readAudit(output: string): AuditAnswer {
  const answer = parse(output) as {
    readonly message?: string;
    readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  };
  if (!answer?.vulnerabilities) return { notAsked: answer?.message ?? 'npm audit printed no answer' };
  const findings = Object.entries(answer.vulnerabilities).map(([name, { severity, via }]) => ({
    name,
    severity,
    titles: via.map((each) => (typeof each === 'string' ? `by way of ${each}` : each.title)),
  }));
  return { findings };
}

interface Vulnerability {
  readonly severity: string;
  readonly via: readonly (string | { readonly title: string })[];
}

interface Viewed {
  readonly time: Readonly<Record<string, string>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly deprecated?: string;
}

/**
 * When the packages of package.json that are in the bundle were released. Only these few: what comes with them is
 * theirs to renew.
 */
export async function askAges(
  project: string,
  bundled: readonly string[],
): Promise<readonly Aged[] | { readonly notAsked: string }> {
  const { dependencies } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const ages: Aged[] = [];
  for (const [name, version] of Object.entries(dependencies)) {
    if (!bundled.includes(`${name}@${version}`)) continue;
    const ref = `${name}@${version}`;
    const viewed = parse(
      await npm(project, ['view', ref, 'time', 'dist-tags', 'deprecated', '--json']),
    ) as Viewed;
    const newest = viewed?.['dist-tags']?.['latest'];
    const [releasedAt, newestAt] = [viewed?.time?.[version], newest && viewed.time[newest]];
    if (!newest || !releasedAt || !newestAt) return { notAsked: `npm view says nothing of ${ref}` };
    const { deprecated } = viewed;
    ages.push({ name, version, releasedAt, newest, newestAt, ...(deprecated ? { deprecated } : {}) });
  }
  return ages;
}

/** What the lock says of packages in the bundle that their authors have given up. */
export async function lockedDeprecations(
  project: string,
  bundled: readonly string[],
): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly deprecated?: string }>>;
  };
  return Object.entries(packages).flatMap(([path, { version, deprecated }]) => {
    const ref = `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;
    return deprecated && bundled.includes(ref) ? [`${ref}: ${deprecated}`] : [];
  });
}

/** Its standard output, however it ended: `npm audit` fails where it finds something. */
async function npm(cwd: string, args: readonly string[]): Promise<string> {
  const options = { cwd, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  const ended = await promisify(execFile)('npm', [...args], options).catch((error: unknown) => error);
  return (ended as { readonly stdout?: string }).stdout ?? '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
