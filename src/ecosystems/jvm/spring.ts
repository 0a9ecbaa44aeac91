/** What Spring Boot's own files say about port and health (Spring Boot reference, "Common Application Properties", "Actuator"). */
import type { Evidence } from '../../answer.ts';
import type { Project } from '../../project/project.ts';

export interface SpringSettings {
  readonly port: { readonly value: string; readonly evidence: Evidence } | undefined;
  readonly contextPath: string;
  /** Actuator answers on another port or base path, or the endpoint is switched off. */
  readonly actuatorMoved: boolean;
}

const names = ['application.properties', 'application.yml', 'application.yaml'];

/** Reads the main settings below a module's `src/main/resources`; profile files are not looked at. */
export function springSettings(project: Project, module: string): SpringSettings {
  let port: SpringSettings['port'];
  let contextPath = '';
  let actuatorMoved = false;
  for (const name of names) {
    const file = [module, 'src/main/resources', name].filter((part) => part !== '').join('/');
    const text = project.read(file);
    if (text === undefined) continue;
    for (const { key, value, line } of name.endsWith('.properties') ? properties(text) : yamlPairs(text)) {
      if (key === 'server.port') port = { value, evidence: { file, line, says: `${key}=${value}` } };
      if (key === 'server.servlet.context-path' || key === 'spring.webflux.base-path' || key === 'server.context-path') contextPath = value === '/' ? '' : value;
      if (/^management\.(server\.port|server\.base-path|endpoints\.web\.base-path|endpoint\.health\.enabled|endpoints\.enabled-by-default|security)/.test(key)) actuatorMoved = true;
    }
  }
  return { port, contextPath, actuatorMoved };
}

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

function properties(text: string): readonly Pair[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const match = /^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    return match === null ? [] : [{ key: kebab(match[1] ?? ''), value: match[2] ?? '', line: index + 1 }];
  });
}

/** Scalars of a block-style YAML document by dotted key; only the first document counts. Enough for keys, never for lists. */
function yamlPairs(text: string): readonly Pair[] {
  const pairs: Pair[] = [];
  const path: { indent: number; key: string }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^---/.test(line) && pairs.length > 0) break;
    const match = /^( *)([\w.-]+):(?:\s+(.*?))?\s*$/.exec(line);
    if (match === null) continue;
    const indent = match[1]?.length ?? 0;
    while (path.length > 0 && (path.at(-1)?.indent ?? 0) >= indent) path.pop();
    path.push({ indent, key: match[2] ?? '' });
    const value = match[3]?.replace(/\s+#.*$/, '').replace(/^(['"])(.*)\1$/, '$2');
    if (value !== undefined && value !== '' && !value.startsWith('#')) pairs.push({ key: kebab(path.map((one) => one.key).join('.')), value, line: index + 1 });
  }
  return pairs;
}

function kebab(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}
