/** `namespace/name`, or `name` for cluster-scoped objects. What queues hold instead of objects. */
export type Key = string;

/** The key of an object that the API server holds. */
export function keyOf(metadata: { readonly name: string; readonly namespace?: string }): Key {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

/** The reverse of {@link keyOf}: `namespace` is '' for cluster-scoped objects. */
export function splitKey(key: Key): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0
    ? { namespace: '', name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
