/** Scrapes of several targets, one after the other, as Prometheus would have kept them. */
export interface ScrapeRecord {
  /** Scrapes all targets at a time (ms since the epoch); one that does not answer has no samples then. */
  scrape(at: number): Promise<void>;
  /** How many scrapes there were. */
  readonly length: number;
  /** The answer that came last from a target; throws where it did not answer. */
  last(instance: string): string;
  /** `input_series` of `promtool test rules`, one value for each scrape: the families that `keeps` lets through. */
  inputSeries(
    keeps: (name: string) => boolean,
  ): readonly { readonly series: string; readonly values: string }[];
  /** From the first scrape to the last, as Prometheus is asked for it: in s since the epoch, in steps of a minute. */
  range(): { readonly start: number; readonly end: number; readonly step: number };
  /** The same as OpenMetrics with times, for `promtool tsdb create-blocks-from openmetrics`; `keeps` as above. */
  openMetrics(keeps?: (name: string) => boolean): string;
}

export interface RecordOptions {
  /** URLs by instance; asked for at each scrape, so that targets can come and go. */
  readonly targets: () => ReadonlyMap<string, string>;
  /** As service discovery would add them. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Series {
  readonly name: string;
  readonly labels: string;
  /** By number of the scrape; what is missing was not there. */
  readonly values: Map<number, string>;
}

/** A target that works answers in some hundredths of a second; one that is stopped never does. */
const SCRAPE_TIMEOUT_MS = 10_000;

/** An empty {@link ScrapeRecord}. */
export function createScrapeRecord({ targets, labels }: RecordOptions): ScrapeRecord {
  const all = new Map<string, Series>();
  const times: number[] = [];
  const answers = new Map<string, string>();

  function take(instance: string, text: string): void {
    const added = Object.entries({ ...labels, instance }).map(([name, value]) => `${name}="${value}"`);
    for (const line of text.split('\n')) {
      const [, name = '', own = '', value = ''] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') continue;
      const words = [...added, ...(own ? [own] : [])].join(',');
      const key = `${name}{${words}}`;
      const series = all.get(key) ?? { name, labels: words, values: new Map<number, string>() };
      all.set(key, series);
      series.values.set(times.length, value);
    }
  }

  return {
    async scrape(at) {
      answers.clear();
      for (const [instance, url] of targets()) {
        const text = await scraped(url);
        if (text === undefined) continue;
        answers.set(instance, text);
        take(instance, text);
      }
      times.push(at);
    },
    get length() {
      return times.length;
    },
    last(instance) {
      const text = answers.get(instance);
      if (text === undefined) throw new Error(`${instance} did not answer the last scrape`);
      return text;
    },
    inputSeries: (keeps) =>
      [...all.values()]
        .filter(({ name }) => keeps(name))
        .map(({ name, labels: words, values }) => ({
          series: `${name}{${words}}`,
          values: promtoolValues(values, times.length),
        })),
    range: () => ({ start: (times[0] ?? 0) / 1_000, end: (times.at(-1) ?? 0) / 1_000, step: 60 }),
    openMetrics(keeps = () => true) {
      const lines = [...all.values()]
        .filter(({ name }) => keeps(name))
        .flatMap(({ name, labels: words, values }) =>
          [...values].map(([index, value]) => `${name}{${words}} ${value} ${(times[index] ?? 0) / 1_000}`),
        );
      return `${lines.join('\n')}\n# EOF\n`;
    },
  };
}

async function scraped(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

/** A series that ends gets a staleness marker, as Prometheus writes it at the next scrape. */
function promtoolValues(values: ReadonlyMap<number, string>, length: number): string {
  const words: string[] = [];
  for (let index = 0; index < length; index += 1) {
    const value = values.get(index);
    if (value !== undefined) words.push(value === 'Nan' ? 'NaN' : value);
    else words.push(values.has(index - 1) ? 'stale' : '_');
  }
  return words.join(' ');
}
