// Puts the program's modules into a few files: a cold start then opens 10 files instead of 170. Dependencies stay outside.
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist/bundle', { recursive: true, force: true });
await build({
  entryPoints: { main: 'dist/src/cli/main.js', worker: 'dist/src/bulk/worker.js' },
  outdir: 'dist/bundle',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
chmodSync('dist/bundle/main.js', 0o755);

// `npx dfmigrate` in a clone finds the program where it looks first, without installing the clone into npm's cache.
if (existsSync('node_modules/.bin') && process.platform !== 'win32') {
  rmSync('node_modules/.bin/dfmigrate', { force: true });
  symlinkSync('../../dist/bundle/main.js', 'node_modules/.bin/dfmigrate');
}
