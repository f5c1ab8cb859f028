import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { scriptOf } from '../../integration/docs/commands.ts';
import { loginOf, type SecretObject } from '../../integration/pull-secret/pull-objects.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { AWS_ADDRESS } from '../../lab/node/node-network.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { readPage, sectionsOf } from '../../unit/docs/markdown.ts';
import { describeOnNode, START_TIMEOUT_MS } from '../node/describe-on-node.ts';
import { type Load, type LoadReport, startLoad } from './load.ts';
import { measured, ms } from './measured.ts';
import { type OperatorCluster, startOperatorCluster } from './operator-cluster.ts';
import { isReady, operatorPods } from './operator-pods.ts';

const BEFORE = join(import.meta.dirname, 'before');
const OLD_TAG = 'before';
/** Pods that have to start in each phase, so that there is a load. */
const PULLS = 3;

const sections = sectionsOf(await readPage('docs/production.md'));

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { image: string; env: { name: string; value: string }[] }[];
      };
    };
  };
}

describeOnNode('upgrades while namespaces are created and images pulled all the time', () => {
  let whole: OperatorCluster;
  let load: Load;
  let earlier: ReadonlyMap<string, string>;
  let reports: Readonly<Record<string, LoadReport>>;

  beforeAll(async () => {
    whole = await startOperatorCluster();
    await whole.importImage(OLD_TAG, await unpacked('ecr-operator.js.gz'));
    const image = await whole.push('team-a/web', '1');
    await installOld();
    await rolledOut(1);
    await run('The first pull secret');
    load = await startLoad(whole.cluster, image);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await load?.stop();
    await whole?.stop();
  }, 60_000);

  /** As `kubectl apply -k` did it then, but for where AWS is and what the image is called here. */
  async function installOld(): Promise<void> {
    const objects = parseAllDocuments((await unpacked('install.yaml.gz')).toString()).map(
      (document) => document.toJS() as KubeObject,
    );
    const deployment = objects.find(({ kind }) => kind === 'Deployment') as Deployment;
    for (const container of deployment.spec.template.spec.containers) {
      container.image = `ecr-operator:${OLD_TAG}`;
      container.env.push({ name: 'AWS_ENDPOINT_URL', value: `http://${AWS_ADDRESS}` });
    }
    const file = join(whole.shell.folder, 'before.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await whole.cluster.kubectl('apply', '-f', file);
  }

  async function run(section: string, which: RegExp = /./): Promise<void> {
    const blocks = (sections.get(section) ?? []).filter(({ text }) => which.test(text));
    expect(blocks).not.toEqual([]);
    for (const block of blocks) await whole.shell.run(scriptOf(block));
  }

  /** Resolves when exactly so many Pods are there and ready, none of them of those `before`. */
  async function rolledOut(count: number, before: readonly string[] = []): Promise<readonly string[]> {
    const pods = await waitFor(() => operatorPods(whole.cluster), {
      what: `${count} new ready replicas`,
      until: (found) =>
        found.length === count && found.every((pod) => isReady(pod) && !before.includes(pod.metadata.name)),
      timeoutMs: 120_000,
    });
    return pods.map(({ metadata }) => metadata.name);
  }

  function pullSecrets(): Promise<readonly SecretObject[]> {
    const fieldSelector = 'metadata.name=ecr-pull';
    return whole.cluster.admin.list<SecretObject>({ apiVersion: 'v1', kind: 'Secret', fieldSelector });
  }

  async function secretIds(): Promise<ReadonlyMap<string, string>> {
    const secrets = await pullSecrets();
    return new Map(secrets.map(({ metadata }) => [metadata.namespace ?? '', metadata.uid ?? '']));
  }

  test('the chart takes over from an operator without leader election, both at work for a while', async () => {
    load.phase('old');
    await load.pulled(PULLS);
    earlier = await secretIds();
    const old = await rolledOut(1);
    load.phase('takeover');
    await run('Install', /^cat > values.yaml/);
    await run('From kubectl apply -k to the chart');
    await rolledOut(2, old);
    await load.pulled(PULLS);
  }, 240_000);

  test('a rolling upgrade of the chart hands over from replica to replica', async () => {
    const before = await rolledOut(2);
    load.phase('rolling');
    await whole.shell.run(`${UPGRADE} --set-string podAnnotations.example/rolled=1 --wait`);
    await rolledOut(2, before);
    await load.pulled(PULLS);
  }, 240_000);

  test('no pull failed, and every namespace was served', async () => {
    reports = await load.end();
    for (const [phase, { delaysMs, pulls, failedPulls }] of Object.entries(reports)) {
      const sorted = delaysMs.toSorted((one, other) => one - other);
      const worst = sorted.at(-1) ?? 0;
      measured(
        `${phase}: ${delaysMs.length} namespaces served, median ${ms(sorted[sorted.length >> 1] ?? 0)}, ` +
          `worst ${ms(worst)}; ${pulls} pulls, ${failedPulls.length} failed`,
      );
      expect({ phase, failedPulls }).toEqual({ phase, failedPulls: [] });
      expect(pulls).toBeGreaterThanOrEqual(PULLS);
      // A Lease that had to be waited for would take 30 s.
      expect(worst).toBeLessThan(25_000);
    }
    const served = await secretIds();
    const count = Object.values(reports).reduce((sum, { delaysMs }) => sum + delaysMs.length, 0);
    expect([...served.keys()].filter((name) => /^(old|takeover|rolling)-/.test(name))).toHaveLength(count);
  }, 120_000);

  test('no Secret was made anew, and each has a token that opens ECR', async () => {
    const now = await secretIds();
    expect([...earlier].filter(([namespace, uid]) => now.get(namespace) !== uid)).toEqual([]);
    const secrets = await pullSecrets();
    // Names alone: what a failed expectation shows must have no token in it.
    const refused = secrets.filter((secret) => !opens(secret)).map(({ metadata }) => metadata.namespace);
    expect(refused).toEqual([]);
  });

  function opens(secret: SecretObject): boolean {
    const { tokens } = whole.cluster.aws;
    const token = tokens.find(loginOf(secret).password);
    return token !== undefined && !tokens.isExpired(token);
  }
});

const UPGRADE =
  'helm upgrade ecr-operator deploy/chart/ecr-operator --namespace ecr-operator --values values.yaml';

async function unpacked(file: string): Promise<Buffer> {
  return gunzipSync(await readFile(join(BEFORE, file)));
}
