/** The commands beside the run: declared here, loaded when they are used. */
import { Argument, type Command, Option } from 'commander';
import type { Shell } from './completion.ts';
import { type Host, styleFor } from './host.ts';
import type { CiName } from './init.ts';
import { type ShowOptions, toShowOptions } from './options.ts';
import type { RawReportOptions } from './report.ts';

export function addSideCommands(program: Command, host: Host, ended: (code: number) => void): void {
  program
    .command('report')
    .description('merge JSONL reports (bulk runs, shards, --format jsonl) and render them')
    .argument('<jsonl...>', 'files to merge; the same one twice changes nothing')
    .option('--html <path>', 'a page, or an index with a page per repository; a .html file or a directory')
    .option(
      '--markdown <file>',
      'a summary for a CI run; of one repository the text of its pull request (- for stdout)',
    )
    .option('--sarif <file>', 'SARIF 2.1.0')
    .option('--sarif-include-skips', 'what was refused too, as informational results')
    .option('--csv <file>', 'one row per Dockerfile')
    .option('--summary', 'the summary on standard output too, when there are files to write')
    .action(async (files: string[], own: RawReportOptions) => {
      const { report } = await import('./report.ts');
      ended(report(files, own, toShowOptions(program.opts()), host));
    });
  program
    .command('init')
    .description('write a .dfmigrate.json to start from')
    .addOption(new Option('--ci <name>', 'print the snippet for a CI too').choices(['github', 'gitlab', 'pre-commit']))
    .action(async (own: { readonly ci?: CiName }) =>
      ended(await initialise(own.ci, toShowOptions(program.opts()), host)),
    );
  program
    .command('doctor')
    .description('what would be used here: git, engines, terminal, configuration, tables')
    .action(async () => {
      const { diagnose } = await import('./doctor.ts');
      const style = styleFor(host, 'output', toShowOptions(program.opts()));
      const facts = await diagnose(host, toShowOptions(program.opts()));
      const width = Math.max(...facts.map(({ about }) => about.length));
      for (const { about, says, warns } of facts) {
        const mark = warns ? style.palette.yellow('!') : ' ';
        host.sink.out(`${mark} ${style.palette.dim(about.padEnd(width))}  ${style.showName(says)}\n`);
      }
    });
  program
    .command('completion')
    .description('a completion script for bash, zsh or fish')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion.ts');
      const { transforms } = await import('../../transforms/index.ts');
      host.sink.out(
        completionScript(
          shell,
          program,
          transforms.map(({ name }) => name),
        ),
      );
    });
}

async function initialise(ci: CiName | undefined, shown: ShowOptions, host: Host): Promise<number> {
  const { ciSnippet, faultText, writeConfig } = await import('./init.ts');
  const written = writeConfig(host.cwd);
  if (ci !== undefined) host.sink.out(ciSnippet(ci, host.version));
  if (typeof written === 'string') host.sink.err(`wrote ${written}\n`);
  else host.sink.err(faultText(written, styleFor(host, 'error', shown), false));
  return typeof written === 'string' ? 0 : written.exit;
}
