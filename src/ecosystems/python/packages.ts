/**
 * Python packages that need something of the operating system when they run.
 * Sources: the build instructions of each project; the package lists of buildpack-deps@8330ca1 for what a full image has.
 */
import type { Evidence, Reason } from '../../answer.ts';
import type { ImageFacts, Images } from '../../images/image.ts';
import { isArchived } from '../../images/release.ts';
import { pythonReasons } from './reasons.ts';
import type { Requirement } from './requirements.ts';

interface Native {
  /** Debian `-dev` packages it is compiled against; their runtime twins are needed. */
  readonly dev?: readonly string[];
  readonly alpine?: readonly string[];
  /** Debian packages it needs whatever the release. */
  readonly packages?: readonly string[];
  /** First version with a ready-made wheel per Python minor; older ones are compiled, newer ones bring their libraries. */
  readonly wheels?: Readonly<Record<string, string>>;
  /** Extras that bring the libraries with them. */
  readonly bundledBy?: readonly string[];
  /** What it needs that no table lists: nothing can be said. */
  readonly needs?: string;
}

const postgres: Native = { dev: ['libpq-dev'], alpine: ['libpq'] };
const mysql: Native = { dev: ['default-libmysqlclient-dev'], alpine: ['mariadb-connector-c'] };
const kerberos: Native = { dev: ['libkrb5-dev'], alpine: ['krb5-libs'] };
const ldap: Native = { dev: ['libldap2-dev', 'libsasl2-dev'], alpine: ['libldap', 'libsasl'] };
const openGl: Native = { packages: ['libgl1'], dev: ['libglib2.0-dev'], alpine: [] };
const pango = 'loads Pango and fonts when it runs';
const compiler = 'calls a C++ compiler when it runs';
const magick = 'loads ImageMagick when it runs';

