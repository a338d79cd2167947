// report.html in the folder of a lab, and the same page where `--report` asks for it.
import { join } from 'node:path';
import type { LabDocument } from '../../documents/labs.ts';
import { readMathFont } from '../../host/mathFont.ts';
import { prepareOutput } from '../../host/output.ts';
import type { Lab } from '../../labs/index.ts';
import { labHtml } from '../../report/labHtml.ts';
import { repeatLab } from '../repeatLab.ts';

/** The page of a lab that has ended, in pieces. */
export function labReport(dir: string, lab: Lab, document: LabDocument): Iterable<string> {
  const repeat = repeatLab(lab, document, dir);
  return [labHtml({ lab, document, dir, repeat }, { mathFont: readMathFont() })];
}

/** Writes the page into the folder. @throws InputError if it cannot be written */
export async function writeLabReport(dir: string, lab: Lab, document: LabDocument): Promise<void> {
  await prepareOutput(join(dir, 'report.html')).write(labReport(dir, lab, document));
}
