/** The Node.js version a project declares: version files, `engines`, Volta. */
import { posix } from 'node:path';
import type { Answer } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import { agreed, type Declaration, declaration } from '../declared.ts';
import type { DeclaredVersion } from '../ecosystem.ts';
import { satisfies } from './versions.ts';

/** Names of long-term support lines (nodejs/Release). */
const lines: Readonly<Record<string, string>> = {
  gallium: '16',
  hydrogen: '18',
  iron: '20',
  jod: '22',
  krypton: '24',
};

export function nodeVersion(project: Project, directory: string): Answer<DeclaredVersion> {
  const at = (name: string) => posix.join(directory, name);
  const files = ['.nvmrc', '.node-version'].flatMap((name) => versionFile(at(name), project.read(at(name))));
  const tools = declaration(at('.tool-versions'), project.read(at('.tool-versions')), /^nodejs[ \t]+(\d[\d.]*)/);
  const manifest = project.read(at('package.json'));
  return agreed('node', 'Node.js', '.nvmrc', [
    ...files,
    ...(tools === undefined ? [] : [{ version: tools.value, evidence: tools.evidence }]),
    ...sectionOf(at('package.json'), manifest, 'volta'),
    ...sectionOf(at('package.json'), manifest, 'engines'),
  ]);
}

function versionFile(file: string, text: string | undefined): readonly Declaration[] {
  const found = declaration(file, text, /^[ \t]*(v?\d[\d.]*|lts\/[\w*-]+|[a-z]+)[ \t\r]*$/);
  if (found === undefined) return [];
  const { value, evidence } = found;
  const name = value.replace('lts/', '');
  const version = /^v?\d/.test(value) ? value.replace('v', '') : lines[name];
  return [{ version, evidence }];
}

function sectionOf(file: string, text: string | undefined, section: string): readonly Declaration[] {
  const start = text?.indexOf(`"${section}"`) ?? -1;
  if (text === undefined || start < 0) return [];
  const end = text.indexOf('}', start);
  const found = declaration(file, text.slice(start, end), /"node"\s*:\s*"([^"]+)"/);
  if (found === undefined) return [];
  const line = text.slice(0, start).split('\n').length + (found.evidence.line ?? 1) - 1;
  return [ofRange(found.value, { ...found.evidence, line, says: `${section}.node ${found.value}` })];
}

/** A range that one major release satisfies entirely stands for it; `~20.11.0` for its minor release. */
function ofRange(range: string, evidence: Declaration['evidence']): Declaration {
  const allows = (version: string) => satisfies(padded(version), range) !== false;
  const plain = /^[v=]?(\d+(?:\.\d+){0,2})(?:\.[x*])*$/.exec(range.trim())?.[1];
  if (plain !== undefined) return { version: plain, evidence };
  const majors = Array.from({ length: 60 }, (_, major) => major).filter(
    (major) => satisfies(`${major}.0.0`, range) === true || satisfies(`${major}.999.999`, range) === true,
  );
  const [only] = majors;
  const minor = /^~\s*(\d+\.\d+)/.exec(range.trim())?.[1];
  if (minor !== undefined) return { version: minor, evidence };
  const whole = majors.length === 1 && satisfies(`${only}.999.999`, range) === true;
  return whole ? { version: String(only), evidence } : { version: undefined, allows, evidence };
}

/** The newest release that a shorter version stands for. */
function padded(version: string): string {
  const numbers = version.split('.');
  return [...numbers, '999', '999'].slice(0, 3).join('.');
}
