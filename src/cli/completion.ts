// Scripts that complete command lines in a shell, made of the program itself: its commands, their options, and what these can be.
import type { Argument, Command, Option } from 'commander';

/** The shells for which there is a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The name of a shell. */
export type Shell = (typeof SHELLS)[number];

/** What can follow a command. */
interface Place {
  /** The command with those above it: `''`, `verify`, `policy new`. */
  readonly path: string;
  readonly commands: readonly Command[];
  readonly options: readonly Option[];
  /** What its arguments can be, where that is known. */
  readonly words: readonly string[];
}

function choicesOf({ argChoices }: Option | Argument): readonly string[] {
  return argChoices ?? [];
}

/** The option that is completed; the long form says what it means. */
function flagOf({ long, short }: Option): string {
  return long ?? short ?? '';
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function placesOf(command: Command, above: readonly string[], global: readonly Option[]): Place[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const own = help.visibleOptions(command);
  const place: Place = {
    path: above.join(' '),
    commands,
    options: [...own, ...global],
    words: command.registeredArguments.flatMap(choicesOf),
  };
  const inherited = above.length === 0 ? own.filter(({ long }) => long === '--quiet') : global;
  return [place, ...commands.flatMap((sub) => placesOf(sub, [...above, sub.name()], inherited))];
}

function wordsOf({ commands, words, options }: Place): string {
  return [...commands.map((sub) => sub.name()), ...words, ...options.map(flagOf)].join(' ');
}

/** Text in single quotes, as POSIX shells read it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Patterns of `case` for each option that takes a value: the command and the option, in both its forms. */
function valuePatterns({ path, options }: Place): { readonly patterns: string; readonly option: Option }[] {
  return options.filter(takesValue).map((option) => ({
    option,
    patterns: [option.long, option.short]
      .flatMap((flag) => (flag == null ? [] : [quoted(`${path} ${flag}`)]))
      .join('|'),
  }));
}

/** The lines by which bash and zsh find the command that is being typed. */
function findCommand(places: readonly Place[], word: string, loop: string): string[] {
  const steps = places.flatMap(({ path, commands }) =>
    commands.map((sub) => quoted(`${path} ${sub.name()}`)),
  );
  return [
    `  ${loop}; do`,
    `    case "$command ${word}" in`,
    `      ${steps.join('|')}) command="\${command:+$command }${word}" ;;`,
    '    esac',
    '  done',
  ];
}

function bash(places: readonly Place[]): string[] {
  return [
    '# Completes gradsplit in bash: source <(gradsplit completion bash)',
    '_gradsplit() {',
    `  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' i`,
    ...findCommand(places, `\${COMP_WORDS[i]}`, 'for ((i = 1; i < COMP_CWORD; i++))'),
    '  case "$command $prev" in',
    ...places.flatMap(valuePatterns).map(({ patterns, option }) =>
      // Without choices the value may be a file: bash completes it where nothing is offered.
      choicesOf(option).length === 0
        ? `    ${patterns}) return ;;`
        : `    ${patterns}) words=${quoted(choicesOf(option).join(' '))} ;;`,
    ),
    '    *)',
    '      case "$command" in',
    ...places.map((place) => `        ${quoted(place.path)}) words=${quoted(wordsOf(place))} ;;`),
    '      esac ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -o default -F _gradsplit gradsplit',
  ];
}

function zsh(places: readonly Place[]): string[] {
  return [
    '#compdef gradsplit',
    '# Completes gradsplit in zsh: source <(gradsplit completion zsh), or a file called _gradsplit in $fpath',
    '_gradsplit() {',
    `  local command='' i`,
    ...findCommand(places, `\${words[i]}`, 'for ((i = 2; i < CURRENT; i++))'),
    `  case "$command \${words[CURRENT-1]}" in`,
    ...places
      .flatMap(valuePatterns)
      .map(({ patterns, option }) =>
        choicesOf(option).length === 0
          ? `    ${patterns}) _files; return ;;`
          : `    ${patterns}) compadd -- ${choicesOf(option).map(quoted).join(' ')}; return ;;`,
      ),
    '  esac',
    '  case "$command" in',
    ...places.map(
      (place) =>
        `    ${quoted(place.path)}) compadd -- ${wordsOf(place).split(' ').map(quoted).join(' ')} ;;`,
    ),
    '  esac',
    '  [[ -n "$command" ]] && _files',
    '}',
    `if [[ "\${funcstack[1]}" = _gradsplit ]]; then _gradsplit "$@"; else compdef _gradsplit gradsplit; fi`,
  ];
}

/** Text in single quotes, as fish reads it. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function fishOption(condition: string, option: Option): string {
  const { long, short, description } = option;
  const choices = choicesOf(option);
  return [
    `complete -c gradsplit ${condition}`,
    ...(long == null ? [] : [`-l ${long.slice(2)}`]),
    ...(short == null ? [] : [`-s ${short.slice(1)}`]),
    ...(choices.length > 0 ? [`-x -a ${fishQuoted(choices.join(' '))}`] : takesValue(option) ? ['-r'] : []),
    `-d ${fishQuoted(description)}`,
  ].join(' ');
}

function fish(places: readonly Place[]): string[] {
  const seen = (words: readonly string[]): string => `__fish_seen_subcommand_from ${words.join(' ')}`;
  return [
    '# Completes gradsplit in fish: gradsplit completion fish > ~/.config/fish/completions/gradsplit.fish',
    ...places.flatMap(({ path, commands, options, words }) => {
      const here = path === '' ? [] : path.split(' ').map((word) => seen([word]));
      const below = commands.length === 0 ? [] : [`not ${seen(commands.map((sub) => sub.name()))}`];
      const condition = `-n ${fishQuoted([...here, ...below].join('; and '))}`;
      return [
        ...commands.map(
          (sub) =>
            `complete -c gradsplit ${condition} -f -a ${sub.name()} -d ${fishQuoted(sub.description())}`,
        ),
        ...words.map((word) => `complete -c gradsplit ${condition} -f -a ${fishQuoted(word)}`),
        ...options.map((option) => fishOption(condition, option)),
      ];
    }),
  ];
}

/** The script that completes command lines of the program in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, [], []);
  return { bash, zsh, fish }[shell](places).join('\n');
}
