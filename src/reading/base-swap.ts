/** Would the final stage run on another base? Everything the old base gave is there, is put back, or is the reason why not. */
import type { Reason } from '../answer.ts';
import type { RuntimeNeeds } from '../ecosystems/ecosystem.ts';
import type { Flavour, ImageFacts, RuntimeKind } from '../images/image.ts';
import { isArchived } from '../images/release.ts';
import { CERTIFICATE_BUNDLE, hasCertificates, hasTimeZones } from '../images/stores.ts';
import type { RuntimeRequest } from '../transform.ts';
import { baseReasons } from './base-reasons.ts';
import { isWithin, type PlacedCommand } from './commands.ts';
import { inherited } from './inherited-config.ts';
import { installedPrograms } from './installed.ts';
import { landed } from './origins.ts';
import { osAction } from './os-packages.ts';
import { runtimePrograms } from './programs.ts';
import type { Reading } from './reading.ts';

const { explain } = baseReasons;

export interface Candidate {
  readonly image: string;
  readonly facts: ImageFacts;
  readonly because: string;
}

export type Verdict =
  | {
      readonly fits: true;
      readonly lines: readonly (readonly [keyword: string, rest: string])[];
      readonly packages: readonly string[];
    }
  | { readonly fits: false; readonly why: Reason };

export type Candidates =
  | { readonly kind: 'some'; readonly list: readonly Candidate[] }
  | { readonly kind: 'none'; readonly slim: boolean; readonly flavour: string };

/** Images to try, best first. `auto` is the smallest flavour: a static program needs no OS, everything else keeps its libc and release. */
export function candidatesFor(
  reading: Reading,
  base: ImageFacts,
  needs: RuntimeNeeds | undefined,
  request: RuntimeRequest,
): Candidates {
  if (typeof request === 'object') {
    const facts = reading.images.lookup(request.image);
    return facts === undefined
      ? { kind: 'none', slim: false, flavour: request.image }
      : { kind: 'some', list: [{ image: request.image, facts, because: 'named on the command line' }] };
  }
  const kind = needs?.kind ?? 'same-language';
  const flavours = flavoursFor(kind, request === 'keep' ? 'auto' : request);
  const list = flavours
    .flatMap((flavour) => reading.images.counterparts(base, kind, flavour))
    .map((one) => asRoot(reading, one));
  const current = list.findIndex((one) => isSame(one, base));
  const better = current < 0 ? list : isBuildBase(reading) ? list.slice(0, current) : [];
  if (better.length > 0) return { kind: 'some', list: better };
  return {
    kind: 'none',
    slim: list.length > 0 || /slim|alpine|jre|distroless|scratch/.test(base.variant + base.family),
    flavour: flavours[0] ?? 'slim',
  };
}

/** What is tried for a kind of program, best first. */
export function flavoursFor(kind: RuntimeKind, wish: Flavour | 'auto'): readonly Flavour[] {
  if (wish !== 'auto') return [wish];
  return kind === 'static' ? ['distroless', 'slim', 'alpine'] : ['slim'];
}

/** The build runs on the same image, so nobody has chosen it for what it is to run. */
function isBuildBase({ stage, reachable }: Reading): boolean {
  return reachable.some((one) => one !== stage && one.from.image === stage.from.image);
}

function isSame(candidate: Candidate, base: ImageFacts): boolean {
  const plain = (text: string) => text.replace(/:(latest|nonroot)$/, '');
  return plain(candidate.image) === plain(base.ref.text);
}

/** Distroless images come as root and as `:nonroot`; whom to run as is another step's decision. */
function asRoot(reading: Reading, candidate: Candidate): Candidate {
  if (!candidate.image.endsWith(':nonroot')) return candidate;
  const image = candidate.image.replace(/:nonroot$/, ':latest');
  const facts = reading.images.lookup(image);
  return facts === undefined ? candidate : { ...candidate, image, facts };
}

