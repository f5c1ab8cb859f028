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

/** What `--help` prints. */
export function helpText(): string {
  const rows = Object.values(SETTINGS).map(({ flag, fallback, help }) => {
    const shown = fallback ? ` [${fallback}]` : '';
    return `  --${flag}\n      ${help}${shown}`;
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
