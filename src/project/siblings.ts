/** Other Dockerfiles that may be built from the same context: an ignore file is shared by all of them. */
import { posix } from 'node:path';
import type { Project } from './project.ts';

const dockerfileName = /^(Dockerfile|Containerfile)(\..+)?$|\.(Dockerfile|dockerfile|Containerfile)$/;
/** More than this many are not read; then every pattern counts as needed. */
const most = 200;

/**
 * The first other Dockerfile of the context that seems to need what a pattern would leave out: for `.git`, one that calls
 * git; else one whose COPY or ADD names the path. Conservative: it may be built from another context.
 */
export function siblingThatNeeds(project: Project, pattern: string): string | undefined {
  if (project.ignoreFile !== undefined && project.ignoreFile.path !== '.dockerignore') return undefined;
  const files = project.files('');
  const others = files?.filter((path) => path !== project.dockerfile && isDockerfile(path)) ?? [];
  if (files === undefined || others.length > most) return 'another Dockerfile';
  const name = posix.basename(pattern);
  return others.find((path) => {
    const text = project.read(path) ?? '';
    return name === '.git' ? /\bgit\s|\.git\b/.test(text) : copiesName(text, name);
  });
}

function isDockerfile(path: string): boolean {
  return dockerfileName.test(posix.basename(path)) && !path.endsWith('.dockerignore');
}

/** A COPY or ADD line from the context in which the name stands as a path component. */
function copiesName(text: string, name: string): boolean {
  return text
    .split('\n')
    .some(
      (line) => /^\s*(COPY|ADD)\s/i.test(line) && !/\s--from=/.test(line) && line.split(/[\s/"',[\]]+/).includes(name),
    );
}