/** Does everything this stage runs still run on the candidate? */
export function judge(
  reading: Reading,
  base: ImageFacts,
  candidate: Candidate,
  needs: RuntimeNeeds | undefined,
): Verdict {
  const { facts, image } = candidate;
  const no = (why: Reason): Verdict => ({ fits: false, why });
  if (needs?.libcBound === true && facts.libc !== base.libc)
    return no(explain('libc-bound', { libc: base.libc ?? 'its libc', image }));
  const lost = losesPlatforms(base, facts);
  if (lost !== undefined) return no(explain('platforms-lost', { image, platforms: lost }));
  const installed = new Set(installedPrograms(reading));
  const packages: string[] = [];
  const run = lostByRun(reading, base, candidate, installed, packages);
  if (run !== undefined) return no(run);
  const temporary = facts.family === 'scratch' ? needs?.writes?.find((one) => isWithin(one.path, '/tmp')) : undefined;
  if (temporary !== undefined) return no(explain('temporary-lost', { image, by: place(temporary.evidence) }));
  const elsewhere = startsElsewhere(reading, base, facts);
  if (elsewhere !== undefined) return no(explain('program-elsewhere', { path: elsewhere, image }));
  const shell = needsShell(reading, facts);
  if (shell !== undefined) return no(explain('needs-shell', { by: shell, image }));
  const wanted = wantedPackages(reading, base, candidate, needs, installed, packages);
  if (wanted !== undefined) return no(wanted);
  if (packages.length > 0 && facts.packageManager === 'apt' && isArchived(facts.release))
    return no(explain('release-archived', { packages: packages.join(', '), image, release: facts.release ?? '' }));
  const settings = inherited(reading, base, candidate);
  if ('code' in settings) return no(settings);
  const install = packages.length === 0 ? [] : [['RUN', installCommand(facts, packages)] as const];
  const bundle = needs?.certificates === true ? certificateCopy(reading, facts) : undefined;
  const copies = bundle === undefined ? [] : [['COPY', bundle] as const];
  return { fits: true, lines: [...install, ...copies, ...settings.lines], packages };
}

function losesPlatforms(base: ImageFacts, facts: ImageFacts): string | undefined {
  if (base.platforms === undefined || facts.platforms === undefined) return undefined;
  const common = ['linux/amd64', 'linux/arm64', 'amd64', 'arm64'];
  const gone = common.filter(
    (platform) => base.platforms?.includes(platform) === true && facts.platforms?.includes(platform) === false,
  );
  return gone.length === 0 ? undefined : facts.platforms.join(', ');
}

/** Packages with the same name in every release of Debian and Ubuntu that is still of use. */
const anyRelease: ReadonlySet<string> = new Set(
  (
    'bash bzip2 ca-certificates curl dumb-init ffmpeg file fontconfig fonts-dejavu fonts-dejavu-core fonts-liberation git gnupg gosu graphviz ' +
    'imagemagick jq less locales make nano netcat-openbsd openssh-client openssl procps rsync sqlite3 tar tini tzdata unzip vim wget xz-utils zip'
  ).split(' '),
);

function everywhere(command: PlacedCommand): boolean {
  const action = osAction(command);
  return (
    action?.kind === 'install' &&
    action.install.opaque === undefined &&
    action.install.packages.every(({ name }) => anyRelease.has(name))
  );
}

/** What a program of the project's own needs of its base is not said by its name. */
const needsTools: ReadonlySet<string> = new Set(['build', 'dependencies', 'test', 'unknown']);

/** A program that nobody knows: downloaded or copied, and perhaps a script around the tools of the base (`grails`, `sbt`). */
function mayBeScript(base: ImageFacts, program: string): boolean {
  return program !== '' && base.has(program) === 'unknown';
}

