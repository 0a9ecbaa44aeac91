/** The generated files of `data/`, each read once and only when a question needs it. Built by `scripts/build-image-data.mjs`. */
import { createRequire } from 'node:module';

/** One tag (or all patch tags of a series with one suffix) as it was published under the official images. */
export interface TagRow {
  /** Absent: not readable from the sources; `alpine` without a number: branch not known. */
  readonly os?: string;
  /** Key of `TagTable.platforms`. */
  readonly arch: string;
  /** Day on which the tag left the official list: it is pullable but gets no updates. */
  readonly removed?: string;
  /** First and last patch level published with this suffix (`minor.patch` for node and erlang). */
  readonly patches?: readonly [string, string];
  /** From this patch level on, the tag was built on that OS (`null`: not known). */
  readonly osByPatch?: readonly (readonly [string, string | null])[];
}

/** Tags of one repository: series (`3.12`, `20`; `""` for word tags) → text behind the version → row. */
export interface TagTable {
  readonly source: string;
  /** Day of the snapshot. */
  readonly date: string;
  readonly platforms: Readonly<Record<string, readonly string[]>>;
  readonly series: Readonly<Record<string, Readonly<Record<string, TagRow>>>>;
}

export interface FactsFile {
  readonly source: string;
  /** The day the end-of-life dates are compared with. */
  readonly date: string;
  /** Product → release cycle → ISO date. */
  readonly eol: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly sizes: Readonly<
    Record<string, { readonly compressedBytes: number; readonly source: string; readonly date: string }>
  >;
  /** Image name (`nodejs22-debian13`) → when it left the published list, and its platforms. */
  readonly distroless: Readonly<Record<string, { readonly removed?: string; readonly platforms?: readonly string[] }>>;
}

export interface PackageRow {
  readonly class: 'build' | 'runtime' | 'both' | 'tool';
  readonly commands?: readonly string[];
  /** Run-time packages on every release. */
  readonly runtime?: readonly string[];
  /** Debian releases that have the package. */
  readonly in?: readonly string[];
  /** Release → real packages behind a name that is only virtual there. */
  readonly virtualIn?: Readonly<Record<string, readonly string[]>>;
  /** Release → libraries linked through this -dev package; `null`: depends on what is linked. */
  readonly twins?: Readonly<Record<string, readonly string[] | null>>;
}

export interface PackagesFile {
  readonly source: string;
  readonly date: string;
  readonly debian: Readonly<Record<string, PackageRow>>;
  readonly alpine: Readonly<Record<string, PackageRow>>;
}

const require = createRequire(import.meta.url);
const loaded = new Map<string, unknown>();

function load(name: string): unknown {
  if (!loaded.has(name)) loaded.set(name, require(`#data/${name}.json`));
  return loaded.get(name);
}

/** The table of a family; the caller knows that it exists. */
export function tagTable(family: string): TagTable {
  return load(`tags/${family}`) as TagTable;
}

export function factsFile(): FactsFile {
  return load('facts') as FactsFile;
}

export function packagesFile(): PackagesFile {
  return load('os-packages') as PackagesFile;
}

/** Own property only: keys come from hostile files (`constructor`, `__proto__`). */
export function entry<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
