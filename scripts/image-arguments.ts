/** What the labels of the image say; an absent one keeps the Dockerfile's default. */
export interface ImageFacts {
  readonly name: string;
  readonly version: string;
  /** Of git: the commit, when it was made (ISO 8601), and where others find it. */
  readonly revision?: string | undefined;
  readonly created?: string | undefined;
  readonly source?: string | undefined;
}

/**
 * The arguments of `docker` that build the image (pure). What the caller adds comes last, so that it wins: platforms,
 * further tags, secrets, `--sbom=true --provenance=true --push` of buildx.
 */
export function imageArguments(facts: ImageFacts, added: readonly string[]): readonly string[] {
  const { name, version, revision, created, source } = facts;
  const values = { VERSION: version, REVISION: revision, CREATED: created, SOURCE: withoutLogin(source) };
  return [
    'build',
    `--tag=${name}:${version}`,
    ...Object.entries(values).flatMap(([key, value]) => (value ? [`--build-arg=${key}=${value}`] : [])),
    ...added,
    '.',
  ];
}

/** A remote of git may have a password in it, and labels are read by everybody. */
function withoutLogin(source: string | undefined): string | undefined {
  return source?.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}
