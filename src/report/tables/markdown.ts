// Tables in Markdown, for the pages under docs/.

/** What stands in a cell must not end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |\n`;
}

/**
 * A table.
 * @param texts how many of the first columns are text; the others are numbers
 */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  texts = 1,
): string {
  const rule = heads.map((_, i) => (i < texts ? '---' : '--:'));
  return [heads, rule, ...rows].map(line).join('');
}
