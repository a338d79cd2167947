// Tables in Markdown, for the pages under docs/.

/** What stands in a cell must not end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |\n`;
}

/** A table; the first column is text, the others are numbers. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = ['---', ...heads.slice(1).map(() => '--:')];
  return [heads, rule, ...rows].map(line).join('');
}
