// Reads the font of formulas, because reports must show them without a network.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Returns the font Temml.woff2 in base64. */
export function readMathFont(): string {
  return readFileSync(createRequire(import.meta.url).resolve('temml/dist/Temml.woff2')).toString('base64');
}