function lostByRun(
  reading: Reading,
  base: ImageFacts,
  { facts, image }: Candidate,
  installed: ReadonlySet<string>,
  packages: string[],
): Reason | undefined {
  const opaque = reading.opaque.find((run) => reading.stage.instructions.includes(run));
  if (opaque !== undefined) return explain('run-unreadable', { line: opaque.firstLine }, { at: opaque.span });
  const losesTools = facts.role === 'runtime' && base.role !== 'runtime';
  for (const command of reading.commands) {
    if (command.position.stage !== reading.stage) continue;
    const program = command.argv[0] ?? '';
    const line = command.instruction.firstLine;
    if (command.work.role.startsWith('os-') && facts.packageManager !== base.packageManager) {
      if (command.work.role !== 'os-clean') return explain('package-manager-changes', { image, line });
    }
    if (command.work.toolChain === true && base.has('gcc') === 'present' && facts.has('gcc') === 'absent')
      return explain('builds-here', { program, line }, { at: command.span });
    if (
      command.work.role === 'os-packages' &&
      facts.packageManager === 'apt' &&
      facts.release !== base.release &&
      !everywhere(command)
    )
      return explain('release-changes', { image, line }, { at: command.span });
    if (losesTools && needsTools.has(command.work.role) && (program.includes('/') || mayBeScript(base, program)))
      return explain('builds-here', { program, line }, { at: command.span });
    if (
      program === 'apt-key' &&
      base.has('gpg') === 'present' &&
      facts.has('gpg') !== 'present' &&
      !packages.includes('gnupg')
    )
      packages.push('gnupg');
    if (program === '' || command.work.role === 'shell' || program.includes('/') || installed.has(program)) continue;
    if (
      facts.has(program) === 'present' ||
      (facts.has(program) === 'unknown' &&
        base.has(program) === 'unknown' &&
        facts.packageManager === base.packageManager)
    )
      continue;
    const named =
      facts.packageManager === 'apt' && facts.packageManager === base.packageManager
        ? packageOf[program]?.apt
        : undefined;
    if (named !== undefined && base.has(program) === 'present') {
      if (!packages.includes(named)) packages.push(named);
      continue;
    }
    if (command.work.role === 'build' || command.work.role === 'dependencies')
      return explain('builds-here', { program, line }, { at: command.span });
    return explain('run-lost', { line, program, image }, { at: command.span });
  }
  return undefined;
}

/** A start by absolute path that only the old base has: an image of another family keeps its interpreter in a place of its own. */
function startsElsewhere(reading: Reading, base: ImageFacts, facts: ImageFacts): string | undefined {
  if (facts.family === base.family) return undefined;
  const homes = Object.values(facts.config.env).flatMap((value) =>
    value?.startsWith('/') === true && !value.includes(':') ? [value] : [],
  );
  const found = reading.start.commands.find(({ argv }) => {
    const path = argv[0] ?? '';
    if (
      !path.startsWith('/') ||
      /^\/(usr\/)?bin\/(env|sh|bash|ash|dash)$/.test(path) ||
      homes.some((home) => isWithin(path, home))
    )
      return false;
    return !reading.copies.some(
      (copy) =>
        copy.position.stage === reading.stage &&
        (copy.origins.some((origin) => isWithin(path, origin.path)) || landed(copy).includes(path)),
    );
  });
  return found?.argv[0];
}

function needsShell(reading: Reading, facts: ImageFacts): string | undefined {
  if (facts.shell) return undefined;
  const form = reading.chain.find(({ instruction, stage }) => {
    if (instruction.keyword === 'HEALTHCHECK') return instruction.test?.form === 'shell';
    if (instruction.keyword === 'RUN') return stage === reading.stage;
    return (instruction.keyword === 'CMD' || instruction.keyword === 'ENTRYPOINT') && instruction.form === 'shell';
  });
  if (form !== undefined) return `${form.instruction.keyword} in line ${form.instruction.firstLine}`;
  return reading.start.commands.find((command) => command.shell)?.evidence.says ?? reading.start.scripts[0]?.path;
}

/** Debian and Alpine packages that bring a program of the full images. */
const packageOf: Readonly<Record<string, { readonly apt: string; readonly apk: string }>> = {
  curl: { apt: 'curl', apk: 'curl' },
  wget: { apt: 'wget', apk: 'wget' },
  git: { apt: 'git', apk: 'git' },
  bash: { apt: 'bash', apk: 'bash' },
  ps: { apt: 'procps', apk: 'procps' },
  openssl: { apt: 'openssl', apk: 'openssl' },
  ssh: { apt: 'openssh-client', apk: 'openssh-client' },
  unzip: { apt: 'unzip', apk: 'unzip' },
  nc: { apt: 'netcat-openbsd', apk: 'netcat-openbsd' },
};

