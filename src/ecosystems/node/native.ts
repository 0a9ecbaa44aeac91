/**
 * Packages with a native part: what their READMEs and `install` scripts say of some version. `compiles`: node-gyp may run where
 * no prebuilt binary fits, which takes python3, make and a C++ compiler; newer versions may only bring prebuilt binaries
 * (`snappy` 7, `sodium-native` 5), and then the compiler is not missed. Compared with `scripts.install`, `gypfile`, `binary` and
 * `optionalDependencies` of the registry on 2026-11-20: argon2, bcrypt, bufferutil, farmhash, iconv, re2, serialport, snappy,
 * sodium-native, sqlite3, zeromq.
 */

export interface NativePackage {
  readonly compiles: boolean;
  /** Shared libraries it loads, Debian and Alpine names. */
  readonly libraries: readonly (readonly [debian: string, alpine: string])[];
  /** A program by which an image shows that the library is there. */
  readonly program?: string;
  /** Packages that bring the libraries along. */
  readonly broughtBy?: RegExp;
  /** It needs the libraries only where a source matches this. */
  readonly when?: RegExp;
  /** It opens TLS connections by itself, with the system's certificates. */
  readonly certificates?: true;
}

const compiles: NativePackage = { compiles: true, libraries: [] };
const prebuilt: NativePackage = { compiles: false, libraries: [] };

const canvas: NativePackage = {
  compiles: true,
  libraries: [
    ['libcairo2', 'cairo'],
    ['libpango-1.0-0', 'pango'],
    ['libpangocairo-1.0-0', 'pango'],
    ['libjpeg62-turbo', 'libjpeg-turbo'],
    ['libgif7', 'giflib'],
    ['librsvg2-2', 'librsvg'],
  ],
};
const openssl: NativePackage = {
  compiles: false,
  libraries: [['openssl', 'openssl']],
  program: 'openssl',
  certificates: true,
};

