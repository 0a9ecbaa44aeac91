import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram, folder, program, put, text } from '../cli/scratch.ts';
import { bareRepository, broken, gitIn, nothingToDo, workTree } from './fleet.ts';

beforeAll(buildProgram, 120_000);

const recipe = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../recipes/${name}`, import.meta.url)), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: a document of another program, asserted field by field
const document = (name: string): any => parse(recipe(name));

/** A directory in which `npx --yes dfmigrate@0 …` is the built program, and repositories with their list. */
function workshop(): string {
  const directory = folder();
  put(
    directory,
    'bin/npx',
    `#!/bin/sh\n[ "$1 $2" = "--yes dfmigrate@0" ] || exit 99\nshift 2\nexec '${process.execPath}' '${program}' "$@"\n`,
  );
  chmodSync(path.join(directory, 'bin/npx'), 0o755);
  const remotes = [
    bareRepository(directory, 'a.git'),
    bareRepository(directory, 'b.git', nothingToDo),
    bareRepository(directory, 'c.git'),
  ];
  for (const remote of remotes) gitIn(remote, 'config', 'uploadpack.allowFilter', 'true');
  put(directory, 'repos.txt', remotes.map((remote) => `file://${remote}\n`).join(''));
  return directory;
}

function sh(
  directory: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): { code: number | null; out: string; err: string } {
  const child = spawnSync('sh', ['-e', '-c', script], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${directory}/bin:${process.env.PATH}`, XDG_CACHE_HOME: `${directory}/cache`, ...env },
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

describe('recipes/github-actions.yml', () => {
  const { jobs } = document('github-actions.yml');
  const command = (job: { steps: { run?: string }[] }): string =>
    job.steps.find(({ run }) => run !== undefined)?.run ?? '';

  it('has as many shards as jobs, keeps every report and merges them whatever happened', () => {
    const { shard } = jobs.plan.strategy.matrix;
    expect(shard).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(command(jobs.plan)).toContain(`/${shard.length} `);
    expect(jobs.plan.strategy['fail-fast']).toBe(false);
    expect([jobs.plan.steps.at(-1).if, jobs.merge.if, jobs.merge.needs]).toEqual(['always()', 'always()', 'plan']);
    expect(recipe('github-actions.yml').match(/\$\{\{ ([^}]*) \}\}/g)).toEqual([
      '${{ matrix.shard }}',
      '${{ matrix.shard }}',
    ]);
  });

  it('runs: the merged report has every repository', () => {
    const directory = workshop();
    for (const shard of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const run = command(jobs.plan).replaceAll('${{ matrix.shard }}', String(shard));
      expect(sh(directory, run).code).toBe(0);
      sh(directory, `mv out report-${shard}`);
    }
    const summary = path.join(directory, 'summary.md');
    const { code, err } = sh(directory, command(jobs.merge), { GITHUB_STEP_SUMMARY: summary });
    expect([code, err]).toEqual([0, '']);
    for (const name of ['a.git', 'b.git', 'c.git']) expect(text(directory, 'report.html')).toContain(name);
    expect(text(directory, 'summary.md')).toContain('3');
  });
});

describe('recipes/gitlab-ci.yml', () => {
  const { plan, merge, stages } = document('gitlab-ci.yml');

  it('runs with the variables GitLab sets', () => {
    const directory = workshop();
    expect([plan.parallel, plan.stage, merge.stage, stages]).toEqual([8, 'plan', 'merge', ['plan', 'merge']]);
    for (let index = 1; index <= 3; index += 1) {
      const env = { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: '3' };
      expect(sh(directory, plan.script.join('\n'), env).code).toBe(0);
    }
    expect(sh(directory, merge.script.join('\n')).code).toBe(0);
    for (const name of ['a.git', 'b.git', 'c.git']) expect(text(directory, 'report.html')).toContain(name);
  });
});

describe('recipes/kubernetes-job.yaml', () => {
  const job = document('kubernetes-job.yaml');
  const [container] = job.spec.template.spec.containers;

  it('is an indexed job whose shards are its completions and whose permanent failures are not repeated', () => {
    expect([job.apiVersion, job.kind, job.spec.completionMode]).toEqual(['batch/v1', 'Job', 'Indexed']);
    expect(container.command).toContain(`auto/${job.spec.completions}`);
    expect(job.spec.podFailurePolicy.rules).toEqual([
      { action: 'FailIndex', onExitCodes: { containerName: container.name, operator: 'In', values: [2, 4] } },
    ]);
    expect([job.spec.template.spec.restartPolicy, container.securityContext.runAsNonRoot]).toEqual(['Never', true]);
    const volumes = job.spec.template.spec.volumes.map(({ name }: { name: string }) => name);
    expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual(volumes);
  });

  it('runs: every index does its part, and the branches are in the remote repositories', () => {
    const directory = workshop();
    const words = container.command.map((word: string) =>
      word.replace('/list/', `${directory}/`).replace('/cache', `${directory}/pod`),
    );
    const events: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { code, out } = sh(directory, words.join(' '), { JOB_COMPLETION_INDEX: String(index) });
      expect(code).toBe(0);
      events.push(out);
    }
    put(directory, 'logs.jsonl', events.join(''));
    expect(events.join('').match(/^\{"type":"repo"/gm)).toHaveLength(3);
    expect(gitIn(path.join(directory, 'a.git'), 'log', '-1', '--format=%an', 'dfmigrate')).toBe('dfmigrate\n');
  });
});

describe('recipes/sourcegraph.batch.yaml', () => {
  const spec = document('sourcegraph.batch.yaml');

  it('has the fields the schema of batch specs asks for, and no others', () => {
    expect(Object.keys(spec).sort()).toEqual(['changesetTemplate', 'description', 'name', 'on', 'steps', 'version']);
    expect(spec.version).toBe(2);
    expect(Object.keys(spec.changesetTemplate).sort()).toEqual(['body', 'branch', 'commit', 'published', 'title']);
    for (const step of spec.steps) expect(Object.keys(step).sort()).toEqual(['container', 'outputs', 'run']);
  });

  it('runs: the step changes files and its output has every field the template takes', () => {
    const directory = workshop();
    workTree(directory, 'one');
    const [step] = spec.steps;
    const { code, out } = sh(path.join(directory, 'one'), step.run, { PATH: `${directory}/bin:${process.env.PATH}` });
    expect(code).toBe(0);
    const output = JSON.parse(out);
    const taken = [...recipe('sourcegraph.batch.yaml').matchAll(/outputs\.dfmigrate\.(\w+)/g)].map(
      ([, name = '']) => name,
    );
    expect([...new Set(taken)].map((name) => [name, typeof output[name]])).toEqual([
      ['title', 'string'],
      ['markdown', 'string'],
    ]);
    expect(gitIn(path.join(directory, 'one'), 'status', '--porcelain')).toContain(' M Dockerfile');
  });
});

describe('recipes/multi-gitter.sh', () => {
  /** What multi-gitter does with each repository: clone, run, fail on any other code than 0, commit what changed. */
  const standIn = `#!/bin/sh
script=; branch=; message=
while [ $# -gt 0 ]; do case "$1" in run) script=$2; shift;; --branch) branch=$2; shift;; --commit-message) message=$2; shift;; esac; shift; done
while read -r repo; do
  name=$(basename "$repo"); git clone -q "$repo" "clones/$name"
  ( cd "clones/$name" && git checkout -q -b "$branch" && REPOSITORY="$name" DRY_RUN=true $script >> ../../log.txt 2>&1 ) || { echo "$name failed: exit status" >> errors.txt; continue; }
  if [ -z "$(git -C "clones/$name" status --porcelain)" ]; then echo "$name" >> unchanged.txt
  else git -C "clones/$name" add -A; git -C "clones/$name" -c user.name=x -c user.email=x@example.org commit -q -m "$message"; echo "$name" >> changed.txt; fi
done < repos.txt
`;

  it('runs: changed repositories are committed, others told apart from failures', () => {
    const directory = workshop();
    bareRepository(directory, 'd.git', broken);
    put(directory, 'repos.txt', `${text(directory, 'repos.txt')}file://${directory}/d.git\n`);
    put(directory, 'bin/multi-gitter', standIn);
    put(directory, 'bin/dfmigrate', `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    for (const name of ['multi-gitter', 'dfmigrate']) chmodSync(path.join(directory, 'bin', name), 0o755);
    mkdirSync(path.join(directory, 'clones'));
    const script = fileURLToPath(new URL('../../recipes/multi-gitter.sh', import.meta.url));
    expect(sh(directory, script, { DFMIGRATE: `${directory}/bin/dfmigrate` }).code).toBe(0);
    expect([text(directory, 'changed.txt'), text(directory, 'unchanged.txt'), text(directory, 'errors.txt')]).toEqual([
      'a.git\nc.git\n',
      'b.git\n',
      'd.git failed: exit status\n',
    ]);
  });
});
