import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The examples' images and sources, which `./uasync page` adds to what is built here, for the server of `npm run serve:page`. */
const SITE = fileURLToPath(new URL('../../build/page', import.meta.url));

export default defineConfig({
  // Relative addresses, so that any folder of any web host can serve the page.
  base: './',
  publicDir: process.env['NODE_ENV'] === 'production' ? false : SITE,
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  worker: { format: 'es' },
});
