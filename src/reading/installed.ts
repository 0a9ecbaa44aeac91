/** What the final stage itself adds to its base. */
import type { Reading } from './reading.ts';

/** Programs that packages or tools installed in the final stage bring, by name, and files it copies; a directory may bear the name of a program (`/go`). */
export function installedPrograms(reading: Reading): ReadonlySet<string> {
  const names = new Set<string>();
  for (const command of reading.commands) {
    if (command.position.stage !== reading.stage) continue;
    for (const word of command.work.role === 'os-packages' ? command.argv.slice(1) : []) {
      names.add(word);
      for (const program of reading.images.osPackage(word, reading.base?.release, reading.base?.packageManager ?? 'apt')
        .commands)
        names.add(program);
    }
    for (const program of command.work.provides ?? []) names.add(program);
    if (command.work.role === 'download')
      for (const path of command.work.writes ?? []) names.add(path.split('/').at(-1) ?? '');
  }
  for (const copy of reading.copies) {
    if (copy.position.stage !== reading.stage) continue;
    for (const { kind, path } of copy.origins) if (kind !== 'directory') names.add(path.split('/').at(-1) ?? '');
  }
  return names;
}
