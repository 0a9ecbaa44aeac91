/** Would a stage build and run the same on the image that replaces its deprecated base? */
import type { Evidence, Reason } from '../answer.ts';
import type { Stage } from '../dockerfile/model.ts';
import { sourceText } from '../dockerfile/rewrite.ts';
import type { Counterpart, ImageFacts } from '../images/image.ts';
import { installationPlaces, lastingPackage, replacements } from '../images/replacements.ts';
import { defineReasons } from '../reason.ts';
import { judge } from './base-swap.ts';
import { osAction } from './os-packages.ts';
import type { Reading } from './reading.ts';

export const replacementReasons = defineReasons('replacement', {
  'package-unsure': {
    says: 'line {line} installs {package}, which is not known to have the same name on {image}',
    settle: 'choose the image yourself and try its packages',
  },
  'path-of-base': {
    says: '{where} names {path}, a place of {from} that {image} does not have',
    settle: 'use the variable that names the place (`_HOME`), or the bare name of the program',
  },
  'system-files': {
    says: 'line {line} uses {path}, which {from} and {image} fill differently',
    settle: 'choose the image yourself and try it',
  },
  'user-ids': {
    says: '{image} brings a user with the first free id, so users created in line {line} would get other ids',
    settle: 'write the ids into the command that creates the user',
  },
} as const);
const { explain } = replacementReasons;

/** The image that replaces a stage's base, the first reason why none does, or `undefined` when the catalogue has none. */
export function replacementFor(reading: Reading, stage: Stage, base: ImageFacts): Counterpart | Reason | undefined {
  let first: Reason | undefined;
  for (const candidate of replacements(base)) {
    const problem = replacementProblem(reading, stage, base, candidate);
    if (problem === undefined) return candidate;
    first ??= problem;
  }
  return first;
}

/** The first reason why a stage could come out different; `undefined`: it does not. */
function replacementProblem(
  reading: Reading,
  stage: Stage,
  base: ImageFacts,
  candidate: Counterpart,
): Reason | undefined {
  const own = stage === reading.stage ? reading : asBuild(reading, stage);
  return (
    packageProblem(own, stage, candidate) ??
    systemProblem(own, stage, base, candidate) ??
    pathProblem(reading, stage, base, candidate.image) ??
    userProblem(own, stage, base, candidate) ??
    swapProblem(own, base, candidate)
  );
}

/** A package of the stage that another release of the system may not have; `undefined`: none, or the release stays. */
export function otherPackages(reading: Reading, stage: Stage, base: ImageFacts, facts: ImageFacts): Reason | undefined {
  const same = base.release !== undefined && base.release === facts.release;
  return same ? undefined : packageProblem(reading, stage, { facts, image: facts.ref.text });
}

/** A stage that nothing starts: only what its RUNs need counts. */
function asBuild(reading: Reading, stage: Stage): Reading {
  const start = {
    ...reading.start,
    entrypoint: undefined,
    cmd: undefined,
    inherited: false,
    commands: [],
    main: undefined,
    scripts: [],
    paths: [],
  };
  const chain = reading.positions.filter((position) => position.stage === stage);
  return { ...reading, stage, chain, start, base: reading.baseOf(stage), ecosystem: undefined };
}

function swapProblem(reading: Reading, base: ImageFacts, candidate: Counterpart): Reason | undefined {
  const verdict = judge(reading, base, candidate, undefined);
  return verdict.fits ? undefined : verdict.why;
}

function packageProblem(
  reading: Reading,
  stage: Stage,
  { facts, image }: Pick<Counterpart, 'facts' | 'image'>,
): Reason | undefined {
  for (const command of reading.commands) {
    if (command.position.stage !== stage) continue;
    const action = osAction(command);
    if (action?.kind !== 'install') continue;
    const { packages, opaque } = action.install;
    const unsure = opaque ?? packages.find((one) => !lastingPackage(one.raw, facts.packageManager ?? 'none'))?.raw;
    if (unsure !== undefined)
      return explain(
        'package-unsure',
        { line: command.instruction.firstLine, package: unsure, image },
        { at: command.span },
      );
  }
  return undefined;
}

/** Files that belong to a distribution and not to programs in general. Time zones are in every image of the tables' families. */
const systemFiles =
  /\/etc\/(apt|yum|dnf|alternatives|ssl|pki|java|default|apk)\b|\/usr\/(share\/(?!zoneinfo)|lib\/|include\/)[\w./-]*|(?<![\w.$}-])\/lib\/[\w./-]*/;

function systemProblem(
  reading: Reading,
  stage: Stage,
  base: ImageFacts,
  { facts, image }: Counterpart,
): Reason | undefined {
  if (base.release !== undefined && base.release === facts.release) return undefined;
  for (const { instruction } of reading.positions.filter((position) => position.stage === stage)) {
    if (instruction.keyword === 'FROM') continue;
    const repository = reading.commands.some(
      (command) => command.instruction === instruction && osAction(command)?.kind === 'repository',
    );
    const text = sourceText(reading.file, instruction).replaceAll('/var/lib/apt/lists', '');
    const path = repository ? 'package repositories' : systemFiles.exec(text)?.[0];
    if (path !== undefined)
      return explain('system-files', { line: instruction.firstLine, path, from: base.ref.text, image });
  }
  return undefined;
}

function pathProblem(reading: Reading, stage: Stage, base: ImageFacts, image: string): Reason | undefined {
  const texts: Evidence[] = reading.positions.map(({ instruction }) => ({
    file: 'Dockerfile',
    line: instruction.firstLine,
    says: sourceText(reading.file, instruction),
  }));
  if (stage === reading.stage)
    for (const { path } of reading.start.scripts) texts.push({ file: path, says: reading.project.read(path) ?? '' });
  for (const { file, line, says } of texts) {
    const path = installationPlaces.find((one) => says.includes(one));
    if (path !== undefined)
      return explain('path-of-base', {
        where: line === undefined ? file : `${file}:${line}`,
        path,
        from: base.ref.text,
        image,
      });
  }
  return undefined;
}

function userProblem(
  reading: Reading,
  stage: Stage,
  base: ImageFacts,
  { facts, image }: Counterpart,
): Reason | undefined {
  const first = (one: ImageFacts) => one.users.some((user) => user.uid >= 1000);
  if (first(base) === first(facts)) return undefined;
  const command = reading.commands.find((one) => one.position.stage === stage && one.work.role === 'user');
  return command === undefined
    ? undefined
    : explain('user-ids', { image, line: command.instruction.firstLine }, { at: command.span });
}
