// What is said after a conversion: the format, how much was read, and what is left out.
import type { ConversionNotes, ReadReport } from '../rollouts/index.ts';

function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** The sentences, one a line. */
export function conversionText(report: ReadReport, notes: ConversionNotes): string {
  const { format, trajectories, lines, skipped, firstSkipped, repeated } = report;
  const text = [
    `${format?.title ?? 'no format'}: ${counted(trajectories, 'trajectory', 'trajectories')} of ${counted(lines, 'line')}`,
  ];
  if (skipped > 0) {
    text.push(`${counted(skipped, 'line')} left out:`);
    for (const { message } of firstSkipped) text.push(`  ${message}`);
    if (skipped > firstSkipped.length) text.push(`  and ${skipped - firstSkipped.length} more`);
  }
  if (repeated > 0) text.push(`${counted(repeated, 'row')} left out that the file before has too`);
  if (notes.leftOut.size > 0) {
    const names = [...notes.leftOut].map(([name, count]) => `${name} (${count})`);
    text.push(`gradsplit/rollouts@1 has no place for ${names.join(', ')}`);
  }
  if (notes.becameNull > 0) text.push(`${counted(notes.becameNull, 'number')} that were not finite are null`);
  return text.join('\n');
}
