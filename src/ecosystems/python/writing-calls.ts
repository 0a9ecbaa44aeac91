/** Calls and settings of Python and of common packages that write a file, and where in them its path stands. */

/** One argument: up to a comma or bracket, nested brackets one level deep. */
const word = '(?:[^,()\\n]|\\((?:[^()\\n]|\\([^()\\n]*\\))*\\))+';
const argument = `(${word})`;
/** The same, by its name or as the first one. */
const named = (names: string) => `(?:(?:${names})\\s*=\\s*)?${argument}`;

export interface WritingCall {
  /** Its first group is the path; without one, the path is the package's own choice. */
  readonly call: RegExp;
  /** The path is a directory. */
  readonly directory?: true;
  /** Only in sources that have this. */
  readonly where?: RegExp;
  /** Not in a call that has this up to the end of its line. */
  readonly unless?: RegExp;
}

const every = (source: string, more: Omit<WritingCall, 'call'> = {}): WritingCall => ({
  call: new RegExp(source, 'gm'),
  ...more,
});

export const writingCalls: readonly WritingCall[] = [
  every(`\\bopen\\(\\s*${argument},\\s*(?:mode\\s*=\\s*)?["'][rbt]*[wax+][^"']*["']`),
  every(`\\bos\\.(?:remove|unlink|rename|replace)\\(\\s*${argument}`),
  every(`\\bos\\.(?:makedirs|mkdir|rmdir)\\(\\s*${argument}`, { directory: true }),
  every(`\\bshutil\\.rmtree\\(\\s*${argument}`, { directory: true }),
  every(`\\bshutil\\.make_archive\\(\\s*${argument}`),
  every(`\\bshutil\\.(?:copy|copy2|copyfile|copytree|move|copyfileobj)\\(\\s*${word},\\s*${argument}`),
  every(
    `(?<!def )\\b(?:urlretrieve|download_file|joblib\\.dump|torch\\.save)\\(\\s*${word},\\s*${named('destination|filename')}`,
  ),
  every(`\\b(?:Rotating|TimedRotating|Watched)?FileHandler\\(\\s*${named('filename')}`),
  every(`\\bbasicConfig\\([^\\n]*filename\\s*=\\s*${argument}`),
  every(`["']filename["']\\s*:\\s*${argument}`),
  every(`\\blogger\\.add\\(\\s*${named('sink')}`, { where: /\bloguru\b/ }),
  every(`\\b(?:sqlite3|aiosqlite|duckdb)\\.connect\\(\\s*${named('database')}`),
  every(`\\bconnect\\(\\s*${named('database')}`, {
    where: /^\s*from\s+(?:sqlite3|aiosqlite|duckdb)\s+import\b[^\n]*\bconnect\b/m,
  }),
  every(
    `\\b(?:TinyDB|SqliteDatabase|SqliteExtDatabase|SqliteDict|shelve\\.open|dbm\\.open|pickledb\\.load)\\(\\s*${argument}`,
  ),
  every(`\\b(?:diskcache\\.Cache|lmdb\\.open)\\(\\s*${argument}`, { directory: true }),
  every(`\\bPersistentClient\\(\\s*${named('path')}`, { directory: true }),
  every(
    `\\b(?:savefig|to_csv|to_excel|to_parquet|to_pickle|to_feather|to_json|to_html|to_hdf|download_to_filename|imwrite|retrbinary|write_image|write_html)\\(\\s*${argument}`,
  ),
  every(`\\bextractall\\(\\s*${argument}`, { directory: true }),
  every(`\\b(?:np|numpy)\\.(?:save|savez|savez_compressed|savetxt)\\(\\s*${argument}`),
  every(`\\bZipFile\\(\\s*${argument},\\s*(?:mode\\s*=\\s*)?["'][wax]["']`),
  every(`\\b(?:ExcelWriter|xlsxwriter\\.Workbook)\\(\\s*${argument}`),
  every(`\\bCanvas\\(\\s*${argument}`, { where: /\breportlab\b/ }),
  every(
    `\\bPath\\(\\s*${argument}\\)\\.(?:write_text|write_bytes|touch|unlink|open\\(\\s*(?:mode\\s*=\\s*)?["'][rbt]*[wax+])`,
  ),
  every(
    '(?<![\\w.])\\(([^()\\n]*/[^()\\n]*)\\)\\.(?:write_text|write_bytes|touch|unlink|open\\(\\s*(?:mode\\s*=\\s*)?["\'][rbt]*[wax+])',
  ),
  every('(?<![\\w.])\\(([^()\\n]*/[^()\\n]*)\\)\\.mkdir\\(', { directory: true }),
  every(`\\bPath\\(\\s*${argument}\\)\\.mkdir\\(`, { directory: true }),
  every(
    `\\b(?:MEDIA_ROOT|UPLOAD_FOLDER|UPLOAD_DIR|UPLOADS_DEFAULT_DEST|SESSION_FILE_DIR|CACHE_DIR|FILES_STORE|IMAGES_STORE|JOBDIR)["'\\]]*\\s*=\\s*${argument}`,
    { directory: true },
  ),
  every(`FileBasedCache["'][^}]*?["']LOCATION["']\\s*:\\s*${argument}`, { directory: true }),
  every(`^(?:accesslog|errorlog|pidfile)\\s*=\\s*${argument}`, { where: /^(?:bind|workers|worker_class)\s*=/m }),
  every(`\\bTelegramClient\\(\\s*${named('session')}`, { unless: /StringSession|MemorySession/ }),
  every(`\\bClient\\(\\s*${named('name')}`, {
    where: /^\s*(?:from|import)\s+pyrogram\b/m,
    unless: /in_memory|session_string/,
  }),
  every(`\\bPicklePersistence\\(\\s*${named('filepath|filename')}`),
  every(`["']sqlite(?:\\+\\w+)?:///["']\\s*\\+\\s*${argument}`),
  every('\\b(?:wget|gdown)\\.download\\('),
  every('\\btorch\\.hub\\.(?:load|download)\\w*\\('),
  every('\\bCachedSession\\(', { where: /\brequests_cache\b/, unless: /memory/ }),
  every('["\']sqlite(?:\\+\\w+)?:///\\{\\}[^"\']*["\']\\s*\\.format\\('),
];
