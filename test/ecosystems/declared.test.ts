import { describe, expect, it } from 'vitest';
import { goVersion } from '../../src/ecosystems/go/declared.ts';
import type { GoFacts } from '../../src/ecosystems/go/packages.ts';
import { javaVersion } from '../../src/ecosystems/jvm/declared.ts';
import { nodeVersion } from '../../src/ecosystems/node/declared.ts';
import { pythonVersion } from '../../src/ecosystems/python/declared.ts';
import { memoryProject } from '../../src/project/memory.ts';
import type { Reading } from '../../src/reading/reading.ts';

type Files = Readonly<Record<string, string>>;
const said = (answer: ReturnType<typeof nodeVersion>) => (answer.known ? answer.value.version : answer.why.code);

describe('the Node.js version of a project', () => {
  const node = (files: Files) => said(nodeVersion(memoryProject(files), ''));
  const engines = (range: string) => ({ 'package.json': `{ "engines": { "npm": "10", "node": "${range}" } }` });
  it.each([
    ['20', '20'],
    ['20.x', '20'],
    ['v20.11.1', '20.11.1'],
    ['^20.11.0', '20'],
    ['~20.11.0', '20.11'],
    ['>=20.9 <21', '20'],
    ['>=18', 'declared/open'],
    ['18 || 20', 'declared/open'],
    ['20 - 22', 'declared/open'],
    ['*', 'declared/open'],
  ])('engines %s', (range, expected) => expect(node(engines(range))).toBe(expected));
  it.each([
    ['v18.19.0\n', '18.19.0'],
    ['lts/iron\r\n', '20'],
    ['lts/*\n', 'declared/open'],
    ['node\n', 'declared/open'],
  ])('.nvmrc %j', (text, expected) => expect(node({ '.nvmrc': text })).toBe(expected));
  it('takes the most exact of places that agree', () => {
    expect(node({ '.nvmrc': '20.11.1\n', ...engines('>=18') })).toBe('20.11.1');
    expect(node({ '.nvmrc': '20\n', '.node-version': '20.9.0\n' })).toBe('20.9.0');
  });
  it('knows nothing when they do not', () => {
    expect(node({ '.nvmrc': '16\n', ...engines('>=18') })).toBe('declared/contradiction');
    expect(node({ '.nvmrc': '16\n', '.tool-versions': 'nodejs 18.1.0\n' })).toBe('declared/contradiction');
    expect(node({})).toBe('declared/none');
  });
});

describe('the Python version of a project', () => {
  const python = (files: Files) => said(pythonVersion(memoryProject(files), ''));
  const requires = (text: string) => ({ 'pyproject.toml': `[project]\nrequires-python = "${text}"\n` });
  it.each([
    ['==3.11.*', '3.11'],
    ['==3.11.4', '3.11.4'],
    ['~=3.11.0', '3.11'],
    ['>=3.11,<3.12', '3.11'],
    ['>=3.11, <3.13', 'declared/open'],
    ['>=3.9', 'declared/open'],
    ['^3.11', 'declared/open'],
    ['not a specifier', 'declared/open'],
  ])('requires-python %s', (text, expected) => expect(python(requires(text))).toBe(expected));
  it('reads version files', () => {
    expect(python({ '.python-version': '3.12.1\n', ...requires('>=3.10') })).toBe('3.12.1');
    expect(python({ 'runtime.txt': 'python-3.10.8\n' })).toBe('3.10.8');
    expect(python({ Pipfile: '[requires]\npython_version = "3.9"\n' })).toBe('3.9');
    expect(python({ '.python-version': '3.8\n', ...requires('>=3.10') })).toBe('declared/contradiction');
  });
});

describe('the Java release of a project', () => {
  const java = (files: Files) => said(javaVersion(memoryProject(files), '', 'pom.xml'));
  it.each([
    [{ 'pom.xml': '<java.version>17</java.version>' }, '17'],
    [{ 'pom.xml': '<maven.compiler.target>1.8</maven.compiler.target>' }, '8'],
    [{ 'pom.xml': '<java.version>${jdk}</java.version>' }, 'declared/none'],
    [
      { 'pom.xml': '<java.version>17</java.version>\n<maven.compiler.release>11</maven.compiler.release>' },
      'declared/contradiction',
    ],
    [{ 'build.gradle': "sourceCompatibility = '11'\n" }, '11'],
    [{ 'build.gradle': 'sourceCompatibility = JavaVersion.VERSION_1_8\n' }, '8'],
    [{ 'build.gradle.kts': 'kotlin { jvmToolchain(21) }\n' }, '21'],
  ] as const)('%j', (files, expected) => expect(java(files)).toBe(expected));
});

describe('the Go version of a module', () => {
  const go = (text: string) => {
    const project = memoryProject({ 'go.mod': text });
    const reading = { project, facts: { mod: { file: 'go.mod' } } } as unknown as Reading<GoFacts>;
    return said(goVersion(reading));
  };
  it('is that of its go and toolchain lines, from the release on that made them binding', () => {
    expect(go('module x\n\ngo 1.22.3\n')).toBe('1.22');
    expect(go('module x\n\ngo 1.21\n\ntoolchain go1.23.1\n')).toBe('1.23');
    expect(go('module x\n\ngo 1.20\n')).toBe('declared/open');
    expect(go('module x\n')).toBe('declared/none');
  });
});
