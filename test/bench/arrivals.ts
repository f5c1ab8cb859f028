import type { Lab } from '../lab/lab.ts';
import { duration, percentile, type Report } from './figures.ts';
import { makeNamespace, names, type Watches } from './fleet.ts';

/**
 * Makes namespaces one after the other, and prints the times from the answer to the creation until watches show the
 * Secret, the ServiceAccount `default`, and the Secret's name in that.
 */
export async function arrivals(
  lab: Lab,
  report: Report,
  { secrets, accounts }: Watches,
  count: number,
): Promise<void> {
  const samples = { account: [] as number[], secret: [] as number[], attached: [] as number[] };
  for (let index = 0; index < count; index += 1) {
    const namespace = `late-${index}`;
    const isDefault = (one: { readonly namespace: string; readonly name: string }): boolean =>
      one.namespace === namespace && one.name === 'default';
    const shown = Promise.all([
      secrets.until(1, (secret) => secret.namespace === namespace),
      accounts.until(1, isDefault),
      accounts.until(1, (account) => isDefault(account) && names(account)),
    ]);
    await makeNamespace(lab, namespace);
    const started = performance.now();
    const [secret, account, attached] = await shown;
    samples.secret.push(secret - started);
    samples.account.push(account - started);
    samples.attached.push(attached - started);
  }
  const figures = (times: readonly number[]): string[] => [
    `p50 ${duration(percentile(times, 0.5))}`,
    `p99 ${duration(percentile(times, 0.99))}`,
  ];
  report.row(`a new namespace (${count}): its Secret is there`, ...figures(samples.secret));
  report.row('  its ServiceAccount is made (not by us)', ...figures(samples.account));
  report.row('  its ServiceAccount names the Secret', ...figures(samples.attached));
  const lag = samples.attached.map(
    (time, index) => time - Math.max(samples.account[index] ?? 0, samples.secret[index] ?? 0),
  );
  report.row('  that, since both were there', ...figures(lag));
}
