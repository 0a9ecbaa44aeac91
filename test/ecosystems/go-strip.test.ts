import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { stripBinary } from '../../transforms/strip-binary.ts';

const module = 'module example.org/beacon\n\ngo 1.23\n';
const main = 'package main\n\nfunc main() {}\n';

/** The RUN line of a build after the step. */
function stripped(command: string, files: Readonly<Record<string, string>> = {}, base = 'golang:1.23-alpine'): string {
  const source = `FROM ${base}\nWORKDIR /src\nCOPY . .\nRUN ${command}\nCMD ["/src/beacon"]\n`;
  const project = memoryProject({ 'go.mod': module, 'main.go': main, ...files });
  return (migrate(source, project, { transforms: [stripBinary] }).after.split('\n')[3] ?? '').replace('RUN ', '');
}

describe('flags of go build', () => {
  it.each([
    ['go build', 'go build -trimpath -ldflags="-s -w"'],
    ['go build -o beacon ./...', 'go build -trimpath -ldflags="-s -w" -o beacon ./...'],
    ['go build -ldflags "-X main.v=1" .', 'go build -trimpath -ldflags "-s -w -X main.v=1" .'],
    ['go build -ldflags="-X main.v=$V" .', 'go build -trimpath -ldflags="-s -w -X main.v=$V" .'],
    ["go build -ldflags='-w -X a=b' .", "go build -trimpath -ldflags='-s -w -X a=b' ."],
    ['go build -ldflags=-w .', 'go build -trimpath -ldflags="-s -w" .'],
    ['go build "-ldflags=-X a=b" .', 'go build -trimpath "-ldflags=-s -w -X a=b" .'],
    ['go build -ldflags "" .', 'go build -trimpath -ldflags "-s -w" .'],
    ['go build -ldflags "-s -w" .', 'go build -trimpath -ldflags "-s -w" .'],
    ['go build -trimpath -ldflags "-w -s" .', 'go build -trimpath -ldflags "-w -s" .'],
    ['go build -gcflags=-l=4 .', 'go build -trimpath -ldflags="-s -w" -gcflags=-l=4 .'],
    ['go build -o $OUT .', 'go build -trimpath -ldflags="-s -w" -o $OUT .'],
    ['cd /src && GOOS=linux go build', 'cd /src && GOOS=linux go build -trimpath -ldflags="-s -w"'],
  ])('%s', (before, after) => expect(stripped(before)).toBe(after));

  it.each([
    'go build -ldflags "$FLAGS" .',
    'go build -ldflags "all=-w" .',
    'go build -ldflags -w -ldflags -s .',
    'go build -gcflags "all=-N -l" .',
    'go build $FLAGS .',
    'go build -buildmode=plugin .',
    'GOFLAGS=-ldflags=-w go build .',
    'go install golang.org/x/tools/cmd/stringer@v0.24.0',
  ])('leaves `%s` as it is', (command) => expect(stripped(command)).toBe(command));
});

describe('CGO_ENABLED=0', () => {
  const debian = 'golang:1.23-bookworm';
  it('stands in front where nothing has C code', () => {
    expect(stripped('go build', {}, debian)).toBe('CGO_ENABLED=0 go build -trimpath -ldflags="-s -w"');
  });
  it.each([
    ['an own import "C"', { 'c.go': 'package main\n\nimport "C"\n' }, 'go build'],
    ['a module nobody knows', { 'go.mod': `${module}\nrequire example.org/lamp v1.0.0\n` }, 'go build'],
    ['a driver with C code', { 'go.mod': `${module}\nrequire github.com/mattn/go-sqlite3 v1.14.22\n` }, 'go build'],
    ['the race detector', {}, 'go build -race'],
    ['external linking', {}, 'go build -ldflags "-linkmode external"'],
    ['a setting', {}, 'CGO_ENABLED=1 go build'],
  ])('is left out with %s', (_, files, command) =>
    expect(stripped(command, files, debian)).not.toContain('CGO_ENABLED=0'),
  );
});
