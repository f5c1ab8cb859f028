import { hostname } from 'node:os';
import { type BindAddress, collide, readBindAddress } from './bind-address.ts';
import type { ProxySettings } from './ecr/client-settings.ts';
import { isHostPattern } from './ecr/endpoint-hosts.ts';
import { type LeaderElectionConfig, readLeaderElection } from './election-config.ts';
import { readProxy } from './proxy-settings.ts';
import { isCronSchedule } from './runtime/cron-schedule.ts';
import { createSettingReader, isName, namesOf, type SettingReader } from './setting-reader.ts';
import type { SettingName } from './settings.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that an installation can set. */
export interface Config {
  /** The cluster's part of the owner tag; absent = the UID of the namespace kube-system. */
  readonly clusterName: string | undefined;
  /** Where the operator runs: the Secrets of `secretRef` are here, and the Lease. */
  readonly namespace: string;
  /** The names that pull Secrets may have; the ClusterRole has to name the same. */
  readonly pullSecretNames: readonly string[];
  /** The ServiceAccounts that may be written to; undefined is every one. The ClusterRole has to allow the same. */
  readonly serviceAccountNames: readonly string[] | undefined;
  /** Whether Pods may be deleted for `repairPods`; the ClusterRole has to allow it. */
  readonly repairPods: boolean;
  /** Whether pull Secrets may have tokens that can do all that the identity behind them may. */
  readonly identityTokens: 'allow' | 'refuse';
  /** Hosts that `endpoint` of a Registry may name beside AWS's own; see `isHostPattern`. */
  readonly endpointHosts: readonly string[];
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
  /** Undefined: this is the only replica. */
  readonly leaderElection: LeaderElectionConfig | undefined;
  /** Who holds the Lease: a container that starts anew under the same name takes its own Lease back. */
  readonly podName: string;
  /** Where /metrics is served. */
  readonly metricsAddress: BindAddress | undefined;
  /** Where /healthz and /readyz are served. */
  readonly healthAddress: BindAddress | undefined;
  /** `pull-secrets`: nothing in ECR is managed, and no right to it is needed. */
  readonly controllers: 'all' | 'pull-secrets';
  /** The only namespaces that are read and written; undefined is every one. */
  readonly watchNamespaces: readonly string[] | undefined;
  /** Where Registries are read from instead of the API, which needs rights for the whole cluster. */
  readonly registriesFile: string | undefined;
  /** Where traces are sent to. */
  readonly otlpEndpoint: string | undefined;
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

/** Each has its own watches, three and more: where there are more namespaces, rights in the whole cluster cost less. */
const MOST_WATCHED = 100;

/** Reads flags and environment into one frozen Config; throws a ConfigError with all problems at once. */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const reader = createSettingReader(args, env);
  const { check, text, count, yes, choice, problems } = reader;
  const config: Config = {
    clusterName: check(
      'clusterName',
      text('clusterName') || undefined,
      isTagPart(text('clusterName')),
      'write letters, digits, spaces and _ . : = + - @, which is what AWS takes in a tag, without a slash',
    ),
    namespace: reader.name('namespace', 'a namespace'),
    pullSecretNames: readPullSecretNames(reader),
    serviceAccountNames: readServiceAccountNames(reader),
    repairPods: yes('repairPods'),
    identityTokens: choice('identityTokens', ['allow', 'refuse']),
    endpointHosts: readEndpointHosts(reader),
    webIdentity: webIdentityOf(env),
    proxy: readProxy(env, problems),
    driftSchedule: readSchedule(reader, 'driftSchedule', '*/30 * * * *'),
    imageSchedule: readSchedule(reader, 'imageSchedule', '0 * * * *'),
    imageUsage: yes('imageUsage'),
    repositoryWorkers: count('repositoryWorkers', 256),
    deliveryWorkers: count('deliveryWorkers', 256),
    logLevel: choice('logLevel', LOG_LEVELS),
    drainMs: count('drainSeconds', 600) * 1_000,
    leaderElection: readLeaderElection(reader),
    podName: readPodName(reader),
    ...readAddresses(reader),
    controllers: choice('controllers', ['all', 'pull-secrets']),
    ...readWatchNamespaces(reader),
    otlpEndpoint: readOtlpEndpoint(reader),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function readPodName({ check, text }: SettingReader): string {
  const given = text('podName');
  return check('podName', given || hostname(), /^[^\s/]{0,253}$/.test(given), 'write the name of the Pod');
}

function readSchedule({ check, text }: SettingReader, name: SettingName, example: string): string {
  return check(name, text(name), isCronSchedule(text(name)), `write five or six fields, such as ${example}`);
}

function readPullSecretNames({ check, list }: SettingReader): Config['pullSecretNames'] {
  const names = list('pullSecretNames');
  const holds = names.length > 0 && names.length <= MOST_PULL_SECRET_NAMES && names.every(isName);
  return check('pullSecretNames', names, holds, 'write one to sixteen names of Secrets, such as ecr-pull');
}

function readServiceAccountNames({ check, list }: SettingReader): Config['serviceAccountNames'] {
  const accounts = list('serviceAccountNames');
  return check(
    'serviceAccountNames',
    accounts.includes('*') ? undefined : accounts,
    accounts.length > 0 && (accounts.join() === '*' || accounts.every(isName)),
    'write names of ServiceAccounts, such as default, or * alone for every one',
  );
}

function readEndpointHosts({ check, list }: SettingReader): Config['endpointHosts'] {
  const hosts = list('endpointHosts');
  return check(
    'endpointHosts',
    hosts,
    hosts.every(isHostPattern),
    'write hosts without ports, in small letters, such as ecr.example.com, *.example.com, 192.0.2.1 or [2001:db8::1]',
  );
}

function readAddresses(reader: SettingReader): Pick<Config, 'metricsAddress' | 'healthAddress'> {
  const read = (name: SettingName): BindAddress | undefined => {
    const address = readBindAddress(reader.text(name));
    const want = 'write an address such as :8080, 127.0.0.1:8080 or [::1]:8080, or 0 for none';
    reader.check(name, undefined, address !== undefined, want);
    return address === 'none' ? undefined : address;
  };
  const metricsAddress = read('metricsBindAddress');
  const healthAddress = read('healthProbeBindAddress');
  const isFree = !collide(metricsAddress, healthAddress);
  reader.check('healthProbeBindAddress', undefined, isFree, 'that is where --metrics-bind-address is served');
  return { metricsAddress, healthAddress };
}

function readWatchNamespaces(reader: SettingReader): Pick<Config, 'watchNamespaces' | 'registriesFile'> {
  const names = reader.list('watchNamespaces');
  const holds = names.length <= MOST_WATCHED && names.every(isName);
  reader.check('watchNamespaces', undefined, holds, `write up to ${MOST_WATCHED} names of namespaces`);
  const isForPullSecrets = names.length === 0 || reader.text('controllers') === 'pull-secrets';
  const alone =
    'what is managed in ECR takes rights in the whole cluster: write --controllers=pull-secrets, too';
  reader.check('watchNamespaces', undefined, isForPullSecrets, alone);
  const registriesFile = reader.text('registriesFile') || undefined;
  const isRead = registriesFile === undefined || names.length > 0;
  const unread = 'Registries are read from the API: leave it out, or write --watch-namespaces, too';
  reader.check('registriesFile', undefined, isRead, unread);
  reader.check(
    'registriesFile',
    undefined,
    names.length === 0 || registriesFile !== undefined,
    'write the path of a file with Registry manifests, since --watch-namespaces leaves no right to read Registries',
  );
  return { watchNamespaces: names.length > 0 ? names : undefined, registriesFile };
}

function readOtlpEndpoint({ text, problems }: SettingReader): Config['otlpEndpoint'] {
  const url = text('otlpEndpoint');
  // It may hold a password.
  if (url && !(/^https?:\/\/./.test(url) && URL.canParse(url)))
    problems.push(`${namesOf('otlpEndpoint')} is no URL: write one such as http://collector:4318`);
  return url || undefined;
}

function webIdentityOf(env: Readonly<Record<string, string | undefined>>): Config['webIdentity'] {
  const { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ACCESS_KEY_ID: key } = env;
  return roleArn && tokenFile && !key ? { roleArn, tokenFile } : undefined;
}

/** AWS: what a tag may hold, but no slash: that ends the cluster's part. */
function isTagPart(text: string): boolean {
  return /^[\p{L}\p{N} _.:=+@-]*$/u.test(text);
}
