/** The commands beside the run: declared here, loaded when they are used. */
import type { Command } from 'commander';
import type { Host } from './host.ts';
import { toShowOptions } from './options.ts';
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
      ended(await report(files, own, toShowOptions(program.opts()), host));
    });
}
