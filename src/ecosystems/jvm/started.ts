/** Which module of the project the started archive or class path belongs to. */
import { posix } from 'node:path';
import { expand } from '../../dockerfile/variables.ts';
import { isWithin } from '../../reading/commands.ts';
import { contextDirectory, contextPath } from '../../reading/origins.ts';
import type { Reading } from '../../reading/reading.ts';
import { javaStart } from './start.ts';

/** Output directories of Maven, Gradle and Eclipse: what stands before them is the module. */
const output =
  /^(.*?)(?:^|\/)(?:target|build\/(?:libs|install|classes|distributions|quarkus-app|native|output)|build|out)(?:\/|$)/;

/** Context directory of the module that is started; `project` when it cannot be told apart. */
export function startedModule(reading: Reading, project: string, roots: readonly string[]): string {
  const path = startPath(reading);
  if (path === undefined) return project;
  const origin = placedFrom(reading, path) ?? path;
  const root = roots.find((one) => isWithin(origin, one));
  const inside = root === undefined ? undefined : posix.relative(root, origin);
  const match = inside === undefined ? null : output.exec(inside);
  if (match === null || root === undefined) return project;
  const stage =
    reading.commands.find((command) => command.work.writes?.includes(root) === true)?.position.stage ?? reading.stage;
  const base = contextDirectory(reading.copies, stage, root, reading.project) ?? project;
  return posix.join(base, match[1] ?? '').replace(/^\.$/, '');
}

/** Context directory of a module whose archive is copied ready-made; `''` when the COPY does not tell. */
export function prebuiltModule(reading: Reading): string {
  for (const copy of reading.copies) {
    if (copy.from !== undefined) continue;
    for (const word of copy.instruction.sources) {
      const source = posix.normalize(expand(word.value, copy.position.scope).text.replace(/^(\.?\/)+/, ''));
      const match = output.exec(source);
      if (match !== null) return (match[1] ?? '').replace(/\/$/, '');
      if (/\.(jar|war)$/.test(source)) return posix.dirname(source).replace(/^\.$/, '');
    }
  }
  return '';
}

function startPath(reading: Reading): string | undefined {
  const start = javaStart(reading);
  if (!start.known) return undefined;
  const { launch } = start.value;
  if (launch.kind !== 'class-path') return launch.path;
  return launch.entries.find((entry) => output.test(entry.path))?.path ?? launch.entries[0]?.path;
}

/** Where a `cp` or `mv`, or a COPY from another stage, took it from. */
function placedFrom(reading: Reading, path: string): string | undefined {
  for (const copy of reading.copies) {
    if (typeof copy.from !== 'object') continue;
    const origin = copy.origins.find((one) => isWithin(path, one.path));
    if (origin !== undefined) return posix.join(origin.source, posix.relative(origin.path, path));
  }
  const placing = reading.commands.find(
    (command) =>
      /^(cp|mv|ln|install)$/.test(command.argv[0] ?? '') &&
      command.work.writes?.some((one) => one === path || posix.dirname(path) === one) === true,
  );
  return placing?.work.reads?.[0];
}

/** Output directories of the build that a COPY of a whole directory would send. */
export function sentOutputs(
  reading: Reading,
  paths: readonly string[],
): readonly { readonly pattern: string; readonly says: string }[] {
  const sent = (path: string) =>
    reading.copies.some(
      (copy) =>
        copy.from === undefined &&
        copy.origins.some(
          (origin) =>
            origin.kind === 'directory' &&
            (origin.source === '' || posix.dirname(path) === origin.source || path.startsWith(`${origin.source}/`)),
        ),
    );
  return paths.filter(sent).map((pattern) => ({ pattern, says: 'build output' }));
}

/** Some COPY from the context brings this context path. */
export function isBrought(reading: Reading, path: string): boolean {
  return reading.copies.some(
    (copy) =>
      copy.from === undefined &&
      copy.origins.some(
        (origin) =>
          origin.source === '' ||
          path === origin.source ||
          path.startsWith(`${origin.source}/`) ||
          isWithin(origin.source, path),
      ),
  );
}

/** The build reads the file of that context directory, not another one that a COPY renames (`COPY pom-web.xml pom.xml`). */
export function readsItsFile(
  reading: Reading,
  roots: readonly string[],
  directory: string,
  names: readonly string[],
): boolean {
  return roots.every((root) => {
    const stage =
      reading.commands.find((command) => command.work.writes?.includes(root) === true)?.position.stage ?? reading.stage;
    return names.every((name) => {
      const found = contextPath(reading.copies, stage, posix.join(root, name), reading.project);
      return found === undefined || found === posix.join(directory, name);
    });
  });
}