/** Draws text with the fonts that the image has: full images have some through ImageMagick (`fontconfig-config`), slim ones none. */
const skia: NativePackage = {
  compiles: false,
  libraries: [['fonts-dejavu-core', 'font-dejavu']],
  broughtBy: /^(?:fontconfig|libfontconfig1|imagemagick|libpango[\w.-]*|(?:fonts|ttf)-[\w-]+)$/,
  when: /\b(?:fillText|strokeText)\s*\(/,
};

const named: Readonly<Record<string, NativePackage>> = {
  canvas,
  '@napi-rs/canvas': skia,
  '@prisma/client': openssl,
  prisma: openssl,
  'pg-native': { compiles: true, libraries: [['libpq5', 'libpq']] },
  libpq: { compiles: true, libraries: [['libpq5', 'libpq']] },
  kerberos: { compiles: true, libraries: [['libgssapi-krb5-2', 'krb5-libs']] },
  nodegit: {
    compiles: true,
    libraries: [
      ['libgssapi-krb5-2', 'krb5-libs'],
      ['openssl', 'openssl'],
    ],
    certificates: true,
  },
  'phantomjs-prebuilt': {
    compiles: false,
    libraries: [
      ['libfontconfig1', 'fontconfig'],
      ['bzip2', 'bzip2'],
    ],
  },
  phantomjs: {
    compiles: false,
    libraries: [
      ['libfontconfig1', 'fontconfig'],
      ['bzip2', 'bzip2'],
    ],
  },
  'node-rdkafka': {
    compiles: true,
    libraries: [
      ['libsasl2-2', 'libsasl'],
      ['openssl', 'openssl'],
    ],
    certificates: true,
  },
  'faiss-node': { compiles: true, libraries: [['libgomp1', 'libgomp']] },
};

const alsoCompile = new Set([
  ...[
    'bcrypt',
    'sqlite3',
    'better-sqlite3',
    'argon2',
    'node-sass',
    'libxmljs',
    'libxmljs2',
    'bufferutil',
    'utf-8-validate',
    'ursa',
    'node-expat',
  ],
  ...[
    'leveldown',
    'rocksdb',
    'microtime',
    'fibers',
    'deasync',
    're2',
    'zeromq',
    'serialport',
    '@serialport/bindings',
    '@serialport/bindings-cpp',
    'usb',
  ],
  ...[
    'grpc',
    'sodium-native',
    'ffi-napi',
    'ref-napi',
    'ffi',
    'ref',
    'unix-dgram',
    'heapdump',
    'v8-profiler',
    'v8-profiler-next',
    'hiredis',
    'snappy',
  ],
  ...[
    'farmhash',
    'iconv',
    'integer',
    'isolated-vm',
    'posix',
    'raw-socket',
    'scrypt',
    'sha3',
    'secp256k1',
    'keccak',
    'bigint-buffer',
    'tree-sitter',
  ],
  ...[
    'xxhash',
    'gc-stats',
    'event-loop-stats',
    'bignum',
    'couchbase',
    'mmmagic',
    'node-pty',
    'lzma-native',
    'bcrypto',
    'pprof',
    '@datadog/pprof',
    'memwatch',
  ],
  ...[
    'uws',
    'cpu-features',
    'ssh2',
    'dtrace-provider',
    'kexec',
    'pty.js',
    'weak',
    'weak-napi',
    'segfault-handler',
    'i2c-bus',
    'epoll',
    'onoff',
  ],
  ...['@tensorflow/tfjs-node', 'crc32c', 'murmurhash-native', 'ed25519', 'modern-syslog', 'x509'],
  ...[
    '@discordjs/opus',
    'node-opus',
    'sodium',
    'zlib-sync',
    'erlpack',
    'mdns',
    'dnssd2',
    'nanomsg',
    'appmetrics',
    '@newrelic/native-metrics',
  ],
]);
const alsoPrebuilt = new Set([
  'sharp',
  'bcrypt-ts',
  '@node-rs/bcrypt',
  '@node-rs/argon2',
  '@grpc/grpc-js',
  '@swc/core',
  'esbuild',
  'lightningcss',
  '@parcel/watcher',
  'lmdb',
  'msgpackr-extract',
  'onnxruntime-node',
  'rollup',
  'turbo',
  '@next/swc',
  'aws-crt',
  'bare-fs',
  'bare-os',
]);

/** Install scripts that make nothing an OS library is needed for: messages, downloads of own binaries, code in JavaScript. */
const harmless = new Set([
  ...[
    'core-js',
    'core-js-pure',
    'core-js-bundle',
    'husky',
    'nodemon',
    'fsevents',
    'protobufjs',
    '@nestjs/core',
    '@scarf/scarf',
    'es5-ext',
    'styled-components',
  ],
  ...[
    'preact',
    'vue-demi',
    'unrs-resolver',
    'nx',
    'lerna',
    'cypress',
    '@prisma/engines',
    '@prisma/client',
    'prisma',
    '@firebase/util',
    'spawn-sync',
  ],
  ...[
    'uglifyjs-webpack-plugin',
    'gatsby',
    'gatsby-cli',
    'ejs',
    'bootstrap',
    'yorkie',
    'highlight.js',
    'level',
    'vue-echarts',
    '@apollo/protobufjs',
    'ngrok',
  ],
  ...[
    '@angular/cli',
    '@fortawesome/fontawesome-common-types',
    '@fortawesome/fontawesome-svg-core',
    '@fortawesome/free-solid-svg-icons',
    '@fortawesome/free-brands-svg-icons',
    '@fortawesome/free-regular-svg-icons',
    '@fortawesome/react-fontawesome',
    '@fortawesome/fontawesome-free',
  ],
  ...[
    'mongodb-memory-server',
    '@sentry/cli',
    'postinstall-postinstall',
    'web-vitals',
    'svelte-preprocess',
    'simple-git-hooks',
    'lefthook',
    '@compodoc/compodoc',
    'vue-cli',
    'less',
    'jss',
    'react-styleguidist',
  ],
  ...[
    'ngx-build-plus',
    '@nrwl/workspace',
    'workerd',
    'sqlite',
    'tesseract.js',
    'phantomjs-prebuilt',
    'optipng-bin',
    'mozjpeg',
    'pngquant-bin',
    'gifsicle',
    'jpegtran-bin',
    'cwebp-bin',
    'ffmpeg-static',
    '@ffmpeg-installer/linux-x64',
    'ffmpeg-ffprobe-static',
    'youtube-dl-exec',
  ],
  ...[
    'web3',
    'web3-bzz',
    'web3-shh',
    'snyk',
    'inferno',
    'graphql-playground',
    'swagger-ui-dist',
    'msw',
    'nice-napi',
    'electron',
    'chromedriver',
    'geckodriver',
    'wd',
    'selenium-standalone',
    '@swc/core-linux-x64-gnu',
    'stylus',
    'node-zopfli',
    'deasync-promise',
    'truffle',
    'contentful-cli',
    '@biomejs/biome',
    '@tailwindcss/oxide',
    'tldjs',
    '@carbon/telemetry',
    '@datadog/native-appsec',
    '@datadog/native-metrics',
    '@datadog/native-iast-taint-tracking',
  ],
]);

/** What is known of a package's native part; `undefined`: it has none that is known. */
export function nativePackage(name: string): NativePackage | undefined {
  if (Object.hasOwn(named, name)) return named[name];
  if (alsoCompile.has(name)) return compiles;
  return alsoPrebuilt.has(name) ? prebuilt : undefined;
}

/** Does nothing in the install script of this package need or make a native part that is not known here? */
export function isHarmlessScript(name: string): boolean {
  return (
    harmless.has(name) ||
    nativePackage(name) !== undefined ||
    /^@(esbuild|swc|next|rollup|parcel|img|fortawesome|types)\//.test(name)
  );
}

/** Packages that download a browser into the home directory, and the variable that says where else. */
export const browsers: Readonly<
  Record<string, { readonly what: string; readonly variable: string; readonly skip: string }>
> = {
  puppeteer: {
    what: '~/.cache/puppeteer',
    variable: 'PUPPETEER_CACHE_DIR',
    skip: 'PUPPETEER_SKIP_(CHROMIUM_)?DOWNLOAD|PUPPETEER_EXECUTABLE_PATH',
  },
  playwright: {
    what: '~/.cache/ms-playwright',
    variable: 'PLAYWRIGHT_BROWSERS_PATH',
    skip: 'PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD',
  },
};

/** Packages that start programs of the system. */
export const callers: Readonly<Record<string, string>> = {
  'fluent-ffmpeg': 'ffmpeg',
  'simple-git': 'git',
  gm: 'gm',
  imagemagick: 'convert',
  pdf2pic: 'gm',
  'node-tesseract-ocr': 'tesseract',
  'libreoffice-convert': 'soffice',
  'node-wkhtmltopdf': 'wkhtmltopdf',
  wkhtmltopdf: 'wkhtmltopdf',
  'pdf-poppler': 'pdftocairo',
  'node-poppler': 'pdftocairo',
};
