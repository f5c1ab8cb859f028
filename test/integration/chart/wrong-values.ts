import type { Values } from './rendered.ts';
import { NAMESPACED } from './twins.ts';

const ROLE = 'arn:aws:iam::123456789012:role/ecr-operator';
const REGISTRIES = NAMESPACED['registries'] as readonly object[];

/** Values that the chart refuses, and a part of what helm says. */
export const WRONG_VALUES: Readonly<Record<string, readonly [Values, RegExp]>> = {
  'a value that there is not': [{ replicaCount: 2 }, /additional properties 'replicaCount' not allowed/],
  'a value in the wrong place': [
    { admission: { secretName: 'ecr-pull' } },
    /at '\/admission': additional properties 'secretName' not allowed/,
  ],
  'a word for a number': [{ replicas: 'two' }, /at '\/replicas': got string, want integer/],
  'a word for yes': [{ repairPods: 'yes' }, /at '\/repairPods': got string, want boolean/],
  'too many replicas': [{ replicas: 11 }, /at '\/replicas': maximum: got 11, want 10/],
  'one name in place of a list': [
    { pullSecretNames: 'ecr-pull' },
    /at '\/pullSecretNames': got string, want array/,
  ],
  'no pull Secret': [{ pullSecretNames: [] }, /at '\/pullSecretNames': minItems: got 0, want 1/],
  'a name that no Secret can have': [
    { pullSecretNames: ['ECR_pull'] },
    /at '\/pullSecretNames\/0': 'ECR_pull' does not match pattern/,
  ],
  'a name twice': [
    { credentialSecretNames: ['a', 'a'] },
    /at '\/credentialSecretNames': items at 0 and 1 are equal/,
  ],
  'a host with a port': [
    { settings: { endpointHosts: ['ecr.example.org:443'] } },
    /at '\/settings\/endpointHosts\/0': 'ecr\.example\.org:443' does not match pattern/,
  ],
  'a star beside names': [{ serviceAccountNames: ['*', 'default'] }, /at '\/serviceAccountNames/],
  'a mode that there is not': [
    { controllers: 'none' },
    /at '\/controllers': value must be one of 'all', 'pull-secrets'/,
  ],
  'a setting that there is not': [
    { settings: { logFormat: 'text' } },
    /at '\/settings': additional properties 'logFormat' not allowed/,
  ],
  'a setting that has a value of its own': [
    { settings: { pullSecretNames: 'a,b' } },
    /at '\/settings': additional properties 'pullSecretNames' not allowed/,
  ],
  'a log level that there is not': [
    { settings: { logLevel: 'trace' } },
    /at '\/settings\/logLevel': value must be one of 'debug', 'info', 'warn', 'error'/,
  ],
  'a role without its account': [
    { aws: { roleArn: 'ecr-operator' } },
    /at '\/aws\/roleArn': 'ecr-operator' does not match/,
  ],
  'an image with its tag': [
    { image: { repository: 'registry.example.org:5000/ecr-operator:1.2.3' } },
    /at '\/image\/repository': 'registry\.example\.org:5000\/ecr-operator:1\.2\.3' does not match/,
  ],
  'a digest without sha256': [
    { image: { digest: 'latest' } },
    /at '\/image\/digest': 'latest' does not match/,
  ],
  'a privileged port': [{ metrics: { port: 80 } }, /at '\/metrics\/port': minimum: got 80, want 1,024/],
  'a Registry without a spec': [
    { ...NAMESPACED, registries: [{ name: 'default' }] },
    /at '\/registries\/0': missing property 'spec'/,
  ],
  'a flag without its dashes': [
    { extraArgs: ['log-level=debug'] },
    /at '\/extraArgs\/0': 'log-level=debug' does not match/,
  ],
  'a flag without its value': [
    { extraArgs: ['--log-level', '--log-level=debug'] },
    /at '\/extraArgs\/0': '--log-level' does not match/,
  ],
  'a budget that lets no node be drained': [
    { podDisruptionBudget: { maxUnavailable: 0 } },
    /at '\/podDisruptionBudget\/maxUnavailable': minimum: got 0, want 1/,
  ],
  'the same in percent': [
    { podDisruptionBudget: { maxUnavailable: '0%' } },
    /at '\/podDisruptionBudget\/maxUnavailable': '0%' does not match/,
  ],
  'a schedule that is none': [
    { settings: { driftSchedule: 'every half an hour' } },
    /at '\/settings\/driftSchedule': 'every half an hour' does not match/,
  ],
  'a probe of something else': [
    { health: { livenessProbe: { httpGet: { path: '/' } } } },
    /at '\/health\/livenessProbe': additional properties 'httpGet' not allowed/,
  ],
  'an account as a number': [
    {
      ...NAMESPACED,
      registries: [{ name: 'default', spec: { accountId: 123456789012, region: 'eu-west-1' } }],
    },
    /at '\/registries\/0\/spec\/accountId': got number, want string/,
  ],
  'a name with two dots in a row': [
    { credentialSecretNames: ['a..b'] },
    /at '\/credentialSecretNames\/0': 'a\.\.b' does not match/,
  ],
  'a label that is no text': [{ podLabels: { team: 1 } }, /at '\/podLabels\/team': got number, want string/],

  'admission with a Secret that the operator may not write': [
    { admission: { pods: { enabled: true, secretName: 'mine' } } },
    /admission\.pods\.secretName is "mine": write one of pullSecretNames \(ecr-pull\)/,
  ],
  'namespaces without Registries': [
    { ...NAMESPACED, registries: [] },
    /watchNamespaces leaves no right to read Registry objects: write them into registries/,
  ],
  'namespaces with Repositories': [
    { ...NAMESPACED, controllers: 'all' },
    /watchNamespaces leaves no right to manage anything in ECR: write controllers: pull-secrets/,
  ],
  'Registries that nobody would read': [
    { registries: NAMESPACED['registries'] },
    /registries is for watchNamespaces alone: create Registry objects/,
  ],
  'usage of images in a mode without Repositories': [
    { controllers: 'pull-secrets', imageUsage: true },
    /imageUsage is for Repositories, which controllers: pull-secrets leaves out/,
  ],
  'a ServiceMonitor of no metrics': [
    { metrics: { enabled: false, serviceMonitor: { enabled: true } } },
    /metrics\.serviceMonitor, metrics\.prometheusRule and metrics\.dashboard need metrics\.enabled/,
  ],
  'an alert left out that there is not': [
    { metrics: { prometheusRule: { withoutAlerts: ['EcrOperatorDown', 'EcrOperatorUp'] } } },
    /metrics\.prometheusRule\.withoutAlerts has EcrOperatorUp: there is no such alert\s/,
  ],
  'no DNS at all': [{ dnsPolicy: 'None' }, /dnsPolicy is None: write dnsConfig\.nameservers/],
  'one port for two': [{ metrics: { port: 8081 } }, /metrics\.port and health\.port are both 8081/],
  'an account that nobody makes and nobody names': [
    { serviceAccount: { create: false } },
    /serviceAccount\.create is false: write the name of the one that is there into serviceAccount\.name/,
  ],
  'less time to stop than stopping takes': [
    { settings: { drainSeconds: 30 } },
    /terminationGracePeriodSeconds is 45: write more than twice settings\.drainSeconds \(30\)/,
  ],
  'a role for an account that the chart does not make': [
    { aws: { roleArn: ROLE }, serviceAccount: { create: false, name: 'given' } },
    /aws\.roleArn is for the ServiceAccount that the chart makes: annotate given with it/,
  ],
  'annotations for an account that the chart does not make': [
    { serviceAccount: { create: false, name: 'given', annotations: { a: 'b' } } },
    /serviceAccount\.annotations is for the ServiceAccount that the chart makes: annotate given with it/,
  ],
  'a Lease that may end before it is renewed': [
    { settings: { leaseDurationSeconds: 15 } },
    /settings\.leaseRenewDeadlineSeconds is 20: write less than leaseDurationSeconds \(15\)/,
  ],
  'a Lease that is tried for too seldom': [
    { settings: { leaseRetryPeriodSeconds: 20 } },
    /settings\.leaseRetryPeriodSeconds is 20: write less than leaseRenewDeadlineSeconds \(20\)/,
  ],
  'a label by which Pods are selected': [
    { podLabels: { 'app.kubernetes.io/name': 'mine' } },
    /podLabels has app\.kubernetes\.io\/name: that is the chart's own/,
  ],
  'a label of the chart': [
    { commonLabels: { 'app.kubernetes.io/instance': 'mine' } },
    /commonLabels has app\.kubernetes\.io\/instance: that is the chart's own/,
  ],
  'a flag that rights hang on': [
    { extraArgs: ['--pull-secret-names=ecr-pull,team-pull'] },
    /extraArgs has --pull-secret-names: write pullSecretNames/,
  ],
  'no Lease': [{ extraArgs: ['--leader-elect=false'] }, /extraArgs has --leader-elect: the chart sets it/],
  'a variable twice': [
    { aws: { region: 'us-east-1' }, extraEnv: [{ name: 'AWS_REGION', value: 'eu-west-1' }] },
    /extraEnv has AWS_REGION, which is there already/,
  ],
  'a Registry twice': [
    { ...NAMESPACED, registries: [...REGISTRIES, { name: 'default', spec: {} }] },
    /registries has default twice/,
  ],
  'a password where everyone can read it': [
    { settings: { otlpEndpoint: 'http://user:secret@collector:4318' } },
    /settings\.otlpEndpoint has a password, which would stand in the Deployment: .*extraEnv/,
  ],
};
