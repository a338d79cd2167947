// The font of formulas, for reports that must show them without a network.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Temml.woff2 in base64. */
export function readMathFont(): string {
  return readFileSync(createRequire(import.meta.url).resolve('temml/dist/Temml.woff2')).toString('base64');
}
