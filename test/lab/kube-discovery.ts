/** A kind of object. */
export interface KubeType {
  readonly apiVersion: string;
  readonly kind: string;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface KubeDiscovery {
  /** The path of an object, or without `name` of the list that it is in. Rejects for a kind that is not served. */
  path(type: KubeType, namespace: string | undefined, name?: string): Promise<string>;
}

/** Learns from the API server how kinds are called in paths; asks again for a kind that it does not know yet. */
export function kubeDiscovery(get: (path: string) => Promise<unknown>): KubeDiscovery {
  const known = new Map<string, ApiResource>();

  async function resourceOf({ apiVersion, kind }: KubeType): Promise<ApiResource> {
    const key = `${apiVersion} ${kind}`;
    if (!known.has(key)) {
      const { resources } = (await get(groupPath(apiVersion))) as { resources: readonly ApiResource[] };
      for (const resource of resources) {
        if (!resource.name.includes('/')) known.set(`${apiVersion} ${resource.kind}`, resource);
      }
    }
    const resource = known.get(key);
    if (resource === undefined) throw new Error(`the API server does not serve ${key}`);
    return resource;
  }

  return {
    async path(type, namespace, name) {
      const { name: plural, namespaced } = await resourceOf(type);
      const where = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
      return `${groupPath(type.apiVersion)}${where}/${plural}${name === undefined ? '' : `/${name}`}`;
    },
  };
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
