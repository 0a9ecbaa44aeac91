/** An ecosystem that answers each question about one reading once: several steps and checks ask the same. */
import type { Ecosystem } from '../ecosystems/ecosystem.ts';
import type { Reading } from './reading.ts';

/** The same ecosystem for exactly one reading; what it answered first it answers again. */
export function answeringOnce(ecosystem: Ecosystem): Ecosystem {
  return {
    ...ecosystem,
    startMode: once(ecosystem.startMode),
    dependencyStep: once(ecosystem.dependencyStep),
    lockedInstalls: once(ecosystem.lockedInstalls),
    prune: once(ecosystem.prune),
    artifacts: once(ecosystem.artifacts),
    runtime: once(ecosystem.runtime),
    listener: once(ecosystem.listener),
    readsHistory: once(ecosystem.readsHistory),
    ignorable: once(ecosystem.ignorable),
  };
}

function once<T>(ask: (reading: Reading) => T): (reading: Reading) => T {
  let answer: { readonly value: T } | undefined;
  return (reading) => {
    answer ??= { value: ask(reading) };
    return answer.value;
  };
}
