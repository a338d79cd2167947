// The command line: global options and all commands. Only names, options and help are made here; what a command needs
// for its work it imports when it runs, so that `gradsplit --version` answers at once.
import { Command } from 'commander';
import { version } from '../base/version.ts';
import { addAttribute } from './commands/attribute.ts';
import { addAudit } from './commands/audit.ts';
import { addBench } from './commands/bench.ts';
import { addClaims } from './commands/claims.ts';
import { addCompare } from './commands/compare.ts';
import { addCompletion } from './commands/completion.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEval } from './commands/eval.ts';
import { addExact } from './commands/exact.ts';
import { addGpu } from './commands/gpu.ts';
import { addHelp } from './commands/help.ts';
import { addLab } from './commands/lab.ts';
import { addLabs } from './commands/labs.ts';
import { addObjectives } from './commands/objectives.ts';
import { addPolicy } from './commands/policy.ts';
import { addPresets } from './commands/presets.ts';
import { addProve } from './commands/prove.ts';
import { addRefute } from './commands/refute.ts';
import { addReport } from './commands/report.ts';
import { addReproduce } from './commands/reproduce.ts';
import { addRollouts } from './commands/rollouts.ts';
import { addSample } from './commands/sample.ts';
import { addSchema } from './commands/schema.ts';
import { addTrain } from './commands/train.ts';
import { addVerify } from './commands/verify.ts';
import { fitHelp } from './helpText.ts';
import { setQuiet } from './notes.ts';
import { checkStatement } from './statementArgument.ts';
import { widthOf } from './terminal.ts';

/** The program; errors of usage are thrown, not printed. */
export function createProgram(): Command {
  const program = new Command('gradsplit')
    .description(
      'Says exactly how a policy gradient divides between sampling and deciding, and verifies theorems about it.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('-q, --quiet', 'say nothing on stderr but errors: no progress, no notes')
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', (program) => setQuiet(program.opts().quiet === true))
    .exitOverride()
    .configureOutput({
      outputError: () => {},
      getOutHelpWidth: () => widthOf(process.stdout),
      getErrHelpWidth: () => widthOf(process.stderr),
      writeOut: (text) => process.stdout.write(fitHelp(text, widthOf(process.stdout))),
      writeErr: (text) => process.stderr.write(fitHelp(text, widthOf(process.stderr))),
    })
    .addHelpText(
      'after',
      `
Examples:
  gradsplit verify                                every claim on a random policy
  gradsplit policy new --attempts 2 --length 2 --vocabulary 3 -o mine.json
  gradsplit verify --policy mine.json --report mine.html
  gradsplit exact mine.json --beta 0.1 --objective grpo

Exit codes: 0 done and everything held, 1 a claim failed, a lab was not shown, a benchmark lost or training diverged, 2 bad usage or bad input, 74 an output was lost
(a full device, or stderr closed by its reader), 130, 143 or 129 interrupted by
Ctrl-C, SIGTERM or SIGHUP. Closing stdout is no error: the work goes on.
NO_COLOR turns colours and progress bars off.`,
    );
  for (const add of [
    addVerify,
    addExact,
    addClaims,
    addPolicy,
    addSchema,
    addBench,
    addGpu,
    addTrain,
    addPresets,
    addObjectives,
    addProve,
    addRefute,
    addEval,
    addCompare,
    addSample,
    addReproduce,
    addLabs,
    addLab,
    addCompletion,
    addDoctor,
    addReport,
    addAudit,
    addAttribute,
    addRollouts,
  ])
    add(program);
  addHelp(program);
  return program;
}

/**
 * Runs one command line.
 * @param args what follows the name of the program
 * @throws CommanderError or InputError for bad usage or bad input, and whatever ends the command
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  checkStatement(args);
  await createProgram().parseAsync(args, { from: 'user' });
}
