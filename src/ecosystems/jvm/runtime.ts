/** What a JVM program needs when it runs: a Java runtime, programs it starts, fonts it draws with, and the paths it writes. */
import { posix } from 'node:path';
import { type Answer, type Evidence, known, type Reason } from '../../answer.ts';
import { isWithin, resolvePath } from '../../reading/commands.ts';
import type { Reading } from '../../reading/reading.ts';
import { startWrites } from '../../reading/start-writes.ts';
import type { RuntimeNeeds, WritablePath } from '../ecosystem.ts';
import { longestLine } from './calls.ts';
import type { JvmModule } from './module.ts';
import { jvmReasons } from './reasons.ts';
import { placeholder } from './settings.ts';
import { javaStart } from './start.ts';

const { explain } = jvmReasons;

/** Programs of a JDK that no Java runtime has (JEP 220; `keytool` and `rmiregistry` are in both). */
const jdkPrograms = new Set([
  'javac',
  'jar',
  'javadoc',
  'javap',
  'jps',
  'jstack',
  'jcmd',
  'jmap',
  'jstat',
  'jinfo',
  'jdb',
  'jshell',
  'jlink',
  'jdeps',
  'jconsole',
  'jarsigner',
]);

/** How the program is made, as far as it decides what runs. */
export interface Making {
  /** A native executable. */
  readonly native: boolean;
  /** The start script is one that a build tool writes for an application and that only runs `java`. */
  readonly plainLauncher: boolean;
}

export function jvmRuntime(
  reading: Reading,
  module: JvmModule,
  making: Making = { native: false, plainLauncher: false },
): Answer<RuntimeNeeds> {
  const tomcat = reading.start.commands.some((command) => command.argv.some((word) => word.endsWith('catalina.sh')));
  const start = javaStart(reading);
  if (!start.known && !tomcat) return start;
  const sources = module.sources();
  const keepsBase = needsOfBase(reading, module);
  const launcher = start.known && start.value.launch.kind === 'launcher' ? start.value.launch.path : undefined;
  const unread = launcher !== undefined && !making.native && !making.plainLauncher;
  const writes = tomcat
    ? tomcatWrites()
    : unread
      ? { writes: undefined, writesWhy: `${launcher} is made by the build and not read` }
      : writesOf(reading, module);
  return known(
    {
      kind: making.native ? 'native' : 'jre',
      programs: sources.programs.flatMap(({ name, evidence }) => (name === undefined ? [] : [{ name, evidence }])),
      packages: fontsOf(module),
      certificates: false,
      timezones: false,
      libcBound: making.native || launcher !== undefined,
      ...(keepsBase === undefined ? {} : { keepsBase }),
      ...writes,
    },
    ...(start.known ? start.evidence : []),
  );
}

/** What only the build's own base has: the JDK, or programs whose names the sources do not say. */
function needsOfBase(reading: Reading, module: JvmModule): Reason | undefined {
  const sources = module.sources();
  if (sources.jdk !== undefined)
    return explain('needs-jdk', { where: place(sources.jdk), what: sources.jdk.says }, { evidence: [sources.jdk] });
  const isTool = (word: string | undefined) => jdkPrograms.has(word?.split('/').at(-1) ?? '');
  const started = reading.start.commands.find((command) => isTool(command.argv[0]));
  if (started !== undefined)
    return explain(
      'needs-jdk',
      { where: place(started.evidence), what: started.argv[0] ?? '' },
      { evidence: [started.evidence] },
    );
  const executed = sources.programs.find((one) => isTool(one.name));
  if (executed !== undefined)
    return explain(
      'needs-jdk',
      { where: place(executed.evidence), what: executed.name ?? '' },
      { evidence: [executed.evidence] },
    );
  const open = sources.programs.find((one) => one.name === undefined);
  return open === undefined
    ? undefined
    : explain('child-process', { where: place(open.evidence) }, { evidence: [open.evidence] });
}

type Writes = Pick<RuntimeNeeds, 'writes' | 'writesWhy'>;

function place(evidence: Evidence): string {
  return evidence.line === undefined ? evidence.file : `${evidence.file}:${evidence.line}`;
}

/** Drawing text needs fontconfig and a font (OpenJDK's FontConfiguration; adoptium/containers installs it for the same reason). */
function fontsOf(module: JvmModule): RuntimeNeeds['packages'] {
  const declared = module.dependencies.find(({ name }) =>
    /^(jasperreports|itext|openpdf|pdfbox|poi|poi-ooxml|jfreechart|easyexcel|kaptcha|easy-captcha|thumbnailator|batik-.*)$/.test(
      name,
    ),
  );
  const evidence = module.sources().fonts ?? declared?.evidence;
  return evidence === undefined ? [] : [{ name: 'fontconfig', alpine: 'fontconfig', program: 'fc-list', evidence }];
}

