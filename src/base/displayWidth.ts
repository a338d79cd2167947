// How many columns of a terminal a text takes, and text that is cut or wrapped to a number of columns.

/** Codes for colours, which take no columns. */
const ESCAPE = '\u001b';
const COLOURS = new RegExp(`${ESCAPE}\\[[\\d;]*m`, 'g');

/** Characters that take no column of their own, and those that take two. */
const NARROW = /[\p{M}\p{Cf}]/u;
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;

function widthOfCharacter(c: string): number {
  if (NARROW.test(c)) return 0;
  return WIDE.test(c) ? 2 : 1;
}

/** The columns that a text on one line takes, without its colours. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const c of text.replace(COLOURS, '')) width += widthOfCharacter(c);
  return width;
}

/** The longest beginning of some characters that fits. */
function beginning(characters: readonly string[], width: number): string {
  let text = '';
  let left = width;
  for (const c of characters) {
    left -= widthOfCharacter(c);
    if (left < 0) break;
    text += c;
  }
  return text;
}

/** A text without colours in at most `width` columns: its middle is left out, and more of its end is kept than of its beginning. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const characters = [...text];
  const start = beginning(characters, Math.floor((width - 1) / 3));
  const end = beginning(characters.reverse(), width - 1 - displayWidth(start));
  return `${start}…${[...end].reverse().join('')}`;
}

/** A text without colours as lines of at most `width` columns, cut between words; a word that is longer is shortened. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').map((long) => shorten(long, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
