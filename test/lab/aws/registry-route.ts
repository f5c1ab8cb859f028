/** What a request to the registry's HTTP API is about, and which IAM action guards it. */
export type RegistryRoute =
  | { readonly kind: 'base' }
  | { readonly kind: 'tags'; readonly name: string; readonly action: string }
  | {
      readonly kind: 'manifest-get' | 'manifest-put' | 'manifest-delete';
      readonly name: string;
      readonly reference: string;
      readonly action: string;
    }
  /** Passed on to the registry behind the front; `rest` is the path behind the repository's name. */
  | { readonly kind: 'forward'; readonly name: string; readonly rest: string; readonly action: string };

const MANIFEST_ROUTES = {
  GET: { kind: 'manifest-get', action: 'ecr:BatchGetImage' },
  HEAD: { kind: 'manifest-get', action: 'ecr:BatchGetImage' },
  PUT: { kind: 'manifest-put', action: 'ecr:PutImage' },
  DELETE: { kind: 'manifest-delete', action: 'ecr:BatchDeleteImage' },
} as const;

const UPLOAD_ACTIONS: Readonly<Record<string, string>> = {
  POST: 'ecr:InitiateLayerUpload',
  PATCH: 'ecr:UploadLayerPart',
  GET: 'ecr:UploadLayerPart',
  DELETE: 'ecr:UploadLayerPart',
  PUT: 'ecr:CompleteLayerUpload',
};

const BLOB_ACTIONS: Readonly<Record<string, string>> = {
  GET: 'ecr:GetDownloadUrlForLayer',
  HEAD: 'ecr:BatchCheckLayerAvailability',
};

/** Reads method and path by the OCI distribution specification; undefined for what ECR does not serve. */
export function routeOf(method: string, path: string): RegistryRoute | undefined {
  if (/^\/v2\/?$/.test(path)) return { kind: 'base' };
  const match =
    /^\/v2\/(.+?)\/(manifests\/[^/]+|blobs\/uploads\/?[^/]*|blobs\/[^/]+|tags\/list|referrers\/[^/]+)$/.exec(
      path,
    );
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return routeInRepository(method, match[1], match[2]);
}

function routeInRepository(method: string, name: string, rest: string): RegistryRoute | undefined {
  if (rest.startsWith('manifests/')) {
    const route = MANIFEST_ROUTES[method as keyof typeof MANIFEST_ROUTES];
    return route && { ...route, name, reference: rest.slice('manifests/'.length) };
  }
  if (rest === 'tags/list') return { kind: 'tags', name, action: 'ecr:ListImages' };
  if (rest.startsWith('referrers/')) return { kind: 'forward', name, rest, action: 'ecr:BatchGetImage' };
  const action = (rest.startsWith('blobs/uploads') ? UPLOAD_ACTIONS : BLOB_ACTIONS)[method];
  return action === undefined ? undefined : { kind: 'forward', name, rest, action };
}
