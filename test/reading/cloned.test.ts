import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

const files = { 'go.mod': 'module example.org/buoy\n\ngo 1.24\n', 'main.go': 'package main\n\nfunc main() {}\n' };

function left(...lines: readonly string[]) {
  return migrate(`FROM golang:1.24\nWORKDIR /srv\n${lines.join('\n')}\n`, memoryProject(files)).leftAlone?.code;
}

describe('a program from a clone', () => {
  it.each([
    ['git clone https://git.example.com/harbour/buoy.git', '/srv/buoy'],
    ['git clone --depth 1 -b main git@git.example.com:harbour/buoy ./quay', '/srv/quay/cmd'],
  ])('is not in the context: %s', (clone, workdir) => {
    const program = ['RUN go build -o buoy .', 'CMD ["./buoy"]'];
    expect(left('COPY . .', `RUN ${clone}`, `WORKDIR ${workdir}`, ...program)).toBe('image/clones-sources');
    expect(left('COPY . .', `RUN ${clone}`, ...program)).toBeUndefined();
    expect(left('COPY . .', `RUN ${clone}`, `COPY . ${workdir}`, `WORKDIR ${workdir}`, ...program)).toBeUndefined();
  });
});
