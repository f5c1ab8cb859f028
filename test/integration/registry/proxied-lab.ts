import { join } from 'node:path';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../../lab/connect-proxy.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { startTlsFront } from '../../lab/tls/tls-front.ts';
import { type EcrLab, startEcrLab } from '../repository/ecr-lab.ts';

/** A lab whose operator finds AWS at its own names, by TLS, and by way of a proxy alone. */
export interface ProxiedLab extends EcrLab {
  readonly connectProxy: ConnectProxy;
  /** The environment of such an operator, which does not trust the authority behind those names. */
  readonly proxied: Readonly<Record<string, string>>;
  /** The file with that authority, for NODE_EXTRA_CA_CERTS. */
  readonly authorityFile: string;
  /** Ends the operator that runs, and starts one with this environment. */
  restart(env: Readonly<Record<string, string>>): Promise<void>;
}

/** Starts it; the first operator still goes straight to AWS. */
export async function startProxiedLab(options: Pick<ConnectProxyOptions, 'login'> = {}): Promise<ProxiedLab> {
  const lab = await startEcrLab();
  const front = await startTlsFront(lab.aws.endpoint);
  const isAws = (host: string): boolean => /\.amazonaws\.com(\.cn)?:443$/.test(host);
  const route = (host: string) => (isAws(host) ? front.address : undefined);
  const connectProxy = await startConnectProxy({ ...options, route });
  const login = options.login === undefined ? '' : `${options.login}@`;
  let operator: OperatorProcess = lab.operator;
  return {
    ...lab,
    connectProxy,
    authorityFile: join(import.meta.dirname, '../../lab/tls/authority.crt'),
    proxied: { AWS_ENDPOINT_URL: '', HTTPS_PROXY: connectProxy.url.replace('//', `//${login}`) },
    async restart(env) {
      await operator.stop();
      operator = await lab.startOperator({ server: lab.proxy.url, env });
    },
    async stop() {
      await lab.stop();
      await connectProxy.stop();
      await front.stop();
    },
  };
}
