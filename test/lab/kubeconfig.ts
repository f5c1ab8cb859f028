import { writeFile } from 'node:fs/promises';

export interface KubeconfigOptions {
  readonly server: string;
  /** The certificate in PEM form; without it the server speaks plain HTTP. */
  readonly ca?: string;
  readonly user: string;
  readonly token: string;
  /** The namespace of commands that name none. */
  readonly namespace?: string;
}

/** A kubeconfig with one cluster, one user, one context called `lab`. */
export function kubeconfig({ server, ca, user, token, namespace }: KubeconfigOptions): object {
  const authority =
    ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server, ...authority } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user, ...(namespace ? { namespace } : {}) } }],
    'current-context': 'lab',
  };
}

/** Writes it for us alone: it carries a token. JSON is YAML. */
export async function writeKubeconfig(path: string, options: KubeconfigOptions): Promise<string> {
  await writeFile(path, JSON.stringify(kubeconfig(options), null, 2), { mode: 0o600 });
  return path;
}
