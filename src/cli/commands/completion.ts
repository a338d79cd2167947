// `gradsplit completion`: the script with which a shell completes command lines.
import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion.ts';
import { Outputs } from '../outputs.ts';

/** Adds the command. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the script with which a shell completes command lines')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  gradsplit completion bash >> ~/.bashrc
  gradsplit completion zsh > ~/.zfunc/_gradsplit
  gradsplit completion fish > ~/.config/fish/completions/gradsplit.fish`,
    )
    .action((shell: Shell) => new Outputs({}).print(() => completionScript(program, shell)));
}
