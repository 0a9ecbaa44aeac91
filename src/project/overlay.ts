/** A project as it will be once some files are written: a step sees the files of the steps before it. */
import type { FileEdit } from '../transform.ts';
import type { Project } from './project.ts';
import { type Entry, joined, type Tree } from './tree.ts';
import { projectOver } from './view.ts';

/** The same project with these files in place. Everything else, compose services included, is asked of the project below. */
export function withFiles(project: Project, files: readonly FileEdit[]): Project {
  if (!project.present) return project;
  const written = new Map(files.map((file) => [file.path, file.after]));
  const beside = project.ignoreFile;
  const over = projectOver(treeOver(project, written), {
    dockerfile: project.dockerfile,
    besideDockerfile:
      beside === undefined || project.kind(beside.path) !== undefined
        ? undefined
        : { path: beside.path, text: written.get(beside.path) ?? beside.text },
  });
  return { ...over, files: project.files, services: project.services, pulled: project.pulled };
}

function treeOver(project: Project, written: ReadonlyMap<string, string>): Tree {
  return {
    kind: (path) => (written.has(path) ? 'file' : path === '' ? 'directory' : project.kind(path)),
    read: (path) => {
      const text = written.get(path) ?? project.read(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    list: (directory) => {
      const names = new Set(project.list(directory));
      for (const path of written.keys())
        if (parentOf(path) === directory) names.add(path.slice(path.lastIndexOf('/') + 1));
      return [...names].map((name): Entry => {
        const path = joined(directory, name);
        return { name, kind: written.has(path) ? 'file' : project.kind(path), link: false };
      });
    },
  };
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
