import type { Values } from './rendered.ts';

/** What is in `deploy/kustomize`, by its path there, and the values with which the chart is the same. */
export const TWINS: Readonly<Record<string, Values>> = {
  '.': {},
  'overlays/eks-irsa': {
    aws: { roleArn: 'arn:aws:iam::123456789012:role/ecr-operator' },
    credentialSecretNames: [],
  },
  'overlays/eks-pod-identity': { credentialSecretNames: [] },
  'overlays/namespaced': {
    controllers: 'pull-secrets',
    watchNamespaces: ['team-a', 'team-b'],
    registries: [
      { name: 'default', spec: { accountId: '123456789012', region: 'us-east-1', access: 'PullOnly' } },
    ],
  },
  'overlays/pull-secrets-only': { controllers: 'pull-secrets' },
  'overlays/static-keys': { aws: { instanceMetadata: false } },
};

/** The same for components, on the base. */
export const COMPONENT_TWINS: Readonly<Record<string, Values>> = {
  admission: { admission: { pods: { enabled: true } } },
  'default-service-account-only': { serviceAccountNames: ['default'] },
  'lifecycle-block': { imageUsage: true },
  'no-credential-secrets': { credentialSecretNames: [] },
  'repair-pods': { repairPods: true },
};

const SIDECAR = {
  name: 'keys',
  image: 'registry.example.org/keys:1',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

/** Everything that can be switched on, in a cluster with the Prometheus operator. */
export const ALL_ON: Values = {
  replicas: 3,
  image: {
    repository: '123456789012.dkr.ecr.us-east-1.amazonaws.com/ecr-operator',
    digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    pullPolicy: 'Always',
    pullSecrets: ['own-registry'],
  },
  pullSecretNames: ['ecr-pull', 'team-pull'],
  serviceAccountNames: ['default', 'builder'],
  credentialSecretNames: ['aws-credentials', 'other-account'],
  repairPods: true,
  imageUsage: true,
  settings: {
    clusterName: 'production',
    identityTokens: 'refuse',
    endpointHosts: ['ecr.example.org', '*.internal', '[2001:db8::1]'],
    driftSchedule: '*/10 * * * *',
    imageSchedule: '30 * * * *',
    repositoryWorkers: 4,
    deliveryWorkers: 32,
    logLevel: 'debug',
    drainSeconds: 10,
    leaseDurationSeconds: 15,
    leaseRenewDeadlineSeconds: 10,
    leaseRetryPeriodSeconds: 2,
    otlpEndpoint: 'http://collector.monitoring:4318',
  },
  aws: { roleArn: 'arn:aws-cn:iam::123456789012:role/ecr-operator', region: 'cn-north-1' },
  serviceAccount: { annotations: { 'example.org/owner': 'platform' } },
  admission: {
    pods: {
      enabled: true,
      secretName: 'team-pull',
      moreHosts: ['public.ecr.aws', 'mirror.example.org:5000'],
      failurePolicy: 'Fail',
      namespaceSelector: { matchLabels: { team: 'a' } },
    },
    ownAccount: { addedByOthers: ['example.org/cost-centre', 'example.org/team'] },
  },
  podDisruptionBudget: { maxUnavailable: '50%' },
  metrics: {
    port: 9090,
    serviceMonitor: {
      enabled: true,
      labels: { release: 'monitoring' },
      interval: '1m',
      relabelings: [{ action: 'replace', replacement: 'production', targetLabel: 'cluster' }],
      metricRelabelings: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'nodejs_.*' }],
    },
    prometheusRule: {
      enabled: true,
      labels: { release: 'monitoring' },
      alertLabels: { team: 'platform', severity: 'page' },
      withoutAlerts: ['EcrOperatorDriftNotMended'],
    },
    dashboard: { enabled: true, annotations: { grafana_folder: 'AWS' } },
  },
  health: { port: 9091, readinessProbe: { periodSeconds: 5 } },
  networkPolicy: {
    enabled: true,
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    egressTo: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    extraEgress: [{ ports: [{ port: 3128 }], to: [{ ipBlock: { cidr: '192.0.2.1/32' } }] }],
  },
  resources: { limits: { memory: '1Gi', cpu: '2' }, requests: { memory: '256Mi' } },
  terminationGracePeriodSeconds: 30,
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'ecr-operator' } },
        },
      ],
    },
  },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'platform', effect: 'NoSchedule' }],
  priorityClassName: 'system-cluster-critical',
  hostNetwork: true,
  dnsConfig: { options: [{ name: 'ndots', value: '1' }] },
  hostAliases: [{ ip: '192.0.2.1', hostnames: ['proxy.example.org'] }],
  revisionHistoryLimit: 3,
  extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/authorities/ca.crt' }],
  extraEnvFrom: [{ secretRef: { name: 'proxy' } }],
  extraArgs: ['--log-level=info'],
  extraVolumes: [{ name: 'authorities', configMap: { name: 'authorities' } }],
  extraVolumeMounts: [{ name: 'authorities', mountPath: '/etc/authorities' }],
  extraContainers: [SIDECAR],
  extraInitContainers: [{ ...SIDECAR, name: 'before' }],
  commonLabels: { 'example.org/cost-centre': '42' },
  deploymentAnnotations: { 'example.org/on-call': 'platform' },
  podLabels: { 'example.org/mesh': 'none' },
  podAnnotations: { 'example.org/changed': '1' },
};

