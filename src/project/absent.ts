/** No build context: a Dockerfile from standard input. */
import type { Project } from './project.ts';

/** Knows nothing and says so: `present` is false, and nothing that is missing here is thereby missing. */
export const absentProject: Project = {
  present: false,
  kind: () => undefined,
  read: () => undefined,
  list: () => [],
  files: () => undefined,
  sends: () => true,
  matches: () => [],
  ignoreFile: undefined,
  services: () => [],
  pulled: () => [],
  dockerfile: undefined,
};
