/** What is left of a RUN when only some of its commands belong to the runtime stage. */
import type { Reason } from '../answer.ts';
import type { Run } from '../dockerfile/model.ts';
import { commandText } from './commands.ts';
import { osAction } from './os-packages.ts';
import { placementReasons } from './placement-reasons.ts';
import type { Decision, Place } from './plan.ts';
import type { ReadCommand } from './reading.ts';

const { explain } = placementReasons;

/** The part of a mixed RUN that the runtime stage repeats: possible when its top level is one `&&` chain. */
export function composedRun(
  instruction: Run,
  commands: readonly ReadCommand[],
  decided: readonly Decision[],
): Place | Reason {
  const plain = commands.every(
    (command) =>
      command.command.depth === 0 &&
      (command.command.join === '' || command.command.join === '&&' || command.command.join === ';'),
  );
  const first = commands[decided.findIndex((decision) => decision === 'both' || typeof decision === 'object')];
  if (!plain)
    return explain(
      'run-mixed',
      { line: instruction.firstLine, command: shortened(first?.argv ?? []) },
      { at: instruction.span },
    );
  const parts: string[] = [];
  const hasPackages = decided.some(
    (decision, index) =>
      commands[index]?.work.role === 'os-packages' &&
      (decision === 'both' || (typeof decision === 'object' && decision.text !== undefined)),
  );
  const lastKept = decided.findLastIndex(
    (decision) => decision === 'both' || (typeof decision === 'object' && decision.text !== undefined),
  );
  commands.forEach((command, index) => {
    const decision = decided[index];
    const text = commandText(command);
    const { role } = command.work;
    if (decision === 'both') parts.push(text);
    else if (typeof decision === 'object') parts.push(...(decision.text === undefined ? [] : [decision.text]));
    else if (role === 'os-index' || role === 'os-clean')
      parts.push(...(hasPackages && osAction(command)?.kind !== 'remove' ? [text] : []));
    else if (role === 'shell' && index < lastKept) parts.push(text);
  });
  if (lastKept < 0) return { at: 'build' };
  return { at: 'both', text: `RUN ${parts.join(' && ')}` };
}

/** A command for a sentence. */
export function shortened(argv: readonly string[]): string {
  const text = argv.join(' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
