// Markdown as the documentation uses it, taken apart for a terminal and for a page: blocks, and the spans of a text.

/** An item of a list with the spaces before its mark, and the mark: `- ` or `1. `. */
export interface Item {
  readonly indent: string;
  readonly mark: string;
  readonly text: string;
}

/** A block without what surrounds it. */
type Content =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph' | 'quote'; readonly text: string }
  /** Lines that stay as they are: between fences, without them, or indented, with their indent. */
  | { readonly kind: 'fenced' | 'indented'; readonly lines: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | {
      readonly kind: 'table';
      readonly heads: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

/** A block, and whether it follows the one before without an empty line. */
export type Block = Content & { readonly follows: boolean };

/** A piece of a text. The target of a link is left out: pages are read where it is not there. */
export interface Span {
  readonly kind: 'text' | 'strong' | 'emphasis' | 'code';
  readonly text: string;
}

const ITEM = /^( *)(- |\d+\. )/;

/** What ends a paragraph within lines that no empty one separates. */
function interrupts(line: string): boolean {
  return ITEM.test(line) || line.startsWith('|') || line.startsWith('```');
}

/** The cells of a line of a table; `\\|` is a bar inside a cell. */
function cells(line: string): string[] {
  return line
    .replace(/^\s*\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replaceAll('\\|', '|').trim());
}

function table(lines: readonly string[]): Content {
  const [heads, , ...written] = lines.map(cells) as [string[], ...string[][]];
  return { kind: 'table', heads, rows: written.map((row) => heads.map((_, i) => row[i] ?? '')) };
}

function list(lines: readonly string[]): Content {
  const items: Item[] = [];
  for (const line of lines) {
    const found = ITEM.exec(line);
    if (found !== null) {
      items.push({ indent: found[1]!, mark: found[2]!, text: line.slice(found[0].length).trim() });
    } else {
      const last = items.pop()!;
      items.push({ ...last, text: `${last.text} ${line.trim()}` });
    }
  }
  return { kind: 'list', items };
}

/** The blocks of lines without an empty one between them. */
function contentsOf(lines: readonly string[]): Content[] {
  const [first] = lines;
  if (first === undefined) return [];
  if (first.startsWith('```')) {
    return [{ kind: 'fenced', lines: lines.filter((line) => !line.startsWith('```')) }];
  }
  if (first.startsWith('    ')) return [{ kind: 'indented', lines }];
  if (first.startsWith('#')) {
    const level = /^#+/.exec(first)![0].length;
    return [{ kind: 'heading', level, text: first.slice(level).trim() }, ...contentsOf(lines.slice(1))];
  }
  if (first.startsWith('|')) return [table(lines)];
  if (ITEM.test(first)) return [list(lines)];
  if (first.startsWith('>')) {
    return [{ kind: 'quote', text: lines.map((line) => line.replace(/^> ?/, '')).join(' ') }];
  }
  const end = lines.findIndex(interrupts);
  const own = lines.slice(0, end < 0 ? undefined : end).join(' ');
  return [{ kind: 'paragraph', text: own }, ...(end < 0 ? [] : contentsOf(lines.slice(end)))];
}

/** Lines between empty ones; code is one group, and comments and pictures are left out. */
function groupsOf(markdown: string): string[][] {
  const groups: string[][] = [[]];
  let inCode = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode;
    if (!inCode && line.trim() === '') groups.push([]);
    else if (inCode || !/^(<!--|!\[)/.test(line)) groups.at(-1)!.push(line);
  }
  return groups;
}

/** The blocks of a page or a section. */
export function blocksOf(markdown: string): Block[] {
  return groupsOf(markdown).flatMap((lines) =>
    contentsOf(lines).map((content, i): Block => ({ ...content, follows: i > 0 })),
  );
}

const SPAN =
  /`([^`]+)`|\*\*((?:[^*]|\*(?!\*))+)\*\*|(?<![\p{L}\p{N}_*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\p{L}\p{N}_*(])/gu;

/** The spans of a text; inside of a mark no other one is looked for. */
export function spansOf(text: string): Span[] {
  const plain = text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  const spans: Span[] = [];
  let start = 0;
  const add = (kind: Span['kind'], piece: string | undefined): void => {
    if (piece !== undefined && piece !== '') spans.push({ kind, text: piece });
  };
  for (const match of plain.matchAll(SPAN)) {
    add('text', plain.slice(start, match.index));
    add('code', match[1]);
    add('strong', match[2]);
    add('emphasis', match[3]);
    start = match.index + match[0].length;
  }
  add('text', plain.slice(start));
  return spans;
}

/** A text without its marks. */
export function plainOf(text: string): string {
  return spansOf(text)
    .map((span) => span.text)
    .join('');
}

/**
 * The section of a page with a heading, up to the next heading of its level or above.
 * @param heading the whole heading, or a test of it
 * @returns undefined if there is no such heading
 */
export function sectionOf(
  markdown: string,
  heading: string | ((heading: string) => boolean),
): string | undefined {
  const isIt = typeof heading === 'string' ? (found: string) => found === heading : heading;
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && isIt(line.replace(/^#+ /, '')));
  if (start < 0) return undefined;
  const level = /^#+/.exec(lines[start]!)![0].length;
  const length = lines
    .slice(start + 1)
    .findIndex((line) => /^#+ /.test(line) && /^#+/.exec(line)![0].length <= level);
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n');
}
