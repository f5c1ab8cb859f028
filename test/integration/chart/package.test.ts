import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { CHART, helmOk } from '../../lab/helm.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { objectOf, objectsIn, rendered } from './rendered.ts';

jest.setTimeout(180_000);

const MONITORING = join(import.meta.dirname, '../../../deploy/monitoring');
const VALUES = {
  metrics: {
    serviceMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboard: { enabled: true },
  },
  admission: { pods: { enabled: true } },
};

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder('package');
});

afterAll(async () => {
  await folder?.remove();
});

describe('the links of the chart', () => {
  test('become files in its package, which renders as the folder does', async () => {
    await helmOk(['package', CHART, `--destination=${folder.path}`]);
    const packed = join(folder.path, 'ecr-operator-0.1.0.tgz');
    const namespace = `--namespace=${OPERATOR_NAMESPACE}`;
    const text = await helmOk(['template', 'ecr-operator', packed, namespace], { values: VALUES });
    expect(objectsIn(text)).toEqual(await rendered(VALUES));
  });

  test('bring the alerts and the dashboard as they are', async () => {
    const objects = await rendered(VALUES);
    const rule = objectOf<KubeObject & { spec: object }>(
      objects,
      `PrometheusRule/${OPERATOR_NAMESPACE}/ecr-operator`,
    );
    expect(rule.spec).toEqual(parse(await readFile(join(MONITORING, 'alerts.yaml'), 'utf8')));
    const dashboard = objectOf<KubeObject & { data: Record<string, string> }>(
      objects,
      `ConfigMap/${OPERATOR_NAMESPACE}/ecr-operator-dashboard`,
    );
    expect(JSON.parse(dashboard.data['ecr-operator.json'] ?? '')).toEqual(
      JSON.parse(await readFile(join(MONITORING, 'dashboard.json'), 'utf8')),
    );
  });
});
