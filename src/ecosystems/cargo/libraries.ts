/** Which system libraries crates link. Sources: the build scripts of the `-sys` crates, as their documentation describes them. */
import type { CargoFacts, Crate } from './manifest.ts';

export interface Library {
  readonly name: string;
  readonly alpine: string | undefined;
  readonly crate: Crate;
}

interface SystemLibrary {
  /** By Debian release, `''` for all others. */
  readonly debian: Readonly<Record<string, string>>;
  readonly alpine: string;
}

const linked: Readonly<Record<string, SystemLibrary>> = {
  'openssl-sys': {
    debian: { '': 'libssl3', bullseye: 'libssl1.1', buster: 'libssl1.1', trixie: 'libssl3t64', noble: 'libssl3t64' },
    alpine: 'libssl3',
  },
  'pq-sys': { debian: { '': 'libpq5' }, alpine: 'libpq' },
  'mysqlclient-sys': { debian: { '': 'libmariadb3' }, alpine: 'mariadb-connector-c' },
  'libsqlite3-sys': { debian: { '': 'libsqlite3-0' }, alpine: 'sqlite-libs' },
  'libz-sys': { debian: { '': 'zlib1g' }, alpine: 'zlib' },
  'curl-sys': { debian: { '': 'libcurl4', trixie: 'libcurl4t64', noble: 'libcurl4t64' }, alpine: 'libcurl' },
  'zmq-sys': { debian: { '': 'libzmq5' }, alpine: 'libzmq' },
  'lzma-sys': { debian: { '': 'liblzma5' }, alpine: 'xz-libs' },
  'libudev-sys': { debian: { '': 'libudev1' }, alpine: 'eudev-libs' },
};

/** `-sys` crates that compile their C code into the program, or only declare the C library and the kernel. */
const carried =
  /^(libc|linux-raw|windows|winapi|core-foundation|security-framework|js|web|jemalloc|tikv-jemalloc|libmimalloc|aws-lc|aws-lc-fips|zstd|lz4|bzip2|libz-ng|libz-rs|cloudflare-zlib|brotli|snappy|onig|secp256k1|inotify|dirs|wasi|hermit|fsevent|kqueue|ndk|objc|ittapi|linux-keyutils|rdkafka|libgit2|libssh2|libnghttp2|sqlite-wasm-rs|wayland|io-uring|nix|mach|redox_users|psm|stacker|android_system_properties|iana-time-zone-haiku|schannel|system-configuration|libloading|errno|fuchsia-zircon|minimal-lexical|blst|lmdb-master|simdutf8|sha2-asm|webpki|prost|protobuf|clang|wepoll)-sys$/;

/** Crates that put shared libraries beside what Cargo builds. */
const besides = new Set([
  'ort-sys',
  'ort',
  'torch-sys',
  'tch',
  'onnxruntime-sys',
  'libtorch-sys',
  'bevy_dylib',
  'wasmer-c-api',
  'cef-sys',
]);

/** Crates without C code beyond the C library, when no lockfile lists the rest. */
const plain = new Set([
  'serde',
  'serde_json',
  'serde_derive',
  'log',
  'env_logger',
  'anyhow',
  'thiserror',
  'lazy_static',
  'once_cell',
  'rand',
  'uuid',
  'chrono',
  'time',
  'regex',
  'bytes',
  'futures',
  'futures-util',
  'tokio',
  'tokio-util',
  'hyper',
  'hyper-util',
  'http',
  'http-body-util',
  'tower',
  'tower-http',
  'axum',
  'warp',
  'actix-web',
  'actix-http',
  'actix-rt',
  'actix-service',
  'actix-server',
  'actix-codec',
  'actix-cors',
  'actix-files',
  'rocket',
  'tide',
  'async-std',
  'gotham',
  'clap',
  'structopt',
  'tracing',
  'tracing-subscriber',
  'askama',
  'tera',
  'handlebars',
  'yarte',
  'sailfish',
  'dotenv',
  'dotenvy',
  'parking_lot',
  'crossbeam',
  'num_cpus',
  'smallvec',
  'httparse',
  'httpdate',
  'mime',
  'url',
  'itoa',
  'memchr',
  'libc',
  'socket2',
  'net2',
  'mio',
  'may',
  'ntex',
  'salvo',
  'trillium',
  'async-trait',
  'simd-json',
  'simd-json-derive',
  'snmalloc-rs',
  'mimalloc',
  'v_htmlescape',
  'nanorand',
  'fastrand',
  'buf-min',
  'quick-cache',
  'core_affinity',
  'dashmap',
  'indexmap',
  'either',
  'itertools',
]);

/**
 * Libraries that the crates link on a release; SQLite is compiled in when its crate has a C compiler among its dependencies,
 * OpenSSL when its sources are one. Or the crate that leaves it open.
 */
export function librariesOf({ crates, locked }: CargoFacts, release: string | undefined): readonly Library[] | Crate {
  const found: Library[] = [];
  const vendored = crates.some(({ name }) => name === 'openssl-src');
  for (const crate of crates) {
    const library = linked[crate.name];
    if (library !== undefined) {
      if (crate.name === 'openssl-sys' && vendored) continue;
      if (crate.name === 'libsqlite3-sys' && crate.dependencies?.includes('cc') === true) continue;
      found.push({
        name: library.debian[release ?? ''] ?? library.debian[''] ?? crate.name,
        alpine: library.alpine,
        crate,
      });
    } else if (crate.name.endsWith('-sys') && !carried.test(crate.name)) return crate;
  }
  const open = locked ? undefined : crates.find(({ name }) => !plain.has(name) && linked[name] === undefined);
  return open ?? found;
}

/** A crate whose shared libraries lie beside the program. */
export function besideCrate({ crates, shared }: CargoFacts): Crate | undefined {
  return crates.find(({ name }) => besides.has(name)) ?? shared;
}
