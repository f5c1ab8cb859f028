import type { ProxySettings } from './ecr/client-settings.ts';
import { readProxy } from './proxy-settings.ts';
import { isCronSchedule } from './runtime/cron-schedule.ts';
import { readFlags, SETTINGS, type SettingName } from './settings.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Everything that an installation can set. */
export interface Config {
  /** The cluster's part of the owner tag; absent = the UID of the namespace kube-system. */
  readonly clusterName: string | undefined;
  /** Where the operator runs: the Secrets of `secretRef` are here. */
  readonly namespace: string;
  /** The names that pull Secrets may have; the ClusterRole has to name the same. */
  readonly pullSecretNames: readonly string[];
  /** The ServiceAccounts that may be written to; undefined is every one. The ClusterRole has to allow the same. */
  readonly serviceAccountNames: readonly string[] | undefined;
  /** Whether Pods may be deleted for `repairPods`; the ClusterRole has to allow it. */
  readonly repairPods: boolean;
  /** Whether pull Secrets may have tokens that can do all that the identity behind them may. */
  readonly identityTokens: 'allow' | 'refuse';
  /** The web identity that the Pod was given (IRSA), unless keys in the environment go before it; as the SDK has it. */
  readonly webIdentity: { readonly roleArn: string; readonly tokenFile: string } | undefined;
  /** The proxies on the way to AWS, as the usual variables of the environment name them; see proxy-settings.ts. */
  readonly proxy: ProxySettings | undefined;
  /** When every Repository is compared with ECR. */
  readonly driftSchedule: string;
  /** When the images of every Repository are looked at. */
  readonly imageSchedule: string;
  /** Whether Pods and Pod templates may be listed for previews of lifecycle policies; a ClusterRole has to allow it. */
  readonly imageUsage: boolean;
  /** Repository reconciliations at the same time. */
  readonly repositoryWorkers: number;
  /** Deliveries of pull Secrets at the same time. */
  readonly deliveryWorkers: number;
  readonly logLevel: LogLevel;
  /** How long writes under way may take when stopping (ms). */
  readonly drainMs: number;
}

/** All that is wrong with a configuration, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** A ServiceAccount remembers as many entries of ours, see service-account.ts. */
const MOST_PULL_SECRET_NAMES = 16;

/** Reads flags and environment into one frozen Config; throws a ConfigError with all problems at once. */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const problems: string[] = [];
  const flags = readFlags(args, problems);
  const text = (name: SettingName): string =>
    flags[SETTINGS[name].flag] ?? env[SETTINGS[name].env] ?? SETTINGS[name].fallback;
  const check = <T>(name: SettingName, value: T, holds: boolean, want: string): T => {
    if (!holds)
      problems.push(`--${SETTINGS[name].flag} (or ${SETTINGS[name].env}) is "${text(name)}": ${want}`);
    return value;
  };
  const count = (name: SettingName, most: number): number => {
    const value = Number(text(name));
    return check(
      name,
      value,
      Number.isInteger(value) && value >= 1 && value <= most,
      `write a number from 1 to ${most}`,
    );
  };
  const names = listOf(text('pullSecretNames'));
  const accounts = listOf(text('serviceAccountNames'));
  const config: Config = {
    clusterName: check(
      'clusterName',
      text('clusterName') || undefined,
      isTagPart(text('clusterName')),
      'write letters, digits, spaces and _ . : = + - @, which is what AWS takes in a tag, without a slash',
    ),
    namespace: check(
      'namespace',
      text('namespace'),
      isName(text('namespace')),
      'write the name of a namespace',
    ),
    pullSecretNames: check(
      'pullSecretNames',
      names,
      names.length > 0 && names.length <= MOST_PULL_SECRET_NAMES && names.every(isName),
      'write one to sixteen names of Secrets, such as ecr-pull',
    ),
    serviceAccountNames: check(
      'serviceAccountNames',
      accounts.includes('*') ? undefined : accounts,
      accounts.length > 0 && (accounts.join() === '*' || accounts.every(isName)),
      'write names of ServiceAccounts, such as default, or * alone for every one',
    ),
    repairPods: check(
      'repairPods',
      text('repairPods') === 'true',
      /^(true|false)$/.test(text('repairPods')),
      'write true or false',
    ),
    identityTokens: check(
      'identityTokens',
      text('identityTokens') as Config['identityTokens'],
      /^(allow|refuse)$/.test(text('identityTokens')),
      'write allow or refuse',
    ),
    webIdentity: webIdentityOf(env),
    proxy: readProxy(env, problems),
    driftSchedule: check(
      'driftSchedule',
      text('driftSchedule'),
      isCronSchedule(text('driftSchedule')),
      'write five or six fields, such as */30 * * * *',
    ),
    imageSchedule: check(
      'imageSchedule',
      text('imageSchedule'),
      isCronSchedule(text('imageSchedule')),
      'write five or six fields, such as 0 * * * *',
    ),
    imageUsage: check(
      'imageUsage',
      text('imageUsage') === 'true',
      /^(true|false)$/.test(text('imageUsage')),
      'write true or false',
    ),
    repositoryWorkers: count('repositoryWorkers', 256),
    deliveryWorkers: count('deliveryWorkers', 256),
    logLevel: check(
      'logLevel',
      text('logLevel') as LogLevel,
      /^(debug|info|warn|error)$/.test(text('logLevel')),
      'write debug, info, warn or error',
    ),
    drainMs: count('drainSeconds', 600) * 1_000,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function webIdentityOf(env: Readonly<Record<string, string | undefined>>): Config['webIdentity'] {
  const { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ACCESS_KEY_ID: key } = env;
  return roleArn && tokenFile && !key ? { roleArn, tokenFile } : undefined;
}

/** The words between commas, each once. */
function listOf(text: string): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  return Object.freeze([...new Set(words.filter(Boolean))]);
}

/** AWS: what a tag may hold, but no slash: that ends the cluster's part. */
function isTagPart(text: string): boolean {
  return /^[\p{L}\p{N} _.:=+@-]*$/u.test(text);
}

/** RFC 1123 subdomain. */
function isName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}
