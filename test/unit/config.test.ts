import { hostname } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { type Config, ConfigError, readConfig } from '../../src/config.ts';
import { helpText, SETTINGS } from '../../src/settings.ts';

const DEFAULTS: Config = {
  clusterName: undefined,
  namespace: 'ecr-operator',
  pullSecretNames: ['ecr-pull'],
  serviceAccountNames: undefined,
  repairPods: false,
  identityTokens: 'allow',
  endpointHosts: [],
  webIdentity: undefined,
  proxy: undefined,
  driftSchedule: '*/30 * * * *',
  imageSchedule: '0 * * * *',
  imageUsage: false,
  repositoryWorkers: 8,
  deliveryWorkers: 16,
  logLevel: 'info',
  drainMs: 20_000,
  podName: hostname(),
  leaderElection: {
    leaseName: 'ecr-operator',
    durationMs: 30_000,
    renewDeadlineMs: 20_000,
    retryPeriodMs: 5_000,
  },
  metricsAddress: { host: '', port: 8080 },
  healthAddress: { host: '', port: 8081 },
  controllers: 'all',
  watchNamespaces: undefined,
  registriesFile: undefined,
  otlpEndpoint: undefined,
};

function election(change: Partial<Config['leaderElection']>): Pick<Config, 'leaderElection'> {
  return { leaderElection: { ...DEFAULTS.leaderElection, ...change } as Config['leaderElection'] };
}

const EVERYTHING = [
  ['cluster-name', 'prod', { clusterName: 'prod' }],
  ['namespace', 'system', { namespace: 'system' }],
  ['pull-secret-names', 'ecr-pull, team.pull,', { pullSecretNames: ['ecr-pull', 'team.pull'] }],
  ['service-account-names', 'default, build', { serviceAccountNames: ['default', 'build'] }],
  ['repair-pods', 'true', { repairPods: true }],
  ['identity-tokens', 'refuse', { identityTokens: 'refuse' }],
  [
    'endpoint-hosts',
    '127.0.0.1, *.example.com,[::1]',
    { endpointHosts: ['127.0.0.1', '*.example.com', '[::1]'] },
  ],
  ['drift-schedule', '0 * * * *', { driftSchedule: '0 * * * *' }],
  ['image-schedule', '30 */2 * * *', { imageSchedule: '30 */2 * * *' }],
  ['image-usage', 'true', { imageUsage: true }],
  ['repository-workers', '256', { repositoryWorkers: 256 }],
  ['delivery-workers', '1', { deliveryWorkers: 1 }],
  ['log-level', 'debug', { logLevel: 'debug' }],
  ['drain-seconds', '600', { drainMs: 600_000 }],
  ['leader-elect', 'false', { leaderElection: undefined }],
  ['lease-name', 'other', election({ leaseName: 'other' })],
  ['lease-duration-seconds', '60', election({ durationMs: 60_000 })],
  ['lease-renew-deadline-seconds', '29', election({ renewDeadlineMs: 29_000 })],
  ['lease-retry-period-seconds', '1', election({ retryPeriodMs: 1_000 })],
  ['pod-name', 'ecr-operator-5d-x', { podName: 'ecr-operator-5d-x' }],
  ['metrics-bind-address', '127.0.0.1:0', { metricsAddress: { host: '127.0.0.1', port: 0 } }],
  ['health-probe-bind-address', '0', { healthAddress: undefined }],
  ['controllers', 'pull-secrets', { controllers: 'pull-secrets' }],
  [
    'watch-namespaces',
    'team-a, team-b',
    { watchNamespaces: ['team-a', 'team-b'], registriesFile: 'r.yaml', controllers: 'pull-secrets' },
    { ECR_OPERATOR_REGISTRIES_FILE: 'r.yaml', ECR_OPERATOR_CONTROLLERS: 'pull-secrets' },
  ],
  [
    'registries-file',
    '/etc/registries.yaml',
    { watchNamespaces: ['a'], registriesFile: '/etc/registries.yaml', controllers: 'pull-secrets' },
    { ECR_OPERATOR_WATCH_NAMESPACES: 'a', ECR_OPERATOR_CONTROLLERS: 'pull-secrets' },
  ],
  ['otlp-endpoint', 'http://collector:4318', { otlpEndpoint: 'http://collector:4318' }],
] as readonly (readonly [string, string, Partial<Config>, Record<string, string>?])[];

function variable(flag: string): string {
  return `ECR_OPERATOR_${flag.toUpperCase().replaceAll('-', '_')}`;
}

