// Help as wide as the terminal: text is wrapped at words, and an example goes on after a backslash, so that it can still be copied.
import { displayWidth, wrapped } from '../base/displayWidth.ts';

/** How lines begin that are commands. */
const COMMAND = /^ +(?:[A-Z_]+=\S+ )*gradsplit /;

/** A command on several lines: it is cut before options. */
function commandLines(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = indent;
  for (const part of line.trim().split(/ (?=-)/)) {
    const longer = current.trim() === '' ? `${current}${part}` : `${current} ${part}`;
    // Two columns for the space and the backslash.
    if (current.trim() !== '' && displayWidth(longer) > width - 2) {
      lines.push(`${current} \\`);
      current = `${indent}    ${part}`;
    } else current = longer;
  }
  return [...lines, current];
}

/** Text as help prints it, in lines of at most `width` columns where words permit it. */
export function fitHelp(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (displayWidth(line) <= width) return [line];
      if (COMMAND.test(line)) return commandLines(line, width);
      const indent = /^ */.exec(line)![0];
      return wrapped(line.slice(indent.length), width - indent.length).map((cut) => `${indent}${cut}`);
    })
    .join('\n');
}