/** Tomcat's own directories are open to every user in its image, except where archives are unpacked; what the servlets write is not known. */
function tomcatWrites(): Writes {
  return {
    writes: undefined,
    writesWhy: 'Tomcat unpacks archives below its own directories, and the sources of the archive are not read',
  };
}

/** Settings whose value is a file or directory that is written. */
const fileSettings =
  /^(logging\.file(\.name|\.path)?|logging\.path|server\.tomcat\.(basedir|accesslog\.directory)|server\.undertow\.accesslog\.dir|quarkus\.log\.file\.path|spring\.servlet\.multipart\.location)$/;
const fileDatabase = /jdbc:(?:h2:(?:file:|nio:)?|hsqldb:file:|sqlite:|derby:)([^;?\s"'<]*)/;
const memoryDatabase = /^(mem:|tcp:|ssl:|zip:|:memory:|memory:|hsql:|\/\/)/;
const appender =
  /<(?:file|fileNamePattern|File)>\s*([^<]+?)\s*<|(?:fileName|filePattern|\.File|\.file)\s*=\s*"?([^"\s>]+)/;
const logFiles = /(^|\/)(logback|log4j2?)[\w-]*\.(xml|properties|ya?ml|json)$/;

function writesOf(reading: Reading, module: JvmModule): Writes {
  const sources = module.sources();
  const workdir = reading.chain.at(-1)?.workdir;
  if (!sources.complete)
    return {
      writes: undefined,
      writesWhy: sources.present
        ? 'its sources cannot be read completely'
        : 'the sources of the program are not in the build context',
    };
  if (module.unseen?.library === true)
    return {
      writes: undefined,
      writesWhy: `${module.unseen.name} belongs to the project and is not in the build context`,
    };
  const elsewhere = module.unseen?.projects === true ? sources.elsewhere() : undefined;
  if (elsewhere !== undefined)
    return {
      writes: undefined,
      writesWhy: `${elsewhere.says}, which ${place(elsewhere)} imports, is not in the build context`,
    };
  const open = (evidence: Evidence): Writes => ({
    writes: undefined,
    writesWhy: `${place(evidence)} has \`${evidence.says}\``,
  });
  const paths: WritablePath[] = [];
  for (const one of [
    ...calls(module),
    ...settingWrites(module),
    ...logWrites(reading, module),
    ...optionWrites(reading),
    ...databases(module),
    ...shellWrites(reading),
  ]) {
    const path = one.path === undefined ? undefined : ownable(workdir, one.path);
    if (path === undefined) return open(one.evidence);
    if (path !== '') paths.push({ path, evidence: one.evidence });
  }
  return { writes: paths };
}

interface Written {
  readonly path: string | undefined;
  readonly evidence: Evidence;
}

/** The directory that must belong to the user: the one a file lies in. `''`: one that everybody may write; `undefined`: it cannot be told or given away. */
function ownable(workdir: string | undefined, path: string): string | undefined {
  const plain = path.replace(/^file:(\/\/)?/, '');
  if (/[$~{}*]/.test(plain)) return undefined;
  const whole = resolvePath(workdir, plain.endsWith('/') ? plain : posix.dirname(plain));
  if (whole === undefined) return undefined;
  if (isWithin(whole, '/tmp') || isWithin(whole, '/dev') || isWithin(whole, '/proc')) return '';
  return /^\/$|^\/(bin|sbin|usr|etc|lib|lib64|root|home|opt|var|sys|boot|srv|mnt|media|run|var\/(log|lib|run|cache|spool|mail))$|^\/(usr|etc|lib|sys|boot|root)\//.test(
    whole,
  )
    ? undefined
    : whole;
}

function calls(module: JvmModule): readonly Written[] {
  return module.sources().writes.map(({ path, property, evidence }) => {
    if (property === undefined) return { path, evidence };
    const [key = '', byDefault] = property.split(/:(.*)/);
    const set =
      module.settings().findLast((one) => one.key === key.toLowerCase() || one.key === key)?.value ?? byDefault;
    const value = set === undefined ? undefined : placeholder(set)?.value;
    return { path: value === undefined || value === '' ? undefined : `${value.replace(/\/$/, '')}/`, evidence };
  });
}

