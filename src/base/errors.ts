// The errors a user can cause. Everything else that is thrown is a defect of gradsplit and keeps its stack.

/** Wrong usage or wrong input: the message is one sentence that names the place and what was expected. Exit code 2. */
export class InputError extends Error {
  override readonly name: string = 'InputError';
}

/** Two shapes that do not go together, or a value out of the range a function is defined on. */
export class ShapeError extends InputError {
  override readonly name: string = 'ShapeError';
}

/** Formats a shape for a message: `[2, 3]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
