// What the rules about roles that must not be trained have in common.
import { ROLES, type Role } from '../rollouts/trajectory.ts';
import type { Rule, Watch } from './rule.ts';
import { SpanList } from './spans.ts';
import { isTrained, maskShift, runsWhere } from './trained.ts';

const percent = (x: number): string => `${Number((100 * x).toPrecision(3))} %`;

/** Looks for weight on tokens of a role. Where the whole mask stands beside by one token, that is another rule's finding. */
function watchRole(role: Role): Watch {
  const number = ROLES.indexOf(role);
  const spans = new SpanList();
  let [trained, ofRole, weightOn, weight] = [0, 0, 0, 0];
  return {
    second: ({ trajectory, weights: declared }) => {
      const { roles, length, areRolesLogged, isMaskLogged } = trajectory;
      if (!areRolesLogged || !(isMaskLogged || trajectory.weights !== undefined)) return;
      if (maskShift(trajectory) !== 0) return;
      const weights = trajectory.weights ?? declared;
      for (let t = 0; t < length; t++) {
        const size = weights === undefined ? 0 : Math.abs(weights[t]!);
        if (Number.isFinite(size)) {
          weight += size;
          if (roles[t] === number) weightOn += size;
        }
        if (roles[t] === number) ofRole++;
      }
      for (const { from, to } of runsWhere(length, (t) => roles[t] === number && isTrained(trajectory, t))) {
        spans.add(trajectory, from, to);
        trained += to - from;
      }
    },
    judge: () => {
      if (trained === 0) return [];
      const share = weight === 0 ? undefined : weightOn / weight;
      const size = share === undefined ? '' : `: ${percent(share)} of Σ|w|`;
      return [
        {
          message: `${trained} of ${ofRole} ${role} tokens carry weight, in ${spans.count} places${size}.`,
          evidence: {
            trained,
            tokens: ofRole,
            places: spans.count,
            ...(share === undefined ? {} : { shareOfWeight: share }),
          },
          threshold: 0,
          spans: spans.spans,
        },
      ];
    },
  };
}

/** A rule about weight on tokens of a role. */
export function roleRule(
  role: Role,
  said: Pick<Rule, 'code' | 'severity' | 'sentence' | 'formula' | 'advice' | 'source' | 'silent'>,
): Rule {
  return {
    ...said,
    signature: `The mask, or the weight that was logged, is not 0 on tokens of the role ${role}.`,
    threshold:
      'None: the file says both what a token is and that it carries weight, so that there is nothing to be mistaken about.',
    rate: 0,
    needs: ['roles', ['mask', 'weights']],
    watch: () => watchRole(role),
  };
}
