import { describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { objectOf, rendered } from './rendered.ts';
import { VALUES } from './twins.ts';

jest.setTimeout(180_000);

interface Rule {
  readonly alert: string;
  readonly labels: object;
  readonly annotations: object;
}

interface Rules extends KubeObject {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
}

describe('monitoring', () => {
  test('is found in another namespace, and looks for the metrics in that of the release', async () => {
    const objects = await rendered(VALUES['monitoring in a namespace of its own']);
    expect(objectOf(objects, 'ServiceMonitor/team-a/ecr-operator-metrics')).toMatchObject({
      spec: { namespaceSelector: { matchNames: [OPERATOR_NAMESPACE] } },
    });
    expect(objects.has('PrometheusRule/team-a/ecr-operator')).toBe(true);
    expect(objects.has('ConfigMap/team-b/ecr-operator-dashboard')).toBe(true);
  });

  test('has all alerts but those that the values leave out, each with the labels of the values', async () => {
    const alertsOf = async (prometheusRule: object): Promise<Rule[]> => {
      const objects = await rendered({ metrics: { prometheusRule: { enabled: true, ...prometheusRule } } });
      const { spec } = objectOf<Rules>(objects, `PrometheusRule/${OPERATOR_NAMESPACE}/ecr-operator`);
      return spec.groups.flatMap(({ rules }) => rules);
    };
    const all = await alertsOf({});
    const some = await alertsOf({
      alertLabels: { team: 'a' },
      withoutAlerts: ['EcrOperatorDriftNotMended'],
      runbookUrl: 'https://wiki.example.org/ecr',
    });
    expect(all.map(({ alert }) => alert)).toContain('EcrOperatorDriftNotMended');
    expect(some).toEqual(
      all
        .filter(({ alert }) => alert !== 'EcrOperatorDriftNotMended')
        .map((rule) => ({
          ...rule,
          labels: { ...rule.labels, team: 'a' },
          annotations: {
            ...rule.annotations,
            runbook_url: `https://wiki.example.org/ecr#${rule.alert.toLowerCase()}`,
          },
        })),
    );
  });
});
