import { parseArgs } from 'node:util';

interface Setting {
  readonly flag: string;
  readonly env: string;
  readonly fallback: string;
  readonly help: string;
}

/** Each can be given as a flag, or in the environment; the flag goes first. */
export const SETTINGS = {
  clusterName: setting(
    'cluster-name',
    '',
    "this cluster's name in owner tags (default: the UID of kube-system)",
  ),
  namespace: setting('namespace', 'ecr-operator', 'the namespace that the operator runs in'),
  pullSecretNames: setting('pull-secret-names', 'ecr-pull', 'names that pull Secrets may have, with commas'),
  serviceAccountNames: setting(
    'service-account-names',
    '*',
    'ServiceAccounts that may be written to, with commas; * is every one',
  ),
  repairPods: setting('repair-pods', 'false', 'true lets pull secrets with repairPods delete Pods'),
  identityTokens: setting(
    'identity-tokens',
    'allow',
    'allow or refuse tokens that no role narrows to pulling',
  ),
  endpointHosts: setting(
    'endpoint-hosts',
    '',
    "hosts that endpoint of a Registry may name beside AWS's own, with commas; *. is for all below",
  ),
  driftSchedule: setting('drift-schedule', '*/30 * * * *', 'when Repositories are compared with ECR (cron)'),
  imageSchedule: setting(
    'image-schedule',
    '0 * * * *',
    'when the images of all Repositories are looked at (cron)',
  ),
  imageUsage: setting(
    'image-usage',
    'false',
    'true lets lifecycle.preview: Block read which images this cluster uses',
  ),
  repositoryWorkers: setting(
    'repository-workers',
    '8',
    'Repositories of one Registry reconciled at the same time',
  ),
  deliveryWorkers: setting('delivery-workers', '16', 'pull Secrets delivered at the same time'),
  logLevel: setting('log-level', 'info', 'debug, info, warn or error'),
  drainSeconds: setting('drain-seconds', '20', 'how long writes under way may take when stopping'),
  leaderElect: setting(
    'leader-elect',
    'true',
    'true lets several replicas run, of which one works; false needs no Lease',
  ),
  leaseName: setting(
    'lease-name',
    'ecr-operator',
    "the Lease that replicas compete for, in the operator's namespace",
  ),
  leaseDurationSeconds: setting(
    'lease-duration-seconds',
    '30',
    'a standby takes over when the Lease was not renewed for so long',
  ),
  leaseRenewDeadlineSeconds: setting(
    'lease-renew-deadline-seconds',
    '20',
    'a leader that cannot renew the Lease for so long ends',
  ),
  leaseRetryPeriodSeconds: setting(
    'lease-retry-period-seconds',
    '5',
    'how often the Lease is renewed, or tried for',
  ),
  podName: setting('pod-name', '', 'who holds the Lease; the same after a restart (default: the host name)'),
  metricsBindAddress: setting('metrics-bind-address', ':8080', 'where /metrics is served; 0 is nowhere'),
  healthProbeBindAddress: setting(
    'health-probe-bind-address',
    ':8081',
    'where /healthz and /readyz are served; 0 is nowhere',
  ),
  controllers: setting('controllers', 'all', 'all, or pull-secrets alone, which manages nothing in ECR'),
  watchNamespaces: setting('watch-namespaces', '', 'namespaces to work in, with commas (default: all)'),
  registriesFile: setting(
    'registries-file',
    '',
    'a file with Registry manifests, needed with --watch-namespaces',
  ),
  otlpEndpoint: setting('otlp-endpoint', '', 'the URL that traces are sent to (default: none are made)'),
} as const satisfies Readonly<Record<string, Setting>>;

function setting(flag: string, fallback: string, help: string): Setting {
  return { flag, env: `ECR_OPERATOR_${flag.toUpperCase().replaceAll('-', '_')}`, fallback, help };
}

export type SettingName = keyof typeof SETTINGS;

/** The flags as they were given; what is wrong with them goes to `problems`. */
export function readFlags(args: readonly string[], problems: string[]): Record<string, string | undefined> {
  const known = Object.fromEntries(
    Object.values(SETTINGS).map(({ flag }) => [flag, { type: 'string' as const }]),
  );
  // Not strict: that stops at the first problem.
  const { values, positionals } = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    allowPositionals: true,
  });
  for (const word of positionals) problems.push(`"${word}" is no flag: see --help`);
  const flags: Record<string, string> = {};
  for (const [flag, value] of Object.entries(values)) {
    if (!Object.hasOwn(known, flag)) problems.push(`--${flag} is not known: see --help`);
    else if (typeof value === 'string') flags[flag] = value;
    else problems.push(`--${flag} needs a value`);
  }
  return flags;
}

/** What `--help` prints, for 80 columns. */
export function helpText(): string {
  const rows = Object.values(SETTINGS).map(({ flag, fallback, help }) => {
    const shown = fallback ? `${help} [${fallback}]` : help;
    return `  --${flag}\n${wrapped(shown)}`;
  });
  return [
    'ecr-operator: keeps Amazon ECR and Kubernetes in step',
    '',
    ...rows,
    '',
    'Each can also be set as ECR_OPERATOR_<NAME>.',
    '',
  ].join('\n');
}

const INDENT = '      ';

function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) as string;
    if (last === '') lines[lines.length - 1] = INDENT + word;
    else if (last.length + 1 + word.length > 80) lines.push(INDENT + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
