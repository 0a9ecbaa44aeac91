/** Programs that compose runs in the final image besides its own start: commands, entrypoints and healthchecks of services. */
import type { Evidence } from '../answer.ts';
import type { ComposeService } from '../project/project.ts';
import { readEntryScript } from '../shell/entry-script.ts';

export interface ComposeProgram {
  readonly word: string;
  readonly evidence: Evidence;
}

const shells = new Set(['sh', 'bash', 'ash', '/bin/sh', '/bin/bash', '/bin/ash']);

/** First words of every command line of these services, those of `sh -c` texts and `CMD-SHELL` tests included. */
export function composePrograms(services: readonly ComposeService[]): readonly ComposeProgram[] {
  return services.flatMap((service) => {
    const evidence = { file: service.file, says: `service ${service.name}` };
    const lines = [service.entrypoint, service.entrypoint === undefined ? service.command : undefined, service.test];
    return lines.flatMap((line) => firstWords(line).map((word) => ({ word, evidence })));
  });
}

function firstWords(line: string | readonly string[] | undefined): readonly string[] {
  if (line === undefined) return [];
  if (typeof line === 'string') return ofShell(line);
  const [first, ...rest] = line;
  if (first === 'CMD-SHELL') return ofShell(rest.join(' '));
  const words = first === 'CMD' ? rest : line;
  const program = words[0];
  if (program === undefined || program === 'NONE') return [];
  const script = shells.has(program) && /^-\w*c$/.test(words[1] ?? '') ? words[2] : undefined;
  return script === undefined ? [program] : [program, ...ofShell(script)];
}

function ofShell(text: string): readonly string[] {
  return readEntryScript(text).calls.flatMap((call) => {
    const script = shells.has(call.argv[0] ?? '') && /^-\w*c$/.test(call.argv[1] ?? '') ? call.argv[2] : undefined;
    const nested = script === undefined ? [] : readEntryScript(script).calls.flatMap(({ argv }) => argv[0] ?? []);
    return [...(call.argv[0] === undefined ? [] : [call.argv[0]]), ...nested];
  });
}
