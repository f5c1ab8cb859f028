import { ACCOUNT, type Lab, OPERATOR_NAMESPACE } from './lab.ts';

/**
 * What an operator finds in its environment that a test starts by itself: the shipped ServiceAccount, AWS as the lab has
 * it, with a user of that name, and no port.
 */
export async function operatorEnvironment(
  { aws, controlPlane }: Pick<Lab, 'aws' | 'controlPlane'>,
  user: string,
): Promise<NodeJS.ProcessEnv> {
  const { accessKeyId, secretAccessKey } = aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/${user}` });
  return {
    ...process.env,
    KUBECONFIG: await controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, 'ecr-operator'),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: aws.endpoint,
    ECR_OPERATOR_METRICS_BIND_ADDRESS: '0',
    ECR_OPERATOR_HEALTH_PROBE_BIND_ADDRESS: '0',
  };
}
