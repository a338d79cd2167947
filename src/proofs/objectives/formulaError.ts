// The error of a formula that does what no field can do.

/** A formula that does what no field can do: the message names the place in it. */
export class FormulaError extends Error {
  override readonly name: string = 'FormulaError';
}