/** Adds to `packages` what has to be installed; a reason when something cannot be. */
function wantedPackages(
  reading: Reading,
  base: ImageFacts,
  { facts, image }: Candidate,
  needs: RuntimeNeeds | undefined,
  installed: Set<string>,
  packages: string[],
): Reason | undefined {
  const manager = facts.packageManager;
  const add = (name: string) => {
    if (!installed.has(name) && !packages.includes(name)) packages.push(name);
  };
  for (const [program, evidence] of runtimePrograms(reading)) {
    if (installed.has(program) || facts.has(program) === 'present') continue;
    if (reading.start.paths.some(({ path }) => path.endsWith(`/${program}`)) || carriedProgram(reading, program))
      continue;
    if (facts.has(program) === 'unknown' && base.has(program) === 'unknown' && facts.family === base.family) continue;
    const known = manager === 'apt' || manager === 'apk' ? packageOf[program]?.[manager] : undefined;
    if (base.has(program) === 'absent') continue;
    if (known === undefined) return explain('program-lost', { image, program, by: place(evidence) });
    add(known);
  }
  for (const one of needs?.packages ?? []) {
    if (one.program !== undefined && facts.has(one.program) === 'present') continue;
    if ([...installed].some((name) => one.broughtBy?.test(name) === true)) continue;
    const name = manager === 'apk' ? one.alpine : manager === 'apt' ? one.name : undefined;
    if (name === undefined) return explain('package-unknown', { package: one.name, image });
    add(name);
  }
  const bundled = certificateCopy(reading, facts) !== undefined;
  for (const [wanted, there, name] of [
    [needs?.certificates, bundled || hasCertificates(facts), 'ca-certificates'],
    [needs?.timezones, hasTimeZones(facts), 'tzdata'],
  ] as const) {
    if (wanted !== true || there) continue;
    if (manager !== 'apt' && manager !== 'apk') return explain('package-unknown', { package: name, image });
    add(name);
  }
  return undefined;
}

/** An image without package manager gets the certificate bundle from a stage that has one. */
function certificateCopy(reading: Reading, facts: ImageFacts): string | undefined {
  if (facts.packageManager === 'apt' || facts.packageManager === 'apk' || hasCertificates(facts)) return undefined;
  const stage = reading.reachable.find((one) => {
    const image = reading.baseOf(one);
    return (
      one !== reading.stage && one.name !== undefined && image !== undefined && hasCertificates(image) && image.shell
    );
  });
  return stage === undefined ? undefined : `--from=${stage.name} ${CERTIFICATE_BUNDLE} ${CERTIFICATE_BUNDLE}`;
}

/** A program that a COPY of the final stage brings, by path or by name. */
export function carriedProgram(reading: Reading, program: string): boolean {
  const carries = (argv0: string | undefined) => argv0?.includes('/') === true && argv0.endsWith(`/${program}`);
  if (
    reading.start.commands.some(
      (command) => carries(command.argv[0]) && !/^\/(usr\/)?s?bin\//.test(command.argv[0] ?? ''),
    )
  )
    return true;
  return reading.copies.some(
    (copy) =>
      copy.position.stage === reading.stage && copy.origins.some((origin) => origin.path.endsWith(`/${program}`)),
  );
}

function place(evidence: { readonly file: string; readonly line?: number }): string {
  return evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
}

function installCommand(facts: ImageFacts, packages: readonly string[]): string {
  if (facts.packageManager === 'apk') return `apk add --no-cache ${packages.join(' ')}`;
  const quiet = packages.includes('tzdata') ? 'DEBIAN_FRONTEND=noninteractive ' : '';
  return `apt-get update && ${quiet}apt-get install -y --no-install-recommends ${packages.join(' ')} && rm -rf /var/lib/apt/lists/*`;
}
