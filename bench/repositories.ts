/**
 * Generated local repositories for measuring bulk runs: every fixture with its files, in turn, one commit each, bare.
 *
 *   node dist/bench/repositories.js DIRECTORY COUNT
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const [directory, count] = [process.argv[2], Number(process.argv[3])];
if (directory === undefined || !(count > 0)) {
  console.error('usage: repositories.js DIRECTORY COUNT');
  process.exit(2);
}

const contexts = ['fixtures/story', 'fixtures/split-stages', 'fixtures/slim-runtime', 'fixtures/left-alone']
  .flatMap((group) => readdirSync(group).map((name) => path.join(group, name, 'before')))
  .filter((context) => statSync(path.join(context, 'Dockerfile'), { throwIfNoEntry: false })?.isFile())
  .sort();
mkdirSync(directory, { recursive: true });
const templates = contexts.map((context, index) => template(context, path.join(directory, `.template-${index}`)));
for (let number = 0; number < count; number += 1) {
  const target = path.join(directory, `service-${String(number).padStart(6, '0')}.git`);
  cpSync(templates[number % templates.length] ?? '', target, { recursive: true });
}
for (const each of templates) rmSync(each, { recursive: true });
console.log(`${count} repositories of ${contexts.length} kinds`);

/** A bare repository with the files of a context in one commit of a fixed date. */
function template(context: string, target: string): string {
  git(['init', '-q', '--bare', '--template=', '-b', 'main', target]);
  const files = readdirSync(context, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(context, name)).isFile())
    .sort();
  const who = 'Example <example@example.org> 1700000000 +0000';
  const pieces = [Buffer.from(`commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata 5\nfirst\n`)];
  for (const name of files) {
    const bytes = readFileSync(path.join(context, name));
    pieces.push(
      Buffer.from(`M 100644 inline ${JSON.stringify(name)}\ndata ${bytes.length}\n`),
      bytes,
      Buffer.from('\n'),
    );
  }
  git(['-C', target, 'fast-import', '--quiet'], Buffer.concat(pieces));
  return target;
}

function git(args: readonly string[], input?: Buffer): void {
  const child = spawnSync('git', args, { input, stdio: ['pipe', 'inherit', 'inherit'] });
  if (child.status !== 0) throw new Error(`git ${args[0]} ended with ${child.status}`);
}