/** A set of namespaces, without rights for the whole cluster. */
export const NAMESPACED: Values = {
  controllers: 'pull-secrets',
  watchNamespaces: ['team-a', 'team-b'],
  registries: [
    { name: 'default', spec: { accountId: '123456789012', region: 'us-east-1' } },
    { name: 'other', spec: { accountId: '210987654321', region: 'eu-central-1', access: 'PullOnly' } },
  ],
  crds: { install: false },
};

/** Further values that people have, by what they are for. */
export const VALUES: Readonly<Record<string, Values>> = {
  'everything on': ALL_ON,
  'a set of namespaces': NAMESPACED,
  'a set of namespaces with the policy on the account': {
    ...NAMESPACED,
    admission: { ownAccount: { enabled: true } },
  },
  'no roles for people': { rbac: { aggregateClusterRoles: false } },
  'a set of namespaces with roles for people': { ...NAMESPACED, rbac: { aggregateClusterRoles: true } },
  'no policy on the account': { admission: { ownAccount: { enabled: false } } },
  'a set of namespaces that may repair Pods': { ...NAMESPACED, repairPods: true },
  'another name': { nameOverride: 'ecr-two' },
  'an account and roles that are there': {
    serviceAccount: { create: false, name: 'given' },
    rbac: { create: false },
    crds: { install: false },
  },
  'one replica, no budget, no metrics': {
    replicas: 1,
    podDisruptionBudget: { enabled: false },
    metrics: { enabled: false },
    topologySpreadConstraints: [],
    resources: {},
  },
  'a network policy as it comes': { networkPolicy: { enabled: true } },
  'names that look like numbers': {
    pullSecretNames: ['42'],
    serviceAccountNames: ['7'],
    credentialSecretNames: ['1e3'],
    serviceAccount: { name: '0' },
    image: { pullSecrets: ['12'] },
    settings: { clusterName: '012345678901' },
    admission: { pods: { enabled: true } },
  },
  'the host network, with the network policy that is not for it': {
    hostNetwork: true,
    networkPolicy: { enabled: true },
    aws: { instanceMetadata: false },
  },
  'a scheduler, a runtime and users of its own': {
    schedulerName: 'binpacking',
    runtimeClassName: 'small',
    hostUsers: false,
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['192.0.2.53'] },
    revisionHistoryLimit: 0,
  },
  'an account of Pods that the cluster gives, as on OpenShift': {
    podSecurityContext: { runAsUser: null, runAsGroup: null },
  },
  'monitoring in a namespace of its own': {
    metrics: {
      serviceMonitor: { enabled: true, namespace: 'team-a' },
      prometheusRule: { enabled: true, namespace: 'team-a' },
      dashboard: { enabled: true, namespace: 'team-b' },
    },
  },
  'a tag': { image: { tag: '1.2.3' } },
};
