import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/images/catalogue.ts';

const { osPackage } = catalogue();

/** package | bullseye | bookworm | trixie */
const TWINS = `
libpq-dev | libpq5 | libpq5 | libpq5
libssl-dev | libssl1.1 | libssl3 | libssl3t64
libffi-dev | libffi7 | libffi8 | libffi8
libicu-dev | libicu67 | libicu72 | libicu76
libzip-dev | libzip4 | libzip4 | libzip5
libpng-dev | libpng16-16 | libpng16-16 | libpng16-16t64
libjpeg-dev | libjpeg62-turbo | libjpeg62-turbo | libjpeg62-turbo
libxml2-dev | libxml2 | libxml2 | libxml2
default-libmysqlclient-dev | libmariadb3 | libmariadb3 | libmariadb3
libldap2-dev | libldap-2.4-2 | libldap-2.5-0 | libldap2
libncurses-dev | libtinfo6 libncurses6 libncursesw6 | libtinfo6 libncurses6 libncursesw6 | libtinfo6 libncurses6 libncursesw6
libmagic-dev | libmagic1 | libmagic1 | libmagic1t64
libatlas-base-dev | libatlas3-base | libatlas3-base | -
gfortran | libgfortran5 | libgfortran5 | libgfortran5
`;

describe('Debian packages', () => {
  it.each(
    TWINS.trim()
      .split('\n')
      .map((line) => line.split(' | ') as [string, string, string, string]),
  )('%s at run time', (name, bullseye, bookworm, trixie) => {
    const answers = ['bullseye', 'bookworm', 'trixie'].map(
      (release) => osPackage(name, release, 'apt').runtime?.join(' ') ?? '-',
    );
    expect(answers).toEqual([bullseye, bookworm, trixie]);
    expect(osPackage(name, 'bookworm', 'apt').class).toBe('build');
  });

  it.each([
    ['build-essential', 'build', []],
    ['make', 'build', []],
    ['g++', 'build', ['libstdc++6', 'libgcc-s1']],
    ['git', 'tool', ['git']],
    ['ca-certificates', 'runtime', ['ca-certificates']],
    ['ffmpeg', 'runtime', ['ffmpeg']],
    ['python3', 'both', ['python3']],
    ['openssl', 'runtime', ['openssl']],
    ['openjdk-17-jdk', 'build', ['openjdk-17-jre-headless']],
    ['libboost-all-dev', 'build', undefined],
    ['libsomething-dev', 'build', undefined],
    ['something', 'unknown', undefined],
  ] as const)('%s on bookworm is %s', (name, kind, runtime) => {
    expect([osPackage(name, 'bookworm', 'apt').class, osPackage(name, 'bookworm', 'apt').runtime]).toEqual([
      kind,
      runtime,
    ]);
  });

  it('tools say which programs they bring', () => {
    expect(osPackage('postgresql-client', 'bookworm', 'apt').commands).toEqual(['psql', 'pg_dump', 'pg_isready']);
    expect(osPackage('procps', 'trixie', 'apt').commands).toContain('ps');
  });

  it('versions, architectures and releases are no part of the name', () => {
    const names = ['libpq-dev=15.1-1', 'libpq-dev:arm64', 'libpq-dev/bookworm-backports'];
    expect(names.map((name) => osPackage(name, 'bookworm', 'apt').runtime)).toEqual([
      ['libpq5'],
      ['libpq5'],
      ['libpq5'],
    ]);
  });

  it('a package that left the release has no run-time name there', () => {
    expect(osPackage('libgl1-mesa-glx', 'bookworm', 'apt').runtime).toEqual(['libgl1-mesa-glx']);
    expect(osPackage('libgl1-mesa-glx', 'trixie', 'apt').runtime).toBeUndefined();
    expect(osPackage('libmysqlclient-dev', 'bookworm', 'apt').runtime).toBeUndefined();
    expect(osPackage('libglib2.0-0', 'trixie', 'apt').runtime).toEqual(['libglib2.0-0']);
  });

  it('an unknown release gives no library names', () => {
    expect(osPackage('libpq-dev', undefined, 'apt').runtime).toBeUndefined();
    expect(osPackage('libpq-dev', 'buster', 'apt').runtime).toBeUndefined();
  });
});

describe('Ubuntu packages', () => {
  it('take only names that are the same in all Debian releases, or were read for Ubuntu', () => {
    expect(osPackage('libpq-dev', 'noble', 'apt').runtime).toEqual(['libpq5']);
    expect(osPackage('libicu-dev', 'jammy', 'apt').runtime).toEqual(['libicu70']);
    expect(osPackage('libicu-dev', 'resolute', 'apt').runtime).toEqual(['libicu78']);
    expect(osPackage('libssl-dev', 'noble', 'apt').runtime).toEqual(['libssl3t64']);
    expect(osPackage('libzip-dev', 'noble', 'apt').runtime).toBeUndefined();
    expect(osPackage('curl', 'noble', 'apt').runtime).toEqual(['curl']);
  });
});

describe('Alpine packages', () => {
  it.each([
    ['libpq-dev', 'build', ['libpq']],
    ['postgresql-dev', 'build', ['libpq']],
    ['openssl-dev', 'build', ['libssl3', 'libcrypto3']],
    ['libffi-dev', 'build', ['libffi']],
    ['xz-dev', 'build', ['xz-libs']],
    ['build-base', 'build', ['libstdc++', 'libgcc']],
    ['musl-dev', 'build', []],
    ['linux-headers', 'build', []],
    ['gcc', 'build', []],
    ['git', 'tool', ['git']],
    ['su-exec', 'tool', ['su-exec']],
    ['libpq', 'runtime', ['libpq']],
    ['unheard-of-dev', 'build', undefined],
    ['unheard-of', 'unknown', undefined],
  ] as const)('%s is %s', (name, kind, runtime) => {
    const answer = osPackage(name, 'alpine3.20', 'apk');
    expect([answer.class, answer.runtime]).toEqual([kind, runtime]);
  });

  it.each([
    ['alpine3.20', ['libssl3', 'libcrypto3']],
    ['alpine3.17', ['libssl3', 'libcrypto3']],
    ['alpine3.16', ['libssl1.1', 'libcrypto1.1']],
    ['alpine3.9', ['libssl1.1', 'libcrypto1.1']],
    ['alpine3.8', undefined],
    [undefined, ['libssl3', 'libcrypto3']],
  ] as const)('the libraries of openssl-dev are those of %s', (release, runtime) => {
    expect(osPackage('openssl-dev', release, 'apk').runtime).toEqual(runtime);
  });

  it('constraints and repositories are no part of the name', () => {
    expect(
      ['git=2.1-r0', 'git~2.1', 'git@edge', 'git>2'].map((name) => osPackage(name, 'alpine3.20', 'apk').name),
    ).toEqual(['git', 'git', 'git', 'git']);
  });

  it('other package managers are not known', () => {
    expect(osPackage('gcc', 'al2023', 'dnf')).toEqual({
      name: 'gcc',
      class: 'unknown',
      runtime: undefined,
      commands: [],
    });
  });
});
