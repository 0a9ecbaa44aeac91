import { describe, expect, it } from 'vitest';
import { readPom } from '../../src/ecosystems/maven/pom.ts';
import { moduleOf, parentsOf, readReactor } from '../../src/ecosystems/maven/reactor.ts';
import { memoryProject } from '../../src/project/memory.ts';

const pom = (id: string, rest = '') => `<project><artifactId>${id}</artifactId>${rest}</project>`;
const dependency = (id: string, rest = '') =>
  `<dependency><groupId>g</groupId><artifactId>${id}</artifactId>${rest}</dependency>`;

function read(files: Record<string, string>) {
  const project = memoryProject(files);
  const root = readPom(project, 'pom.xml');
  if (root === undefined) throw new Error('not read');
  return { project, root, reactor: readReactor(project, root) };
}

describe('POMs', () => {
  it('that are not well-formed are not read', () => {
    expect(readPom(memoryProject({ 'pom.xml': '<project><a></project>' }), 'pom.xml')).toBeUndefined();
    expect(readPom(memoryProject({ 'pom.xml': '<settings/>' }), 'pom.xml')).toBeUndefined();
  });

  it('are followed to their modules, those of profiles too', () => {
    const { reactor } = read({
      'pom.xml': pom(
        'root',
        '<modules><module>a</module><module>gone</module></modules><profiles><profile><id>x</id><modules><module>b/pom.xml</module></modules></profile></profiles>',
      ),
      'a/pom.xml': pom('a', '<modules><module>c</module></modules>'),
      'a/c/pom.xml': pom('c'),
      'b/pom.xml': pom('b'),
    });
    expect(reactor.poms.map((one) => one.file)).toEqual(['pom.xml', 'a/pom.xml', 'b/pom.xml', 'a/c/pom.xml']);
    expect(reactor.missing).toEqual(['gone']);
  });

  it('know a parent only when it is the one that is named', () => {
    const child = pom('a', '<parent><artifactId>root</artifactId></parent>');
    const files = { 'pom.xml': pom('root'), 'a/pom.xml': child, 'b/pom.xml': child.replace('root', 'boot') };
    const project = memoryProject(files);
    const parents = (file: string) =>
      parentsOf(project, readPom(project, file) as NonNullable<ReturnType<typeof readPom>>).map((one) => one.file);
    expect(parents('a/pom.xml')).toEqual(['pom.xml']);
    expect(parents('b/pom.xml')).toEqual([]);
  });

  it('give a module what it inherits and what its siblings declare, without tests', () => {
    const { project, reactor } = read({
      'pom.xml': pom(
        'root',
        `<dependencies>${dependency('log')}</dependencies><modules><module>core</module><module>api</module></modules>`,
      ),
      'core/pom.xml': pom('core', `<dependencies>${dependency('json')}</dependencies>`),
      'api/pom.xml': pom(
        'api',
        `<parent><artifactId>root</artifactId></parent><dependencies>${dependency('core')}${dependency('junit', '<scope>test</scope>')}</dependencies>`,
      ),
    });
    const api = reactor.poms.find((one) => one.artifactId === 'api');
    expect(api === undefined ? [] : moduleOf(project, api, reactor.poms).dependencies.map(({ name }) => name)).toEqual([
      'core',
      'log',
      'json',
    ]);
  });

  it('end where parents and modules turn in a circle', () => {
    const { reactor } = read({
      'pom.xml': pom(
        'a',
        '<parent><artifactId>b</artifactId><relativePath>b/pom.xml</relativePath></parent><modules><module>b</module></modules>',
      ),
      'b/pom.xml': pom('b', '<parent><artifactId>a</artifactId></parent><modules><module>..</module></modules>'),
    });
    expect(reactor.poms.map((one) => one.artifactId)).toEqual(['a', 'b']);
  });
});