const natives: Readonly<Record<string, Native>> = {
  psycopg2: postgres,
  psycopg: { ...postgres, bundledBy: ['binary'] },
  'psycopg2-binary': {
    ...postgres,
    wheels: { '3.9': '2.8.6', '3.10': '2.9.2', '3.11': '2.9.5', '3.12': '2.9.8', '3.13': '2.9.10', '3.14': '2.9.11' },
  },
  pygresql: postgres,
  psycopg2cffi: postgres,
  psycogreen: {},
  mysqlclient: mysql,
  'flask-mysqldb': mysql,
  'mysql-python': mysql,
  'django-mysql-geventpool': mysql,
  'python-ldap': ldap,
  'django-auth-ldap': ldap,
  gssapi: kerberos,
  kerberos,
  pykerberos: kerberos,
  krb5: kerberos,
  'requests-kerberos': kerberos,
  'requests-gssapi': kerberos,
  pycurl: {
    dev: ['libcurl4-openssl-dev'],
    alpine: ['libcurl'],
    wheels: { '3.6': '7.45.3', '3.13': '7.45.4', '3.14': '7.45.7' },
  },
  lxml: {
    dev: ['libxml2-dev', 'libxslt1-dev'],
    alpine: ['libxml2', 'libxslt'],
    wheels: { '3.9': '4.6.1', '3.10': '4.6.4', '3.11': '4.9.2', '3.12': '4.9.3', '3.13': '5.3.0', '3.14': '6.0.1' },
  },
  pillow: {
    dev: ['libjpeg62-turbo-dev', 'libwebp-dev', 'libpng-dev', 'libfreetype-dev', 'libtiff-dev'],
    alpine: ['libjpeg-turbo', 'libwebp', 'freetype', 'tiff'],
    wheels: {
      '3.8': '6.2.0',
      '3.9': '8.0.0',
      '3.10': '8.4.0',
      '3.11': '9.3.0',
      '3.12': '10.1.0',
      '3.13': '10.4.0',
      '3.14': '12.0.0',
    },
  },
  xmlsec: { needs: 'links libxmlsec1' },
  uwsgi: { dev: ['libxml2-dev'], alpine: [] },
  pyuwsgi: {},
  lightgbm: { packages: ['libgomp1'], alpine: ['libgomp'] },
  bsddb3: { dev: ['libdb-dev'], alpine: ['db'] },
  gmpy: { dev: ['libgmp-dev'], alpine: ['gmp'] },
  'python-magic': { dev: ['libmagic-dev'], alpine: ['libmagic'] },
  'opencv-python': openGl,
  'opencv-contrib-python': openGl,
  pymssql: {
    dev: ['freetds-dev'],
    alpine: ['freetds'],
    wheels: { '3.9': '2.2.0', '3.10': '2.2.3', '3.11': '2.2.7', '3.12': '2.2.9', '3.13': '2.3.2', '3.14': '2.3.8' },
  },
  weasyprint: { needs: pango },
  'django-weasyprint': { needs: pango },
  cairocffi: { needs: 'loads cairo when it runs' },
  cairosvg: { needs: 'loads cairo when it runs' },
  pangocffi: { needs: pango },
  wand: { needs: magick },
  pgmagick: { needs: magick },
  pygobject: { needs: 'loads GLib and introspected libraries when it runs' },
  'dbus-python': { needs: 'links D-Bus and GLib' },
  pybluez: { needs: 'links BlueZ' },
  gdal: { needs: 'links the GDAL of the system' },
  pycairo: { needs: 'links cairo' },
  rlpycairo: { needs: 'links cairo' },
  xhtml2pdf: { needs: 'links cairo' },
  dlib: { needs: 'links the window and image libraries of the image it is built in' },
  'face-recognition': { needs: 'links the window and image libraries of the image it is built in' },
  'camelot-py': { needs: 'loads Ghostscript when it runs' },
  unstructured: { needs: 'executes document converters' },
  ocrmypdf: { needs: 'executes document converters' },
  textract: { needs: 'executes document converters' },
  sasl: { dev: ['libsasl2-dev'], alpine: ['libsasl'] },
  'ibm-db': { dev: ['libxml2-dev'], alpine: ['libxml2'] },
  pystan: { needs: compiler },
  cmdstanpy: { needs: compiler },
  theano: { needs: compiler },
  'theano-pymc': { needs: compiler },
  aesara: { needs: compiler },
  pytensor: { needs: compiler },
  pymc3: { needs: compiler },
  pymc: { needs: compiler },
  cppyy: { needs: compiler },
  playwright: { needs: 'starts a browser' },
  pyppeteer: { needs: 'starts a browser' },
  pyqt5: { needs: 'opens windows through Qt' },
  pyqt6: { needs: 'opens windows through Qt' },
  pyside6: { needs: 'opens windows through Qt' },
  wxpython: { needs: 'opens windows through GTK' },
};

/** Programs that a package executes. */
const programsOf: Readonly<Record<string, readonly string[]>> = {
  gitpython: ['git'],
  dulwich: [],
  pdf2image: ['pdftoppm'],
  pytesseract: ['tesseract'],
  pydub: ['ffmpeg'],
  'ffmpeg-python': ['ffmpeg'],
  'openai-whisper': ['ffmpeg'],
  graphviz: ['dot'],
  pydot: ['dot'],
  pypandoc: ['pandoc'],
  pdfkit: ['wkhtmltopdf'],
  'python-nmap': ['nmap'],
  svn: ['svn'],
  'python-hglib': ['hg'],
};

/** Packages that keep caches and settings in the home directory of the user who runs them, and make them anew where there are none. */
const homeKeepers =
  words(`streamlit transformers huggingface-hub sentence-transformers diffusers openai-whisper faster-whisper
  easyocr paddleocr datasets tensorflow-hub gradio keras librosa resampy umap-learn pynndescent deepface insightface coqui-tts tts
  torchvision timm ultralytics open-clip-torch whisperx nltk textblob newspaper3k stanza flair rembg tensorflow-datasets fastai cartopy pyngrok`);
