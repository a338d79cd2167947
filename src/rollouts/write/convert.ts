// Writes rollouts of any format as rollouts@1, while they are read.
import { InputError } from '../../base/errors.ts';
import { showPlace } from '../read/recordReader.ts';
import type { ReadRollouts } from '../read/stream.ts';
import type { Trajectory } from '../trajectory.ts';
import { becomeNull, leftOut } from './left.ts';
import { rolloutsHeader, rolloutsLine } from './rolloutsLine.ts';

/** What a conversion has left out. */
export interface ConversionNotes {
  /** What rollouts@1 has no place for, in the words of `Trajectory`, and how many trajectories have it. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** Numbers that were infinite or NaN and are null now. */
  readonly becameNull: number;
}

/** Pieces are handed over when they have at least this many characters. */
const PIECE = 1 << 16;

/** Rollouts as the text of a rollouts@1 file, with the notes on what is left out of it so far. */
export class Conversion implements ConversionNotes {
  readonly leftOut = new Map<string, number>();
  becameNull = 0;
  private readonly rollouts: ReadRollouts;
  private unit: Trajectory['unit'] | undefined;

  constructor(rollouts: ReadRollouts) {
    this.rollouts = rollouts;
  }

  /**
   * The text, piece by piece. It begins with a header.
   * @throws InputError as reading does, and for words beside tokens, which one file cannot have
   */
  async *pieces(): AsyncGenerator<string> {
    let text = '';
    for await (const trajectory of this.rollouts) {
      if (this.unit === undefined) {
        const unit = trajectory.unit === 'words' ? ({ unit: 'words' } as const) : {};
        text = `${rolloutsHeader({ ...this.rollouts.report.header, ...unit })}\n`;
        this.unit = trajectory.unit;
      }
      this.note(trajectory);
      text += `${rolloutsLine(trajectory)}\n`;
      if (text.length >= PIECE) {
        yield text;
        text = '';
      }
    }
    yield text;
  }

  private note(trajectory: Trajectory): void {
    const { unit, place } = trajectory;
    if (unit !== this.unit) {
      throw new InputError(
        `${showPlace(place)}: expected ${this.unit} as before, found ${unit}; convert them into two files`,
      );
    }
    for (const name of leftOut(trajectory)) this.leftOut.set(name, (this.leftOut.get(name) ?? 0) + 1);
    this.becameNull += becomeNull(trajectory);
  }
}
