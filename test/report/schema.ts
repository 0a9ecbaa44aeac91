/** Just enough of JSON Schema to hold our own reports against our own schema. Unknown keywords are an error. */
type Schema = Readonly<Record<string, unknown>>;

const ignored = new Set(['$schema', '$defs', 'title', 'description']);

/** Violations, each as `path: what`; empty when the value is valid. */
export function violations(value: unknown, schema: Schema, root: Schema, at = '$'): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    if (ignored.has(keyword)) return [];
    const rule = rules[keyword];
    if (rule === undefined) throw new Error(`the checker does not know ${keyword}`);
    return rule(value, wanted, root, at, schema);
  });
}

type Rule = (value: unknown, wanted: unknown, root: Schema, at: string, schema: Schema) => readonly string[];

const rules: Readonly<Record<string, Rule>> = {
  $ref: (value, wanted, root, at) => violations(value, resolved(String(wanted), root), root, at),
  allOf: (value, wanted, root, at) => list(wanted).flatMap((each) => violations(value, each, root, at)),
  oneOf: (value, wanted, root, at) => {
    const tried = list(wanted).map((each) => violations(value, each, root, at));
    return tried.filter((found) => found.length === 0).length === 1
      ? []
      : [`${at}: not exactly one of ${tried.length}`, ...tried.flat()];
  },
  anyOf: (value, wanted, root, at) => {
    const tried = list(wanted).map((each) => violations(value, each, root, at));
    return tried.some((found) => found.length === 0) ? [] : [`${at}: none of ${tried.length}`, ...tried.flat()];
  },
  type: (value, wanted, _root, at) => (typeOf(value, String(wanted)) ? [] : [`${at}: is no ${wanted}`]),
  const: (value, wanted, _root, at) => (value === wanted ? [] : [`${at}: is not ${wanted}`]),
  enum: (value, wanted, _root, at) =>
    Array.isArray(wanted) && wanted.includes(value) ? [] : [`${at}: is not among ${wanted}`],
  pattern: (value, wanted, _root, at) =>
    new RegExp(String(wanted), 'u').test(String(value)) ? [] : [`${at}: does not match ${wanted}`],
  minimum: (value, wanted, _root, at) => (Number(value) >= Number(wanted) ? [] : [`${at}: is below ${wanted}`]),
  minItems: (value, wanted, _root, at) =>
    Array.isArray(value) && value.length >= Number(wanted) ? [] : [`${at}: has too few items`],
  items: (value, wanted, root, at) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => violations(each, wanted as Schema, root, `${at}[${index}]`))
      : [],
  required: (value, wanted, _root, at) =>
    Array.isArray(wanted)
      ? wanted.filter((name) => !(name in fields(value))).map((name) => `${at}: lacks ${name}`)
      : [],
  properties: (value, wanted, root, at) =>
    Object.entries(wanted as Record<string, Schema>).flatMap(([name, each]) =>
      name in fields(value) ? violations(fields(value)[name], each, root, `${at}.${name}`) : [],
    ),
  additionalProperties: (value, wanted, root, at, schema) => {
    const known = fields(schema.properties);
    return Object.entries(fields(value)).flatMap(([name, each]) =>
      name in known
        ? []
        : wanted === false
          ? [`${at}: has ${name}`]
          : violations(each, wanted as Schema, root, `${at}.${name}`),
    );
  },
};

function resolved(reference: string, root: Schema): Schema {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => fields(at)[name], root) as Schema;
}

function typeOf(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value : [];
}
