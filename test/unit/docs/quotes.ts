import { readPage } from './markdown.ts';

/** One line of `kubectl describe`, as a page quotes it. */
export interface Quote {
  /** The type of a condition, or `Event`, or `Failure` (of a namespace). */
  readonly what: string;
  /** Of the condition; the type of an Event. */
  readonly status: string;
  readonly reason: string;
  /** Matches the whole message. What stands in angle brackets stands for anything. */
  readonly message: RegExp;
}

const HEAD = /^(?:(\w+)=(\w+)|(Event) (\w+)|(Failure)) (\w+)$/;

/** What a page quotes, by the headings above: a head (`Ready=False Reason`), and the message, indented, below. */
export async function quotesIn(file: string): Promise<ReadonlyMap<string, readonly Quote[]>> {
  const { text } = await readPage(file);
  const sections = text.matchAll(/^### (.+)\n(?:[^`#\n][^\n]*\n|\n)*```\n([^`]*)```$/gm);
  return new Map([...sections].map(([, title = '', block = '']) => [title, linesOf(block)]));
}

function linesOf(block: string): Quote[] {
  const entries = block.trimEnd().split(/\n(?! )/);
  return entries.map((entry) => {
    const [head = '', ...rest] = entry.split('\n');
    const [, type, state, event, level, failure, reason = ''] = HEAD.exec(head) ?? [];
    const what = type ?? event ?? failure;
    if (what === undefined) throw new Error(`not the head of a quote: ${head}`);
    const message = rest.map((line) => line.trim()).join(' ');
    return { what, status: state ?? level ?? '', reason, message: patternOf(message) };
  });
}

function patternOf(message: string): RegExp {
  const parts = message.split(/<[^<>]+>/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
}