function settingWrites(module: JvmModule): readonly Written[] {
  return module.settings().flatMap((one) => {
    if (one.key === 'quarkus.log.file.enable' && one.value === 'true') return [{ path: './', evidence: one.evidence }];
    if (!fileSettings.test(one.key)) return [];
    const value = placeholder(one.value)?.value;
    const directory = /path$|dir$|directory$|basedir$|location$/.test(one.key) && !one.key.startsWith('quarkus');
    return [
      { path: value === undefined || !directory ? value : `${value.replace(/\/$/, '')}/`, evidence: one.evidence },
    ];
  });
}

function databases(module: JvmModule): readonly Written[] {
  const declared = module.settings().flatMap((one) => {
    const path = fileDatabase.exec(one.value)?.[1];
    return path === undefined || memoryDatabase.test(path)
      ? []
      : [{ path: path === '' ? './' : path, evidence: one.evidence }];
  });
  const derby = module.dependencies.find(({ name }) => name === 'derby');
  return derby === undefined ? declared : [...declared, { path: './', evidence: derby.evidence }];
}

/** File appenders of the logging configurations on the class path. */
function logWrites(reading: Reading, module: JvmModule): readonly Written[] {
  const found: Written[] = [];
  for (const file of new Set([...module.sources().files, ...copiedLogFiles(reading)])) {
    if (!logFiles.test(file) && !/\.(java|kt)$/.test(file)) continue;
    const text = reading.project.read(file) ?? '';
    const code = !logFiles.test(file);
    text.split('\n').forEach((line, index) => {
      if (line.length > longestLine) return;
      const evidence = { file, line: index + 1, says: line.trim().slice(0, 100) };
      const database = fileDatabase.exec(line)?.[1];
      if (code && database !== undefined && !memoryDatabase.test(database))
        found.push({ path: database === '' ? './' : database, evidence });
      const match = code ? null : appender.exec(line);
      const path = match?.[1] ?? match?.[2];
      if (path !== undefined)
        found.push({ path: substituted(path, text, propertiesOf(reading, file, text)), evidence });
    });
  }
  return found;
}

/** Logging configurations that the final stage takes from the context, wherever it puts them. */
function copiedLogFiles(reading: Reading): readonly string[] {
  return reading.copies.flatMap((copy) => {
    if (copy.from !== undefined || copy.position.stage !== reading.stage) return [];
    return copy.origins.flatMap((origin) => {
      const files = origin.kind === 'directory' ? (reading.project.files(origin.source) ?? []) : [origin.source];
      return files.filter((file) => logFiles.test(file) && !/(^|\/)(test|target|build)\//.test(file));
    });
  });
}

/** Lines of the property files that a logback file names, which lie beside it (Logback manual, "Variable substitution"). */
function propertiesOf({ project }: Reading, file: string, text: string): string {
  const named = [...text.matchAll(/<property\s+resource="([\w./-]+)"/g)].map((match) => match[1] ?? '');
  return named.map((name) => project.read(posix.join(posix.dirname(file), name)) ?? '').join('\n');
}

/** `${LOG_DIR}` of a logback or log4j2 file, with the value that a `<property>` of the same file or a named file gives it; else the directory above it. */
function substituted(path: string, text: string, properties: string): string {
  const given = path.replace(
    /\$\{(?:env:|sys:)?([\w.-]+)(?::-([^}]*))?\}/g,
    (whole, name: string, byDefault?: string) => {
      const escaped = name.replace(/[.]/g, '\\.');
      const set = new RegExp(`<[Pp]roperty\\s+name="${escaped}"(?:\\s+value="([^"]*)"|\\s*>([^<]*)<)`).exec(text);
      const line = new RegExp(`^${escaped}[ \\t]*[=:][ \\t]*(\\S*)[ \\t]*$`, 'm').exec(properties);
      return set?.[1] ?? set?.[2] ?? line?.[1] ?? byDefault ?? whole;
    },
  );
  const dated = given.replace(/%d\{[^}]*\}|%i|\$\$?\{date:[^}]*\}/g, 'x');
  return dated.replace(/(\/)[^/]*\$\{.*$/, '$1');
}

function shellWrites(reading: Reading): readonly Written[] {
  return startWrites(reading).map(({ directory, evidence }) => ({
    path: directory === undefined ? undefined : `${directory}/`,
    evidence,
  }));
}

/** Logs that the JVM itself writes: it does not start when it cannot. */
function optionWrites(reading: Reading): readonly Written[] {
  return reading.start.commands.flatMap((command) =>
    command.argv.flatMap((word) => {
      const path = /^-Xloggc:(.+)$/.exec(word)?.[1] ?? /^-Xlog:[^:]*:(?:file=)?([^:]+)/.exec(word)?.[1];
      return path === undefined || /^(stdout|stderr)$/.test(path)
        ? []
        : [{ path: path.replaceAll(/%[pt]/g, 'x'), evidence: command.evidence }];
    }),
  );
}
