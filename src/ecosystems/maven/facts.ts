/** What is known of a Maven project in one context directory. */
import type { JvmModule } from '../jvm/module.ts';
import type { Pom } from './pom.ts';
import type { Reactor } from './reactor.ts';

export interface MavenFacts {
  readonly pom: Pom;
  /** Context directory of the POM that is built. */
  readonly directory: string;
  readonly reactor: Reactor;
  /** Files that load an extension which reads the history when Maven starts. */
  readonly historyExtensions: readonly string[];
  /** The module in that context directory; the project itself when there is none. */
  module(directory: string): JvmModule;
}
