import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** What the demo prints: 80 columns, colours only on a terminal and without NO_COLOR. */
export interface Story {
  title(text: string): void;
  /** A numbered scene: what is done, as a person would do it. */
  scene(text: string): void;
  /** Something that came true, and how long it took. */
  done(text: string, ms?: number): void;
  /** Details below it. */
  detail(text: string): void;
  blank(): void;
}

const COLUMNS = 80;

/** A {@link Story} on standard output. */
export function createStory(): Story {
  const colours = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const paint = (style: Style, text: string): string =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  let scenes = 0;
  return {
    title: (text) => print(paint('bold', text)),
    scene(text) {
      scenes += 1;
      print(`\n${paint('bold', `${scenes}. ${text}`)}`);
    },
    done(text, ms) {
      const time =
        ms === undefined ? '' : ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`;
      const gap = ' '.repeat(Math.max(1, COLUMNS - 5 - text.length - time.length));
      print(`   ${paint('green', '✔')} ${text}${time ? gap + paint('dim', time) : ''}`);
    },
    detail(text) {
      for (const line of wrap(text, COLUMNS - 5)) print(`     ${paint('dim', line)}`);
    },
    blank: () => print(''),
  };
}

/** Breaks at spaces; a longer word stays whole, so that it can be copied. */
function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let current = '';
    for (const word of line.split(' ')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (longer.length > columns && current.trim() !== '') {
        lines.push(current);
        current = word;
      } else current = longer;
    }
    return [...lines, current];
  });
}
