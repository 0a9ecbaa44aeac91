/** What a JVM program needs when it runs, and where it listens: the same questions for every tool that builds jars. */
import { type Answer, type Evidence, known, notKnown } from '../../answer.ts';
import type { Project } from '../../project/project.ts';
import type { Reading } from '../../reading/reading.ts';
import type { Listener, RuntimeNeeds } from '../ecosystem.ts';
import { jvmReasons } from './reasons.ts';
import { springSettings } from './spring.ts';
import { javaStart } from './start.ts';

/** What the build file says, in the words all JVM tools share. */
export interface JvmFacts {
  /** Context directory of the module that is started. */
  readonly module: string;
  /** A dependency on a web server or framework that opens a port, with where it is declared. */
  readonly web: { readonly framework: 'spring' | 'quarkus' | 'micronaut' | 'other'; readonly evidence: Evidence } | undefined;
  readonly actuator: Evidence | undefined;
  /** Spring Security on the class path: endpoints may ask for credentials. */
  readonly security: boolean;
}

/** Paths in string literals that a program opens for writing cannot be listed for certain; these calls say that it does. */
const writing = /\b(FileOutputStream|FileWriter|Files\.(write|copy|createDirector|createFile|newBufferedWriter|newOutputStream|move)|RandomAccessFile|\.mkdirs?\(\)|transferTo\(|createTempFile)/;

export function jvmRuntime(reading: Reading, facts: JvmFacts): Answer<RuntimeNeeds> {
  const start = javaStart(reading);
  if (!start.known) return start;
  const writes = writingSource(reading.project, facts.module);
  const logs = logFile(reading.project, facts.module);
  const why = writes ?? logs;
  return known(
    {
      kind: 'jre',
      programs: [],
      packages: [],
      certificates: false,
      timezones: false,
      libcBound: false,
      writes: why === undefined ? [] : undefined,
      ...(why === undefined ? {} : { writesWhy: `${why.file}${why.line === undefined ? '' : `:${why.line}`} has ${why.says}` }),
    },
    ...start.evidence,
  );
}

/** The first source that opens a file for writing; a tree too large to read counts as one. */
function writingSource(project: Project, module: string): Evidence | undefined {
  const root = [module, 'src/main'].filter((part) => part !== '').join('/');
  const files = project.files(root);
  if (files === undefined) return { file: root, says: 'more sources than are read' };
  for (const file of files) {
    if (!/\.(java|kt|groovy|scala)$/.test(file)) continue;
    const lines = (project.read(file) ?? '').split('\n');
    const index = lines.findIndex((line) => writing.test(line) && !/createTempFile|java\.io\.tmpdir/.test(line) && !/^\s*(import|\*|\/\/)/.test(line));
    if (index >= 0) return { file, line: index + 1, says: `\`${writing.exec(lines[index] ?? '')?.[0] ?? ''}\`` };
  }
  return undefined;
}

function logFile(project: Project, module: string): Evidence | undefined {
  for (const name of ['logback.xml', 'logback-spring.xml', 'log4j2.xml', 'log4j2-spring.xml', 'log4j.properties', 'application.properties', 'application.yml', 'application.yaml']) {
    const file = [module, 'src/main/resources', name].filter((part) => part !== '').join('/');
    const lines = (project.read(file) ?? '').split('\n');
    const index = lines.findIndex((line) => /FileAppender|RollingFile|logging\.file|jdbc:h2:(file:|\.|~)|jdbc:sqlite:|jdbc:hsqldb:file/i.test(line));
    if (index >= 0) return { file, line: index + 1, says: lines[index]?.trim().slice(0, 80) ?? '' };
  }
  return undefined;
}

export function jvmListener(reading: Reading, facts: JvmFacts): Answer<Listener> {
  const { explain } = jvmReasons;
  const start = javaStart(reading);
  if (!start.known) return start;
  if (facts.web === undefined) return notKnown(explain('no-listener'));
  const settings = springSettings(reading.project, facts.module);
  const spring = facts.web.framework === 'spring';
  const fromStart = start.value.properties.get(spring ? 'server.port' : 'quarkus.http.port');
  const fromEnv = reading.contract.env['SERVER_PORT'];
  const text = fromStart ?? fromEnv ?? settings.port?.value;
  const port = portOf(text);
  if (port === undefined) return notKnown(explain('port-unclear', { value: text ?? '' }));
  const open = spring && facts.actuator !== undefined && !facts.security && !settings.actuatorMoved && fromStart === undefined;
  const evidence = [facts.web.evidence, ...(settings.port === undefined ? [] : [settings.port.evidence]), ...(open && facts.actuator !== undefined ? [facts.actuator] : [])];
  return known(
    {
      port: port.port,
      portVariable: port.variable ?? (spring && fromStart === undefined ? 'SERVER_PORT' : undefined),
      route: open ? `${settings.contextPath}/actuator/health` : undefined,
      startPeriod: 60,
      probe: undefined,
    },
    ...evidence,
  );
}

/** `8080`, `${PORT:8080}`, or nothing (8080 is the default of Spring, Quarkus and Micronaut). */
function portOf(text: string | undefined): { readonly port: number; readonly variable: string | undefined } | undefined {
  if (text === undefined) return { port: 8080, variable: undefined };
  const variable = /^\$\{([A-Z_][A-Z0-9_]*):(\d+)\}$/.exec(text);
  if (variable !== null) return { port: Number(variable[2]), variable: variable[1] };
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65536 ? { port, variable: undefined } : undefined;
}
