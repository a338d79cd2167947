// Whether all tokens of a trajectory have one weight, decided on groups whose every number is a symbol, in every case.
import type { PolicyShape } from '../../policy/shape.ts';
import { type Decision, decide, larger, NO_SIZE, type Points, vanish } from './decide.ts';
import type { Size } from './element.ts';
import { tuples } from './expectation.ts';
import { FreeMember } from './freeTrajectories.ts';
import type { Drawn } from './sources.ts';
import { type Subject, weightsAt } from './subject.ts';

/**
 * Decides whether all tokens of a trajectory have one weight, in every case of every group with any numbers of attempts.
 * @param shape of the longest trajectory; its vocabulary is not read
 */
export function decideBalance(
  subject: Subject,
  drawn: Drawn,
  points: Points,
  shape: PolicyShape,
  groupSize: number,
): Decision {
  return decide(points, `balance ${drawn} ${shape.length} ${groupSize}`, (point) => {
    const members = Array.from({ length: groupSize }, () => new FreeMember(point, shape, drawn));
    let size: Size | undefined = NO_SIZE;
    for (const attempts of tuples(shape.attempts, groupSize)) {
      const group = members.map((member, i) => member.whole(attempts[i]! + 1));
      point.cases(
        () => weightsAt(subject, point, group),
        (weights) => {
          const gaps = weights.flatMap((row) => row.map((found) => ({ found, expected: row[0]! })));
          const own = vanish(point, gaps);
          size = own === undefined || size === undefined ? undefined : larger(size, own);
          return size === undefined;
        },
      );
      if (size === undefined) return {};
    }
    return size;
  });
}
