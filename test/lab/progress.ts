import { styleText } from 'node:util';

export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells a person what takes so long. One line at a time, 80 columns, on standard error. */
export interface Progress {
  /** A line that stays. */
  note(text: string): void;
  warn(text: string): void;
  /** Says what starts, repeats it with the seconds while the task runs, and says how long it took. */
  during<T>(text: string, task: () => Promise<T>): Promise<T>;
}

const COLUMNS = 80;
const TTY_EVERY_MS = 4_000;
/** A log file wants fewer lines than a person looking on. */
const LOG_EVERY_MS = 30_000;

/** A {@link Progress} on the stream; colours only on a terminal and without NO_COLOR. */
export function createProgress(
  stream: ProgressStream = process.stderr,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Progress {
  const tty = stream.isTTY === true;
  const colours = tty && !environment['NO_COLOR'];
  const paint = (style: 'dim' | 'yellow' | 'green', text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const line = (style: 'dim' | 'yellow' | 'green', text: string) => {
    for (const part of wrap(`lab: ${text}`)) stream.write(`${paint(style, part)}\n`);
  };
  return {
    note: (text) => line('dim', text),
    warn: (text) => line('yellow', text),
    async during(text, task) {
      const started = performance.now();
      const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
      line('dim', `${text} ...`);
      const timer = setInterval(
        () => line('dim', `${text} ... ${seconds()}`),
        tty ? TTY_EVERY_MS : LOG_EVERY_MS,
      );
      try {
        const result = await task();
        line('green', `${text}: done in ${seconds()}`);
        return result;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/** Breaks at spaces so that no line but one with a longer word has more than 80 columns; later lines are indented. */
export function wrap(text: string, columns: number = COLUMNS): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = `     ${word}`;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
