import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

const text = 'FROM python:3.12-slim\nWORKDIR /srv/gate\nCOPY . .\nCMD ["python", "main.py"]\n';

function codes(mount: string, main = 'print(1)\n'): readonly unknown[] {
  const files = {
    Dockerfile: text,
    'main.py': main,
    'seed/towns.csv': 'town\n',
    '../compose.yaml': `services:\n  gate:\n    build: ./gate\n    volumes: ["${mount}"]\n`,
  };
  const { steps } = migrate(text, memoryProject(files, { location: '/repo/gate' }));
  return steps.flatMap(({ outcome }) => ('reason' in outcome ? [outcome.reason.code] : []));
}

describe('a compose file above the context', () => {
  it.each(['./gate:/gate', './gate/:/srv/gate', './gate/seed:/srv/seed', '$PWD/gate/main.py:/srv/gate/main.py'])(
    'mounts files of the project with %s',
    (mount) => {
      expect(codes(mount)).not.toContain('drop-root/mounted-from-host');
    },
  );

  it.each(['./gate/data:/srv/gate/data', './data:/data', '/var/data:/data', '../gate:/other'])(
    'mounts data with %s',
    (mount) => {
      expect(codes(mount)).toContain('drop-root/mounted-from-host');
    },
  );

  it('mounts what the program writes over its files', () => {
    expect(codes('./gate:/srv/gate', 'open("seen.txt", "w").write("1")\n')).toContain('drop-root/mounted-from-host');
  });

  it('mounts a file of the project into a directory where the program writes', () => {
    const main = 'open("seed/towns.csv", "a").write("1")\n';
    expect(codes('./gate/seed/towns.csv:/srv/gate/seed/towns.csv', main)).toContain('drop-root/mounted-from-host');
    expect(codes('./gate/main.py:/srv/gate/main.py', 'open("seen.txt", "w").write("1")\n')).not.toContain(
      'drop-root/mounted-from-host',
    );
  });
});
