/** The part of the SARIF 2.1.0 schema that our logs use, checked by hand: required fields, types, enumerations, references. */
type Log = Readonly<Record<string, unknown>>;

/** Violations, each as `path: what`. */
export function sarifViolations(log: unknown): readonly string[] {
  const found: string[] = [];
  const say = (ok: boolean, at: string, what: string): void => {
    if (!ok) found.push(`${at}: ${what}`);
  };
  const root = object(log);
  say(root.version === '2.1.0', 'version', 'is not 2.1.0');
  say(typeof root.$schema === 'string' && root.$schema.includes('sarif-2.1.0'), '$schema', 'names no SARIF schema');
  only(root, ['$schema', 'version', 'runs'], 'log', say);
  say(list(root.runs).length === 1, 'runs', 'is not one run');
  for (const [index, run] of list(root.runs).entries()) runRules(object(run), `runs[${index}]`, say);
  return found;
}

type Say = (ok: boolean, at: string, what: string) => void;

function runRules(run: Log, at: string, say: Say): void {
  only(run, ['tool', 'columnKind', 'originalUriBaseIds', 'invocations', 'results'], at, say);
  say(run.columnKind === 'utf16CodeUnits' || run.columnKind === 'unicodeCodePoints', at, 'columnKind');
  const driver = object(object(run.tool).driver);
  only(driver, ['name', 'semanticVersion', 'rules'], `${at}.driver`, say);
  say(text(driver.name), `${at}.driver.name`, 'is no text');
  const version = driver.semanticVersion;
  say(version === undefined || /^\d+\.\d+\.\d+/.test(String(version)), `${at}.driver.semanticVersion`, 'is no version');
  const ids = list(driver.rules).map((rule) => object(rule).id);
  say(new Set(ids).size === ids.length, `${at}.rules`, 'repeat an id');
  for (const rule of list(driver.rules).map(object)) {
    only(rule, ['id', 'shortDescription', 'help', 'defaultConfiguration', 'properties'], `${at}.rule`, say);
    say(text(rule.id) && text(object(rule.shortDescription).text), `${at}.rule`, 'lacks a text');
    say(levels.includes(String(object(rule.defaultConfiguration).level)), `${at}.rule`, 'level');
  }
  for (const invocation of list(run.invocations).map(object)) {
    say(typeof invocation.executionSuccessful === 'boolean', `${at}.invocation`, 'lacks executionSuccessful');
    for (const one of list(invocation.toolExecutionNotifications).map(object)) {
      say(levels.includes(String(one.level)) && text(object(one.message).text), `${at}.notification`, 'lacks a text');
      for (const location of list(one.locations)) locationRules(object(location), `${at}.notification`, say);
    }
  }
  for (const [index, result] of list(run.results).entries())
    resultRules(object(result), ids, `${at}.results[${index}]`, say);
}

const levels = ['none', 'note', 'warning', 'error'];

function resultRules(result: Log, ids: readonly unknown[], at: string, say: Say): void {
  only(result, ['ruleId', 'level', 'kind', 'message', 'locations', 'partialFingerprints', 'fixes'], at, say);
  say(ids.includes(result.ruleId), at, 'names a rule that is not declared');
  say(levels.includes(String(result.level)), at, 'level');
  say(result.kind === undefined || (result.kind === 'informational' && result.level === 'none'), at, 'kind');
  say(text(object(result.message).text), at, 'lacks a message');
  say(list(result.locations).length === 1, at, 'has not one location');
  for (const location of list(result.locations)) locationRules(object(location), at, say);
  say(Object.values(object(result.partialFingerprints)).every(text), at, 'fingerprint');
  for (const change of list(result.fixes)
    .flatMap((fix) => list(object(fix).artifactChanges))
    .map(object)) {
    artifactRules(object(change.artifactLocation), at, say);
    say(list(change.replacements).length > 0, at, 'has a change without a replacement');
    for (const replacement of list(change.replacements).map(object))
      regionRules(object(replacement.deletedRegion), at, say);
  }
}

function locationRules(location: Log, at: string, say: Say): void {
  const physical = object(location.physicalLocation);
  artifactRules(object(physical.artifactLocation), at, say);
  if (physical.region !== undefined) regionRules(object(physical.region), at, say);
}

function artifactRules(artifact: Log, at: string, say: Say): void {
  only(artifact, ['uri', 'uriBaseId'], at, say);
  const uri = String(artifact.uri);
  say(/^[A-Za-z0-9\-._~!'()*%/]+$/.test(uri) && !/%(?![0-9A-F]{2})/.test(uri), at, `uri ${uri}`);
  say(!uri.startsWith('/') && artifact.uriBaseId === '%SRCROOT%', at, 'is not relative to the sources');
}

function regionRules(region: Log, at: string, say: Say): void {
  const numbers = ['startLine', 'startColumn', 'endLine', 'endColumn'].map((name) => region[name] ?? 1);
  say(
    numbers.every((number) => Number.isInteger(number) && Number(number) >= 1),
    at,
    'region',
  );
  say(region.endLine === undefined || Number(region.endLine) >= Number(region.startLine), at, 'region ends early');
}

function only(value: Log, names: readonly string[], at: string, say: Say): void {
  for (const name of Object.keys(value)) say(names.includes(name), at, `has ${name}`);
}

function object(value: unknown): Log {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Log) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
