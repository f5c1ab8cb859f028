import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { auditPolicy } from './account-record.ts';
import { binaryPath } from './binaries.ts';
import { tokenFile, type UserWithToken } from './lab-users.ts';
import { type LabProcess, startProcess, waitUntilReady } from './process.ts';

/** What the API server and those who talk to it read from the lab's folder. */
export interface ApiServerFiles {
  readonly tokens: string;
  /** Signs the tokens of ServiceAccounts. */
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  /** The API server makes both at its first start; the certificate is its own authority. */
  readonly certificate: string;
  readonly certificateKey: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
}

export interface ApiServerOptions {
  readonly folder: string;
  readonly files: ApiServerFiles;
  readonly port: number;
  readonly etcdUrl: string;
  readonly adminToken: string;
  /** Write down every request; the operator's alone where a whole run is looked at. */
  readonly audit: boolean;
  /** Further flags; later ones win. */
  readonly extraArgs: readonly string[];
}

/** Writes keys and tokens. An elliptic key, because an RSA one takes longer to make than etcd to start. */
export async function writeApiServerFiles(
  folder: string,
  users: readonly UserWithToken[],
): Promise<ApiServerFiles> {
  const files: ApiServerFiles = {
    tokens: join(folder, 'tokens.csv'),
    serviceAccountKey: join(folder, 'service-accounts.key'),
    serviceAccountPublicKey: join(folder, 'service-accounts.pub'),
    certificate: join(folder, 'certificates', 'apiserver.crt'),
    certificateKey: join(folder, 'certificates', 'apiserver.key'),
    auditPolicy: join(folder, 'audit-policy.json'),
    auditLog: join(folder, 'audit.jsonl'),
  };
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const mode = 0o600;
  await writeFile(files.tokens, tokenFile(users), { mode });
  await writeFile(files.serviceAccountKey, privateKey, { mode });
  await writeFile(files.serviceAccountPublicKey, publicKey, { mode });
  return files;
}

/** Starts kube-apiserver, RBAC and ServiceAccount admission on, and waits until it is ready. */
export async function startApiServer(options: ApiServerOptions): Promise<LabProcess> {
  const policy = auditPolicy(options.audit);
  if (policy) await writeFile(options.files.auditPolicy, JSON.stringify(policy), { mode: 0o600 });
  const process = await startProcess({
    name: 'kube-apiserver',
    command: await binaryPath('kube-apiserver'),
    args: [...apiServerArgs(options), ...(policy ? auditArgs(options.files) : []), ...options.extraArgs],
    logFile: join(options.folder, 'kube-apiserver.log'),
  });
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const isReady = async () => {
    const { statusCode, body } = await request(`https://127.0.0.1:${options.port}/readyz`, {
      headers: { authorization: `Bearer ${options.adminToken}` },
      dispatcher,
    });
    await body.dump();
    return statusCode === 200;
  };
  try {
    await waitUntilReady(process, isReady, { what: 'its /readyz answers 200' });
    return process;
  } catch (error) {
    await process.stop({ graceMs: 0 });
    throw error;
  } finally {
    await dispatcher.destroy();
  }
}

function apiServerArgs({ folder, files, port, etcdUrl }: ApiServerOptions): readonly string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    // The endpoints of the Service "kubernetes" may not be a loopback address.
    '--endpoint-reconciler-type=none',
    // Without it SIGTERM waits ten seconds and more for watches that nobody ends.
    '--shutdown-watch-termination-grace-period=1s',
  ];
}

function auditArgs({ auditPolicy, auditLog }: ApiServerFiles): readonly string[] {
  return [`--audit-policy-file=${auditPolicy}`, `--audit-log-path=${auditLog}`];
}

/** The certificate that the API server made, in PEM form: its own authority. */
export async function readCertificate(files: ApiServerFiles): Promise<{ cert: string; key: string }> {
  return {
    cert: await readFile(files.certificate, 'utf8'),
    key: await readFile(files.certificateKey, 'utf8'),
  };
}