function problems(args: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    readConfig(args, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a configuration', () => {
  test('has a default for everything', () => {
    expect(readConfig([], {})).toEqual(DEFAULTS);
  });

  test.each(EVERYTHING)('takes %s from a flag or from the environment', (flag, text, change, beside = {}) => {
    expect([
      readConfig([`--${flag}=${text}`], beside),
      readConfig([`--${flag}`, text], beside),
      readConfig([], { ...beside, [variable(flag)]: text }),
    ]).toEqual([1, 2, 3].map(() => ({ ...DEFAULTS, ...change })));
  });

  test.each<[string, Record<string, string>, Config['webIdentity']]>([
    [
      'a role and a token file',
      { AWS_ROLE_ARN: 'arn', AWS_WEB_IDENTITY_TOKEN_FILE: '/token' },
      { roleArn: 'arn', tokenFile: '/token' },
    ],
    ['only one of the two', { AWS_ROLE_ARN: 'arn' }, undefined],
    [
      'keys, which the SDK takes first',
      { AWS_ROLE_ARN: 'arn', AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ACCESS_KEY_ID: 'AKIA1' },
      undefined,
    ],
  ])('has the web identity that the environment shows by %s', (_what, env, webIdentity) => {
    expect(readConfig([], env).webIdentity).toEqual(webIdentity);
  });

  test.each<[string, Record<string, string>, Config['proxy']]>([
    [
      'in capitals',
      { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'https://other', NO_PROXY: '.internal,10.0.0.1' },
      { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'https://other', NO_PROXY: '.internal,10.0.0.1' },
    ],
    [
      'in small letters, which go first',
      { https_proxy: 'http://small:1', HTTPS_PROXY: 'http://big:1', no_proxy: 'small', NO_PROXY: 'big' },
      { HTTPS_PROXY: 'http://small:1', NO_PROXY: 'small' },
    ],
    ['with exceptions and no proxy', { NO_PROXY: '.internal' }, undefined],
    ['that are empty', { HTTPS_PROXY: '', https_proxy: '' }, undefined],
  ])('has the proxies of the environment %s', (_what, env, proxy) => {
    expect(readConfig([], env).proxy).toEqual(proxy);
  });

  test.each(['', 'prod', 'Prod 1_a.b:c=d+e-f@g', 'größe'])('has a cluster name such as "%s"', (name) => {
    expect(readConfig([`--cluster-name=${name}`], {}).clusterName).toBe(name || undefined);
  });

  test('goes by the flag where both are given', () => {
    expect(readConfig(['--namespace=flag'], { ECR_OPERATOR_NAMESPACE: 'env' }).namespace).toBe('flag');
  });

  test('cannot be changed, lists included', () => {
    const config = readConfig([], {});
    expect([Object.isFrozen(config), Object.isFrozen(config.pullSecretNames)]).toEqual([true, true]);
  });

  test('has each name of a pull Secret once, or it would be watched twice', () => {
    expect(readConfig(['--pull-secret-names=b,a,b'], {}).pullSecretNames).toEqual(['b', 'a']);
  });
});

