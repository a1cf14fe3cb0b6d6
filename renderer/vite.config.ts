import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { licences } from './build/licences.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), licences(root)],
  define: { global: 'globalThis', PRODUCT_VERSION: JSON.stringify(version) },
  worker: { format: 'es' },
  resolve: {
    // vtk.js pulls an XML writer in that needs Node's events; no XML mesh is ever read here.
    alias: { xmlbuilder2: fileURLToPath(new URL('./imaging/no-xml.ts', import.meta.url)) },
  },
  build: {
    outDir: fileURLToPath(new URL('../out/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome140',
    // The page's content security policy allows no data: URLs but for images.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
  },
});
