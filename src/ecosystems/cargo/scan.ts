/** What Rust sources do with programs, files and sockets, as far as literals tell (standard library documentation). */
import type { Evidence } from '../../answer.ts';
import type { Source } from '../../project/sources.ts';
import type { Program } from '../ecosystem.ts';

interface Line {
  readonly text: string;
  readonly evidence: Evidence;
}

/** Lines with code; line comments and what stands in test modules at the end of a file are left out. */
function linesOf(sources: readonly Source[]): readonly Line[] {
  return sources.flatMap(({ path, text }) => {
    const tests = text.search(/^#\[cfg\(test\)\]\s*\n\s*mod /m);
    return (tests < 0 ? text : text.slice(0, tests)).split('\n').flatMap((line, index) => {
      const code = line.replace(/(^|[^:"])\/\/.*$/, '$1').trim();
      return code === '' ? [] : [{ text: code, evidence: { file: path, line: index + 1, says: code.slice(0, 80) } }];
    });
  });
}

export interface Execution {
  readonly programs: readonly Program[];
  readonly unknown: Evidence | undefined;
}

/** `Command::new` of files that use the process module; argument parsers have a `Command`, too. */
export function executionOf(sources: readonly Source[]): Execution {
  const using = sources.filter(({ text }) => /\bprocess::(\{[^}]*\b)?Command\b|\bduct::|\bxshell::/.test(text));
  const programs: Program[] = [];
  let unknown: Evidence | undefined;
  for (const { text, evidence } of linesOf(using)) {
    const call = /\bCommand::new\(\s*(?:"([^"]*)"|([^)]*))/.exec(text);
    if (call?.[1] !== undefined) programs.push({ name: call[1], evidence });
    else if (call !== null || /\b(duct::cmd|xshell::cmd|cmd!)\(/.test(text)) unknown ??= evidence;
  }
  return { programs, unknown };
}

const writing =
  /\bFile::(create|options)\b|\bOpenOptions\b|\bfs::(write|create_dir|create_dir_all|remove_\w+|rename|copy)\(|\brolling::(daily|hourly|minutely|never)\(|\bsled::open\(|\bDB::open|\bNamedTempFile\b|\btempfile\(/;

/** The first line that may write a file. */
export function writingLine(sources: readonly Source[]): Evidence | undefined {
  return linesOf(sources).find(({ text }) => writing.test(text))?.evidence;
}

export interface Port {
  readonly port: number;
  readonly evidence: Evidence;
}

/** A call that listens; `bind` alone also fills in the parameters of a query. */
const listening =
  /\b(TcpListener|UdpSocket)::bind\(|\bHttpServer::new\(|\bServer::(bind|http|builder|new)\(|\bwarp::serve\(|\baxum::(serve|Server)\b|#\[launch\]|\brocket::(build|ignite)\(|\.(listen|launch)\(|\.bind\([^)]*"[^"]*:\d|gotham::(start|init_server)\(|\brouille::start_server|\.run\(\(\[/;
const address =
  /"(?:0\.0\.0\.0|\[::\]|127\.0\.0\.1|localhost)?:(\d{2,5})"|\(?\[\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*\]\s*,\s*(\d{2,5})|\(\s*"(?:0\.0\.0\.0|::|127\.0\.0\.1)"\s*,\s*(\d{2,5})/g;

/** Addresses on lines that bind or listen, or as the target of a socket address. */
export function portsOf(sources: readonly Source[]): readonly Port[] {
  const found: Port[] = [];
  for (const { text, evidence } of linesOf(sources)) {
    if (
      !/\b(bind|listen|run|serve|new|from|addr|address|parse|start|Listener|ADDR)\w*\b/i.test(text) ||
      /connect|redis|postgres|mysql|mongodb|client/i.test(text)
    )
      continue;
    for (const match of text.matchAll(address)) {
      const port = Number(match[1] ?? match[2] ?? match[3]);
      if (port > 0 && port < 65536) found.push({ port, evidence });
    }
  }
  return found;
}

/** The first line that opens a listening socket. */
export function listeningLine(sources: readonly Source[]): Evidence | undefined {
  return linesOf(sources).find(({ text }) => listening.test(text))?.evidence;
}

export interface PortVariable {
  readonly name: string;
  /** The number that stands in for it. */
  readonly byDefault: number | undefined;
  readonly evidence: Evidence;
}

const own = /\benv::var(?:_os)?\(\s*"((?:(?:HTTP|SERVER|APP|API|WEB)_)?PORT)"\s*\)/g;

/** The one variable of the environment that says where the program listens. */
export function portVariableOf(sources: readonly Source[]): PortVariable | undefined {
  const found = sources.flatMap(({ path, text }) =>
    [...text.matchAll(own)].map((match) => {
      const name = match[1] ?? '';
      const behind = text.slice(match.index + match[0].length, match.index + match[0].length + 160);
      const before = text.slice(Math.max(0, match.index - 80), match.index);
      const stands =
        /\bport\s*(?::\s*u16)?\s*=\s*(\d{2,5})\s*;\s*(?:match|if let[^=;]*=)\s*(?:std::)?$/.exec(before)?.[1] ??
        /^[^;{}]*?\bunwrap_or(?:_else)?\(\s*(?:\|_?\w*\|\s*)?"?(\d{2,5})\b/.exec(behind)?.[1];
      const line = text.slice(0, match.index).split('\n').length;
      return {
        name,
        byDefault: stands === undefined ? undefined : Number(stands),
        evidence: { file: path, line, says: stands === undefined ? name : `${name}, else ${stands}` },
      };
    }),
  );
  return new Set(found.map(({ name }) => name)).size === 1
    ? (found.find((one) => one.byDefault !== undefined) ?? found[0])
    : undefined;
}
