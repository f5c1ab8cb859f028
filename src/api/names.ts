/** The operator's own version, that of package.json. */
export const OPERATOR_VERSION = '0.1.0';

/** The API group and version of every kind. */
export const GROUP = 'ecr-operator.io';
export const VERSION = 'v1alpha1';

/** Held on every object whose deletion has to be followed by work of ours. */
export const FINALIZER = `${GROUP}/finalizer`;
/** What we call ourselves to the API server: who owns the fields that we apply, asks, and tells in Events. */
export const FIELD_MANAGER = 'ecr-operator';
/** The owner of what is told of images in the status of a Repository: two writers that do not undo each other. */
export const IMAGES_FIELD_MANAGER = 'ecr-operator-images';
/** The AWS tag on every repository that we manage; its value is `<cluster>/<namespace>/<name>`. */
export const OWNER_TAG = `${GROUP}/owner`;

/** The AWS tag on repositories that nobody declared and that a class applies to: `<cluster>/<class>`. */
export const CLASS_TAG = `${GROUP}/class`;

/** The label that marks what we made. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'ecr-operator';

/** Annotations of a pull Secret. Nothing secret stands in them. */
export const SECRET_ANNOTATIONS = {
  /** `PullSecret/name` or `ClusterPullSecret/name`. */
  holder: `${GROUP}/holder`,
  /** `Keep` or `Remove`, as its holder says. */
  foreignEntries: `${GROUP}/foreign-entries`,
  /** A JSON list of what its tokens open, and when each was issued, runs out, and is to be replaced; RFC 3339. */
  tokens: `${GROUP}/tokens`,
} as const;

/** On a Secret that we did not make: its owner lets us have it. */
export const HAND_OVER_ANNOTATION = `${GROUP}/hand-over`;
/** On a pull secret: each new value, by custom the time, asks for a rotation. */
export const ROTATE_ANNOTATION = `${GROUP}/rotate-requested-at`;
/** On a Repository: each new value, by custom the time, asks for its images to be looked at now. */
export const IMAGES_ANNOTATION = `${GROUP}/images-requested-at`;
/** On a Registry: each new value, by custom the time, asks for a replication backfill to every destination. */
export const BACKFILL_ANNOTATION = `${GROUP}/replication-backfill-requested-at`;
/** On a Registry: each new value asks for its backfills to be stopped. */
export const BACKFILL_STOP_ANNOTATION = `${GROUP}/replication-backfill-stop-requested-at`;
/** On a Namespace: no ClusterPullSecret reaches into it. */
export const OPT_OUT_LABEL = `${GROUP}/pull-secrets`;
export const OPT_OUT = 'disabled';

/** On a Namespace: the RepositoryClass of those Repositories in it that name none. */
export const CLASS_LABEL = `${GROUP}/repository-class`;

/** On a PullThroughCacheRule: any new value asks ECR now whether it gets into the upstream. */
export const VALIDATE_ANNOTATION = `${GROUP}/validation-requested-at`;

/** On a ServiceAccount: the names that we put into its imagePullSecrets, separated by commas. */
export const SERVICE_ACCOUNT_ANNOTATION = `${GROUP}/pull-secrets`;

const common = { group: GROUP, version: VERSION } as const;

/** The kinds, as the API server serves them. */
export const REGISTRIES = { ...common, kind: 'Registry', plural: 'registries', namespaced: false } as const;
export const REPOSITORIES = {
  ...common,
  kind: 'Repository',
  plural: 'repositories',
  namespaced: true,
} as const;
export const REPOSITORY_CLASSES = {
  ...common,
  kind: 'RepositoryClass',
  plural: 'repositoryclasses',
  namespaced: false,
} as const;
export const PULL_SECRETS = {
  ...common,
  kind: 'PullSecret',
  plural: 'pullsecrets',
  namespaced: true,
} as const;
export const CLUSTER_PULL_SECRETS = {
  ...common,
  kind: 'ClusterPullSecret',
  plural: 'clusterpullsecrets',
  namespaced: false,
} as const;
export const PULL_THROUGH_CACHE_RULES = {
  ...common,
  kind: 'PullThroughCacheRule',
  plural: 'pullthroughcacherules',
  namespaced: false,
} as const;
export const REPOSITORY_CREATION_TEMPLATES = {
  ...common,
  kind: 'RepositoryCreationTemplate',
  plural: 'repositorycreationtemplates',
  namespaced: false,
} as const;
export const PUBLIC_REPOSITORIES = {
  ...common,
  kind: 'PublicRepository',
  plural: 'publicrepositories',
  namespaced: true,
} as const;
