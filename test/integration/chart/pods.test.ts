import { describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { objectOf, rendered, type Values } from './rendered.ts';

jest.setTimeout(180_000);

interface Placed extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly nodeSelector: object;
        readonly topologySpreadConstraints: readonly { readonly matchLabelKeys: readonly string[] }[];
      };
    };
  };
}

const MAIN = `Deployment/${OPERATOR_NAMESPACE}/ecr-operator`;

describe('where Pods run', () => {
  test('replicas of a new version are spread among themselves: the old ones are about to go', async () => {
    const { spec } = objectOf<Placed>(await rendered(), MAIN);
    const { nodeSelector, topologySpreadConstraints } = spec.template.spec;
    expect(topologySpreadConstraints.map(({ matchLabelKeys }) => matchLabelKeys)).toEqual([
      ['pod-template-hash'],
      ['pod-template-hash'],
    ]);
    expect(nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
  });

  test('is what the values say beside Linux', async () => {
    const { spec } = objectOf<Placed>(await rendered({ nodeSelector: { pool: 'system' } }), MAIN);
    expect(spec.template.spec.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux', pool: 'system' });
  });
});

describe('a network policy', () => {
  test('names no address of the API server unless told: some networks take none for a node', async () => {
    const portsOf = async (egressTo?: readonly object[]): Promise<object[]> => {
      const values = { networkPolicy: { enabled: true, ...(egressTo ? { egressTo } : {}) } };
      const id = `NetworkPolicy/${OPERATOR_NAMESPACE}/ecr-operator`;
      const { spec } = objectOf<KubeObject & { spec: { egress: object[] } }>(await rendered(values), id);
      return spec.egress.filter((rule) => JSON.stringify(rule).includes('6443'));
    };
    const ports = [{ port: 443 }, { port: 6443 }];
    const to = [{ ipBlock: { cidr: '10.0.0.0/8' } }];
    expect(await portsOf()).toEqual([{ ports }]);
    expect(await portsOf(to)).toEqual([{ ports, to }]);
  });

  test('lets nobody out to the metadata service of EC2 where it is not asked', async () => {
    const addressesOf = async (values: Values): Promise<string[]> => {
      const policy = objectOf(await rendered(values), `NetworkPolicy/${OPERATOR_NAMESPACE}/ecr-operator`);
      return [...JSON.stringify(policy).matchAll(/"cidr":"(169[^"]+|fd00[^"]+)"/g)].map(
        ([, cidr = '']) => cidr,
      );
    };
    const agent = ['169.254.170.23/32', 'fd00:ec2::23/128'];
    const metadata = ['169.254.169.254/32', 'fd00:ec2::254/128'];
    const networkPolicy = { enabled: true };
    expect(await addressesOf({ networkPolicy })).toEqual([...agent, ...metadata]);
    expect(await addressesOf({ networkPolicy, aws: { instanceMetadata: false } })).toEqual(agent);
    expect(await addressesOf({ networkPolicy: { enabled: true, awsAgents: false } })).toEqual([]);
  });
});
