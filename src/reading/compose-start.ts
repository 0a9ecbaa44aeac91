/** Compose services that say what runs in an image whose Dockerfile does not. */
import { posix } from 'node:path';
import type { ComposeService } from '../project/project.ts';
import { isWithin } from './commands.ts';

/** Is this the name of a file for development, tests or CI (`Dockerfile.dev`, `docker-compose.test.yml`)? */
export function namedForDevelopment(name: string): boolean {
  return /(^|[._-])(dev|devel|development|test|tests|testing|e2e|ci|debug|local)([._-]|$)/i.test(name);
}

/** Images of these families start a server of their own. */
export function servesByItself(family: string | undefined): boolean {
  return ['nginx', 'nginx-unprivileged', 'httpd', 'caddy', 'php', 'tomcat'].includes(family ?? '');
}

/**
 * The services that start the image, when every service built from it says what it runs. Files for development or tests count
 * only where there is no other. Empty: nobody says it, or not for each of them.
 */
export function startingServices(services: readonly ComposeService[]): readonly ComposeService[] {
  const lasting = services.filter(({ file }) => !namedForDevelopment(posix.basename(file)));
  const counted = lasting.length > 0 ? lasting : services;
  const starting = counted.filter(starts);
  return counted.every(({ name }) => starting.some((one) => one.name === name)) ? starting : [];
}

/** The service replaces the start of the image. */
export function starts({ command, entrypoint }: ComposeService): boolean {
  return command !== undefined || entrypoint !== undefined;
}

/** A mount from the host hides the working directory of the image, and with it the sources that the image has. */
export function mountsOver({ volumes }: ComposeService, workdir: string | undefined): boolean {
  return workdir !== undefined && volumes.some(({ kind, target }) => kind === 'bind' && isWithin(workdir, target));
}