/** Packages that expect more of the home directory: a browser, credentials, a database, settings that were made before. */
const homeReaders =
  words(`apache-airflow jupyter jupyterlab notebook playwright selenium webdriver-manager kaggle awscli ansible dbt-core
  mlflow chainlit spotdl crewai wandb prisma undetected-chromedriver yt-dlp chromadb`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** The first package that keeps files at home; `refills`: an empty home directory is enough for all of them. */
export function homeKeeper(
  requirements: readonly Requirement[],
): { readonly one: Requirement; readonly refills: boolean } | undefined {
  const reader = requirements.find((one) => homeReaders.has(one.name));
  const one = reader ?? requirements.find(({ name }) => homeKeepers.has(name));
  return one === undefined ? undefined : { one, refills: reader === undefined };
}

export function executedBy(
  requirements: readonly Requirement[],
): readonly { readonly name: string; readonly evidence: Evidence }[] {
  return requirements.flatMap((one) =>
    (programsOf[one.name] ?? []).map((name) => ({ name, evidence: evidenceOf(one) })),
  );
}

export function evidenceOf(requirement: Requirement): Evidence {
  const { name, version, file, line } = requirement;
  return { file, line, says: version === undefined ? name : `${name}==${version}` };
}

export interface SystemPackage {
  readonly name: string;
  readonly alpine: string | undefined;
  readonly evidence: Evidence;
}

/**
 * OS packages the requirements need when they run, or the first requirement of which that cannot be told. For PyPy most packages
 * have no wheels, so none is taken for granted.
 */
export function systemPackages(
  requirements: readonly Requirement[],
  minor: string | undefined,
  base: ImageFacts,
  images: Images,
): { readonly packages: readonly SystemPackage[]; readonly unknown: Reason | undefined } {
  const packages: SystemPackage[] = [];
  let unknown: Reason | undefined;
  for (const one of requirements) {
    const native = Object.hasOwn(natives, one.name) ? natives[one.name] : undefined;
    if (native === undefined || (base.family !== 'pypy' && bundled(native, one, minor))) continue;
    const evidence = evidenceOf(one);
    const where = `${one.file}:${one.line}`;
    const names = native.needs === undefined ? runtimeNames(native, one, base, images) : undefined;
    if (names === undefined)
      unknown ??= pythonReasons.explain(
        'libraries-unknown',
        {
          package: one.name,
          where,
          needs: native.needs ?? unlisted(base.release),
        },
        { evidence: [evidence] },
      );
    else packages.push(...names.map((name, index) => ({ name, alpine: (native.alpine ?? [])[index], evidence })));
  }
  return {
    packages: packages.filter((one, index) => packages.findIndex((other) => other.name === one.name) === index),
    unknown,
  };
}

function unlisted(release: string | undefined): string {
  return isArchived(release)
    ? `links libraries that apt no longer installs in the archived ${release}`
    : `links libraries whose names in ${release ?? 'this release'} are not known`;
}

function runtimeNames(
  native: Native,
  one: Requirement,
  base: ImageFacts,
  images: Images,
): readonly string[] | undefined {
  if (base.packageManager === 'apk') return native.alpine ?? [];
  const dev =
    one.name === 'uwsgi' && base.release === 'bullseye' ? ['libxml2-dev', 'libpcre3-dev'] : (native.dev ?? []);
  const names: string[] = [...(native.packages ?? [])];
  for (const header of dev) {
    const twins = images.osPackage(header, base.release, 'apt').runtime;
    if (twins === undefined) return undefined;
    names.push(...twins);
  }
  return names;
}

function bundled(native: Native, one: Requirement, minor: string | undefined): boolean {
  if (native.bundledBy?.some((extra) => one.extras.includes(extra)) === true) return true;
  if (native.wheels === undefined) return false;
  if (one.version === undefined) return true;
  const minors = Object.keys(native.wheels).sort(compareVersions);
  const row = minors.filter((known) => minor === undefined || compareVersions(known, minor) <= 0).at(-1);
  if (row === undefined) return true;
  const exact = minor !== undefined && compareVersions(minor, minors.at(-1) ?? '') <= 0;
  return exact && compareVersions(one.version, native.wheels[row] ?? '') >= 0;
}

/** By their numbers; what is not a number counts as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const right = b.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
