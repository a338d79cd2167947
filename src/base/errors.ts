// The errors a user can cause. Everything else that is thrown is a defect of gradsplit and keeps its stack.

/** Wrong usage or wrong input: the message is one sentence that names the place and what was expected. Exit code 2. */
export class InputError extends Error {
  override readonly name: string = 'InputError';
  /** Lines of the program's own that follow the sentence as they are, such as commands to copy; what comes from outside must have gone through showText. */
  readonly lines: string = '';
}

/** An InputError with lines that follow its sentence. */
export class InputErrorWithLines extends InputError {
  override readonly lines: string;

  constructor(message: string, lines: string) {
    super(message);
    this.lines = lines;
  }
}

/** Two shapes that do not fit together, or a value outside the range on which a function is defined. */
export class ShapeError extends InputError {
  override readonly name: string = 'ShapeError';
}

/** Formats a shape for a message: `[2, 3]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
