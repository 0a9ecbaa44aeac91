#!/usr/bin/env node
/** The program: the command line into options, the process into a host, and the exit code out. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import { type Fault, messageOf, usage } from '../fault.ts';
import { countAll } from '../report/report.ts';
import { addBulkCommand } from './bulk-options.ts';
import { type Host, styleFor } from './host.ts';
import {
  failConditions,
  formats,
  isFault,
  type RawOptions,
  toRunOptions,
  toShowOptions,
  withEnvironment,
} from './options.ts';
import { reporterFor } from './reporters.ts';
import { addSideCommands } from './side-commands.ts';
import { type Typed, typedLines } from './typed.ts';
import { addVerifyCommand } from './verify-options.ts';

const interrupted = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Parses, runs, and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const host = processHost();
  let code = 0;
  const program = commandLine(host, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv[0] === 'run' ? argv.slice(1) : [...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const [message = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
    return complain(usage(message, ...hints.map(tidied)), host, program.opts());
  }
}

function tidied(hint: string): string {
  return hint.replace(/^\((.*)\)$/, '$1');
}

function commandLine(host: Host, ended: (code: number) => void): Command {
  const program = new Command('dfmigrate');
  program
    .description('Rewrites single-stage Dockerfiles step by step. Every step is a diff with its reason.')
    .version(host.version, '-V, --version', 'print the version')
    .argument('[paths...]', 'Dockerfiles, directories or quoted globs (default: .)')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: (text) => host.sink.out(text) });
  addRunOptions(program);
  program.action(async (paths: string[], raw: RawOptions) => {
    const options = toRunOptions(withEnvironment(raw, host.env), paths);
    if (isFault(options)) ended(await complain(options, host, raw));
    else ended(await (await import('./run.ts')).run(options, host));
  });
  program
    .command('list')
    .description('the transforms, in the order they run')
    .option('--json', 'as JSON')
    .action(async (own: { readonly json?: boolean }) => {
      const { listJson, listText } = await import('./list.ts');
      const { transforms } = await import('../../transforms/index.ts');
      const style = styleFor(host, 'output', toShowOptions(program.opts()));
      host.sink.out(own.json === true ? listJson(transforms) : listText(transforms, style));
    });
  program
    .command('explain')
    .description('a transform, a reason code (owner/name), or every decision about path[:line]')
    .argument('<what>')
    .action(async (what: string) => {
      const raw: RawOptions = program.opts();
      const options = toRunOptions(withEnvironment(raw, host.env), []);
      if (isFault(options)) ended(await complain(options, host, raw));
      else ended(await (await import('./explain.ts')).explain(what, options, host));
    });
  addSideCommands(program, host, ended);
  addBulkCommand(program, async (sources, own) => {
    ended(await (await import('./bulk.ts')).bulk(sources, own, program.opts(), host));
  });
  addVerifyCommand(program, async (paths, own) => {
    ended(await (await import('./verify.ts')).verify(paths, own, withEnvironment(program.opts(), host.env), host));
  });
  return program;
}

function addRunOptions(program: Command): void {
  const several = (value: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    ...value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ];
  program
    .option('-n, --dry-run', 'show what would change, write nothing')
    .option('-w, --write', 'write without asking, also what git cannot give back')
    .option('-y, --yes', 'the same as --write')
    .option('--check', 'write nothing; exit 1 when changes are pending')
    .option('-i, --interactive', 'ask about every step')
    .option('--only <ids>', 'these transforms: ids, tag:<tag>, globs; comma list, repeatable', several)
    .option('--skip <ids>', 'not these transforms', several)
    .option('--with <ids>', 'these too, beside the default ones', several)
    .option('--until <id>', 'stop after this transform')
    .option('--runtime <flavour>', 'auto, slim, alpine, distroless, scratch, keep or image=<reference>')
    .option('--target-user <name[:uid]>', 'the user the container runs as')
    .option('--healthcheck <probe>', 'auto, off, http:/path or cmd:<command>')
    .option('--context <dir>', 'build context (default: from a compose file, else the directory of the Dockerfile)')
    .option('--target <stage>', 'the stage that is built, when it is not the last')
    .option('--stdin', 'read a Dockerfile from standard input, write the result to standard output')
    .option('--stdin-filename <path>', 'where that Dockerfile would lie')
    .addOption(new Option('--format <format>', 'what standard output carries').choices(formats).default('text'))
    .option(
      '--report <format=file>',
      'a further report into a file; repeatable',
      (value, before: readonly string[] = []) => [...before, value],
    )
    .option('--patch-dir <dir>', 'also one patch per step into this directory; the files themselves only with --write')
    .option('--fail-on <conditions>', `exit 1 on any of: ${failConditions.join(', ')}`, several)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('-q, --quiet', 'errors and one summary line')
    .option('-v, --verbose', 'evidence, and what was fine already')
    .option('--config <file>', 'the configuration (default: the nearest .dfmigrate.json, or package.json#dfmigrate)')
    .option('--no-config', 'read no configuration of the repository')
    .option('--policy <file>', 'a configuration of the operator, which wins over everything')
    .option('--baseline <file>', 'with --check: what is listed there does not count')
    .option('--update-baseline', 'write what is pending now into that file')
    .option('--allow-dirty', 'write files with uncommitted changes too')
    .option('--no-redact', 'show secrets in reports')
    .option('--timeout-per-file <seconds>', 'time limit of one Dockerfile (default: 5)')
    .option('--timings', 'add the time taken to the summary');
}

/** A run that never began; its report has the form that was asked for. */
async function complain(fault: Fault, host: Host, raw: RawOptions): Promise<number> {
  const reporter = await reporterFor(toShowOptions(raw), host);
  reporter.begin({ version: host.version, transforms: [], mode: 'preview' });
  reporter.fault(fault);
  reporter.end({ exitCode: fault.exit, ...countAll([], 0), written: 0, milliseconds: undefined });
  return fault.exit;
}

function processHost(): Host {
  const { stdin, stdout, stderr } = process;
  return {
    cwd: process.cwd(),
    env: process.env,
    version: ownVersion(),
    sink: { out: writerTo(stdout), err: writerTo(stderr) },
    isTerminal: { input: stdin.isTTY === true, output: stdout.isTTY === true, error: stderr.isTTY === true },
    columns: stdout.columns,
    ask,
    readInput,
  };
}

/** A reader that went away (`| head`) ends the printing, not the work. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', () => {
    open = false;
  });
  return (text) => {
    if (open) stream.write(text);
  };
}

let typed: Typed | undefined;

/** One reader for all questions: what is typed ahead belongs to the next one. */
async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  typed ??= typedLines((await import('node:readline')).createInterface({ input: process.stdin, terminal: false }));
  process.stderr.write(question);
  return typed.next();
}

async function readInput(limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > limit) return undefined;
  }
  return Buffer.concat(chunks);
}

function ownVersion(): string {
  for (let at = path.dirname(fileURLToPath(import.meta.url)); at !== path.dirname(at); at = path.dirname(at)) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'));
      if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
    } catch {
      // no package.json here: look one directory up
    }
  }
  return '0.0.0';
}

for (const [signal, code] of Object.entries(interrupted)) process.on(signal, () => process.exit(code));

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`error cli/bug: ${messageOf(error)}\n${error instanceof Error ? (error.stack ?? '') : ''}\n`);
    process.exitCode = 70;
  },
);
