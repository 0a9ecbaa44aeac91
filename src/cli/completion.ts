/** `dfmigrate completion`: scripts for shells, made from the commands as they are declared. */
import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

interface Choice {
  readonly long: string;
  readonly short: string | undefined;
  readonly takesValue: boolean;
  /** Values that are known; `[]`: files. */
  readonly values: readonly string[];
  readonly description: string;
}

interface Shape {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Choice[];
}

/** `names`: those of the transforms, for the options that take them. */
export function completionScript(shell: Shell, program: Command, names: readonly string[]): string {
  const root = shapeOf(program, names);
  const commands = program.commands.map((command) => shapeOf(command, names));
  if (shell === 'bash') return bashScript(root, commands);
  return shell === 'zsh' ? zshScript(root, commands) : fishScript(root, commands);
}

const takeNames = new Set(['--only', '--skip', '--with', '--until']);

function shapeOf(command: Command, names: readonly string[]): Shape {
  const options = command.options
    .filter((option) => option.long !== undefined && !option.hidden)
    .map((option): Choice => {
      const long = option.long ?? '';
      return {
        long,
        short: option.short,
        takesValue: option.required || option.optional,
        values: takeNames.has(long) ? names : (option.argChoices ?? []),
        description: option.description,
      };
    });
  return { name: command.name(), description: command.description(), options };
}

function flagsOf({ long, short }: Choice): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

function bashScript(root: Shape, commands: readonly Shape[]): string {
  const all = [root, ...commands].flatMap(({ options }) => options);
  const values = [
    ...new Map(all.filter(({ takesValue }) => takesValue).map((option) => [option.long, option])).values(),
  ];
  const cases = values.map((option) => {
    const words = option.values.length === 0 ? 'compgen -f' : `compgen -W '${option.values.join(' ')}'`;
    return `    ${flagsOf(option).join('|')}) COMPREPLY=($(${words} -- "$cur")); return ;;\n`;
  });
  const flags = (shape: Shape): string => shape.options.flatMap(flagsOf).join(' ');
  const own = commands.map((shape) => `    ${shape.name}) flags='${flags(shape)} --help' ;;\n`);
  return `# bash completion of dfmigrate; to use it: source <(dfmigrate completion bash)
_dfmigrate() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" word command='' flags
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      ${commands.map(({ name }) => name).join('|')}) command="$word"; break ;;
    esac
  done
  case "$prev" in
${cases.join('')}  esac
  case "$command" in
${own.join('')}    *) flags='${flags(root)} --help' ;;
  esac
  if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ "$command" == explain ]]; then COMPREPLY=($(compgen -W '${namesIn(root)}' -- "$cur") $(compgen -f -- "$cur"))
  elif [[ "$command" == completion ]]; then COMPREPLY=($(compgen -W '${shells.join(' ')}' -- "$cur"))
  elif [[ "$command" == '' ]]; then COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$cur") $(compgen -f -- "$cur"))
  else COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -F _dfmigrate dfmigrate
`;
}

function namesIn(root: Shape): string {
  return root.options.find(({ long }) => long === '--only')?.values.join(' ') ?? '';
}

function zshScript(root: Shape, commands: readonly Shape[]): string {
  const lines = (shape: Shape): string => shape.options.map((option) => `    ${zshOption(option)} \\\n`).join('');
  const own = commands.map(
    (shape) => `  ${shape.name})
    _arguments -s \\
${lines(shape)}    '*:file:${shape.name === 'explain' ? `_alternative "names\\:name\\:(${namesIn(root)})" "files\\:file\\:_files"` : shape.name === 'completion' ? `(${shells.join(' ')})` : '_files'}' ;;
`,
  );
  const described = commands.map(({ name, description }) => `    ${zshQuote(`${name}:${description}`)}\n`);
  return `#compdef dfmigrate
# zsh completion of dfmigrate; to use it: dfmigrate completion zsh > a directory of your $fpath, as _dfmigrate
_dfmigrate() {
  local -a commands
  local word command=''
  commands=(
${described.join('')}  )
  for word in "\${words[@]:1:$((CURRENT-2))}"; do
    case "$word" in
      ${commands.map(({ name }) => name).join('|')}) command="$word"; break ;;
    esac
  done
  case "$command" in
${own.join('')}  *)
    _arguments -s \\
${lines(root)}    '*: :{ _describe command commands; _files }' ;;
  esac
}
compdef _dfmigrate dfmigrate
`;
}

function zshOption(option: Choice): string {
  const said = option.description.replace(/[[\]\\:]/g, ' ');
  const values = option.values.length === 0 ? '_files' : `(${option.values.join(' ')})`;
  const value = option.takesValue ? `:value:${values}` : '';
  return flagsOf(option)
    .map((flag) => zshQuote(`*${flag}[${said}]${value}`))
    .join(' ');
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishScript(root: Shape, commands: readonly Shape[]): string {
  const lines = (shape: Shape, condition: string): readonly string[] =>
    shape.options.map((option) => {
      const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`;
      const value = !option.takesValue
        ? ''
        : option.values.length === 0
          ? ' -r -F'
          : ` -x -a '${option.values.join(' ')}'`;
      return `complete -c dfmigrate -n ${condition} -l ${option.long.slice(2)}${short}${value} -d ${fishQuote(option.description)}\n`;
    });
  const own = commands.flatMap((shape) => [
    `complete -c dfmigrate -n __fish_use_subcommand -a ${shape.name} -d ${fishQuote(shape.description)}\n`,
    ...lines(shape, `'__fish_seen_subcommand_from ${shape.name}'`),
  ]);
  return `# fish completion of dfmigrate; to use it: dfmigrate completion fish | source
${own.join('')}complete -c dfmigrate -n '__fish_seen_subcommand_from explain' -a '${namesIn(root)}'
complete -c dfmigrate -n '__fish_seen_subcommand_from completion' -x -a '${shells.join(' ')}'
${lines(root, '__fish_use_subcommand').join('')}`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