describe('what is wrong', () => {
  test('is told all at once, with the value, both names of the setting and what to write', () => {
    const args = ['--log-level=loud', '--delivery-workers=many', '--drift-schedule=often', '--namespace=A_b'];
    args.push('--identity-tokens=no', '--endpoint-hosts=*');
    expect(problems(args, { ECR_OPERATOR_PULL_SECRET_NAMES: ' , ' })).toEqual([
      '--namespace (or ECR_OPERATOR_NAMESPACE) is "A_b": write the name of a namespace',
      '--pull-secret-names (or ECR_OPERATOR_PULL_SECRET_NAMES) is " , ": write one to sixteen names of Secrets, such as ecr-pull',
      '--identity-tokens (or ECR_OPERATOR_IDENTITY_TOKENS) is "no": write allow or refuse',
      '--endpoint-hosts (or ECR_OPERATOR_ENDPOINT_HOSTS) is "*": write hosts without ports, in small letters, such as ecr.example.com, *.example.com, 192.0.2.1 or [2001:db8::1]',
      '--drift-schedule (or ECR_OPERATOR_DRIFT_SCHEDULE) is "often": write five or six fields, such as */30 * * * *',
      '--delivery-workers (or ECR_OPERATOR_DELIVERY_WORKERS) is "many": write a number from 1 to 256',
      '--log-level (or ECR_OPERATOR_LOG_LEVEL) is "loud": write debug, info, warn or error',
    ]);
  });

  test('is told of the settings of an installation too, the other way round included', () => {
    const args = ['--leader-elect=no', '--lease-name=A', '--lease-duration-seconds=20', '--pod-name=a b'];
    args.push('--lease-retry-period-seconds=20', '--metrics-bind-address=8080', '--controllers=some');
    args.push('--watch-namespaces=a,B', '--otlp-endpoint=grpc://user:hush@collector');
    expect(problems(args)).toEqual([
      '--leader-elect (or ECR_OPERATOR_LEADER_ELECT) is "no": write true or false',
      '--lease-name (or ECR_OPERATOR_LEASE_NAME) is "A": write the name of a Lease',
      '--lease-renew-deadline-seconds (or ECR_OPERATOR_LEASE_RENEW_DEADLINE_SECONDS) is "20": write less than --lease-duration-seconds, which is 20',
      '--lease-retry-period-seconds (or ECR_OPERATOR_LEASE_RETRY_PERIOD_SECONDS) is "20": write less than --lease-renew-deadline-seconds, which is 20',
      '--pod-name (or ECR_OPERATOR_POD_NAME) is "a b": write the name of the Pod',
      '--metrics-bind-address (or ECR_OPERATOR_METRICS_BIND_ADDRESS) is "8080": write an address such as :8080, 127.0.0.1:8080 or [::1]:8080, or 0 for none',
      '--controllers (or ECR_OPERATOR_CONTROLLERS) is "some": write all or pull-secrets',
      '--watch-namespaces (or ECR_OPERATOR_WATCH_NAMESPACES) is "a,B": write up to 100 names of namespaces',
      '--watch-namespaces (or ECR_OPERATOR_WATCH_NAMESPACES) is "a,B": what is managed in ECR takes rights in the whole cluster: write --controllers=pull-secrets, too',
      '--registries-file (or ECR_OPERATOR_REGISTRIES_FILE) is "": write the path of a file with Registry manifests, since --watch-namespaces leaves no right to read Registries',
      '--otlp-endpoint (or ECR_OPERATOR_OTLP_ENDPOINT) is no URL: write one such as http://collector:4318',
    ]);
  });

  test('is a file of Registries that nobody would read, and more namespaces than can be watched one by one', () => {
    expect(problems(['--registries-file=r.yaml'])).toEqual([
      '--registries-file (or ECR_OPERATOR_REGISTRIES_FILE) is "r.yaml": Registries are read from the API: leave it out, or write --watch-namespaces, too',
    ]);
    const names = Array.from({ length: 101 }, (_, index) => `n${index}`).join();
    const args = ['--controllers=pull-secrets', '--registries-file=r.yaml', `--watch-namespaces=${names}`];
    expect(problems(args)).toEqual([expect.stringContaining('write up to 100 names of namespaces')]);
  });

  test.each(['0.0.0.0', '[::]'])('is one port for two servers, of which one takes it on %s', (host) => {
    const args = [`--metrics-bind-address=${host}:8080`, '--health-probe-bind-address=127.0.0.1:8080'];
    expect(problems(args)).toEqual([
      expect.stringContaining('that is where --metrics-bind-address is served'),
    ]);
  });

  test('is one address for two servers', () => {
    expect(problems(['--metrics-bind-address=127.0.0.1:8081'])).toEqual([
      expect.stringMatching(
        /^--health-probe-bind-address .* is ":8081": that is where --metrics-bind-address is/,
      ),
    ]);
  });

  test.each(['prod/eu', '/', 'prod/', 'a,b', 'a*', 'a\nb'])('is the cluster name "%s"', (name) => {
    expect(problems([`--cluster-name=${name}`])).toEqual([
      `--cluster-name (or ECR_OPERATOR_CLUSTER_NAME) is "${name}": write letters, digits, spaces and _ . : = + - @, which is what AWS takes in a tag, without a slash`,
    ]);
  });

  test.each(['proxy:3128', 'socks5://proxy:1', 'http://', 'user:hush@proxy'])(
    'is the proxy %s, which is not told: it may hold a password',
    (https_proxy) => {
      expect(problems([], { https_proxy })).toEqual([
        'HTTPS_PROXY (or https_proxy) names no proxy: write a URL such as http://proxy:3128',
      ]);
    },
  );

  test.each([
    ['none at all', '--drain-seconds=0'],
    ['less than none', '--drain-seconds=-1'],
    ['a part', '--drain-seconds=1.5'],
    ['nothing', '--drain-seconds='],
    ['too much', '--drain-seconds=601'],
    ['no number', '--drain-seconds=NaN'],
    ['endless', '--drain-seconds=Infinity'],
  ])('is %s where a number is asked for', (_what, arg) => {
    expect(problems([arg])).toEqual([expect.stringMatching(/: write a number from 1 to 600$/)]);
  });

  test.each([
    ['a flag that there is not', ['--worker=1'], /^--worker is not known: see --help$/],
    ['a flag that every JavaScript object seems to have', ['--constructor=1'], /^--constructor is not known/],
    ['a word without a flag', ['now'], /^"now" is no flag: see --help$/],
    ['a flag without a value', ['--namespace'], /^--namespace needs a value$/],
  ])('is %s', (_what, args, words) => {
    expect(problems(args)).toEqual([expect.stringMatching(words)]);
  });

  test('is in the message too, a line each', () => {
    expect(() => readConfig(['--log-level=x', '--worker=1', 'now'], {})).toThrow(
      /^"now" is no flag.*\n--worker is not known.*\n--log-level .*$/,
    );
  });
});

test('the help names every flag with its default', () => {
  const text = helpText().replace(/\s+/g, ' ');
  const missing = Object.values(SETTINGS).filter(
    ({ flag, fallback, help }) => !text.includes(` --${flag} ${help}${fallback ? ` [${fallback}]` : ''} `),
  );
  expect([missing, EVERYTHING.map(([flag]) => flag)]).toEqual([
    [],
    Object.values(SETTINGS).map(({ flag }) => flag),
  ]);
});

test('the help fits 80 columns', () => {
  expect(
    helpText()
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});
